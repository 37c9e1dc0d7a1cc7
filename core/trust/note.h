// SPDX-License-Identifier: Apache-2.0
/*
 * Signed notes (https://pkg.go.dev/golang.org/x/mod/sumdb/note) and the tree heads in
 * them (https://pkg.go.dev/golang.org/x/mod/sumdb/tlog, ParseTree).
 */
#ifndef GV_TRUST_NOTE_H
#define GV_TRUST_NOTE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/trust/merkle.h"

/* Largest note that is looked at, in bytes. */
#define GV_NOTE_MAX (16u << 10)

/* A verifier key, "name+hash+base64". */
struct gv_vkey {
	char text[256];
	char name[128]; /* "host" or "host/path" */
	char file[128]; /* the name as a file name: "/" written "%" */
	uint32_t hash;
	uint8_t key[32];
};

/* Wrong form, wrong hash, an algorithm other than Ed25519: -EINVAL. */
int gv_vkey_parse(const char *s, struct gv_vkey *ret) GV_MUST GV_NONNULL(1, 2);

/*
 * Opens a note: its signature by `key` must be there and right, whatever else signed it;
 * *ret_text_len is the length of the signed text, its last newline included.
 * -GV_EVERIFY for a bad or missing signature, -GV_EFORMAT for what is no note.
 */
int gv_note_open(const char *note, size_t n, const struct gv_vkey *key,
		 size_t *ret_text_len, struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4, 5);

/* Decimal, below 2^63, without leading zeros: one spelling for each number.  -EINVAL,
 * -ERANGE. */
int gv_canonical_number(const char *s, size_t n, uint64_t *ret) GV_MUST GV_NONNULL(1, 3);

/* A tree head: how many records, and the hash over all of them. */
struct gv_head {
	uint64_t size;
	struct gv_hash root;
};

/* gv_note_open(), then the text as a tree head of the checksum database: -GV_EVERIFY when
 * the log signed something else. */
int gv_head_open(const char *note, size_t n, const struct gv_vkey *key,
		 struct gv_head *ret, struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4, 5);

#endif
