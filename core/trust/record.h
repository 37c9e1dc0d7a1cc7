// SPDX-License-Identifier: Apache-2.0
/*
 * One toolchain's record in the checksum database with everything that proves it: what a
 * receipt keeps, and what can be checked again years later without a network.
 */
#ifndef GV_TRUST_RECORD_H
#define GV_TRUST_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/trust/dirhash.h"
#include "core/trust/merkle.h"
#include "core/trust/note.h"

/* Largest record text, in bytes. */
#define GV_RECORD_MAX (8u << 10)

struct gv_record {
	uint64_t id;
	char *text;	       /* the record, its last newline included; heap */
	struct gv_proof proof; /* of inclusion in `head` */
	char *head;	       /* the signed note of the tree head; heap */
	char log[256];	       /* the verifier key that signed it, "name+hash+key" */
};

/*
 * The parts of a look-up's answer: "<id>\n<text>\n<signed note>", the record's text being
 * what comes before the first empty line.  Slices of the answer; nothing is checked but
 * the form.  -GV_EFORMAT.
 */
struct gv_answer {
	uint64_t id;
	const char *text;
	size_t text_len; /* the last newline included */
	const char *note;
	size_t note_len;
};

int gv_answer_parse(const char *s, size_t n, struct gv_answer *ret)
	GV_MUST GV_NONNULL(1, 3);

/*
 * The whole check, from nothing but the record and a key that the caller trusts: the
 * head's signature, id below its size, the leaf's inclusion, and in the record's own text
 * exactly one line "golang.org/toolchain v0.0.1-<version>.<platform> h1:…", whose hash is
 * returned. -GV_EVERIFY with the step that failed.
 */
int gv_record_check(const struct gv_record *r, const struct gv_vkey *key,
		    const char *version, const char *platform, char ret_h1[GV_H1_LEN],
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4, 6);

void gv_record_release(struct gv_record *r);

#endif
