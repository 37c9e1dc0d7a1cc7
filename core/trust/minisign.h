// SPDX-License-Identifier: Apache-2.0
/*
 * Signatures in minisign's format: https://jedisct1.github.io/minisign/, the sections on
 * keys and signatures.  Ed25519 over the BLAKE2b-512 of the data ("ED"), and over the
 * signature and its trusted comment.
 *
 *	r = gv_minisign_secret_read(text, n, NULL, &key, &err);
 *	if (r == 1)		encrypted: ask for its password
 *		r = gv_minisign_secret_read(text, n, password, &key, &err);
 *	gv_minisign_sign(&key, data, n, comment, &signature, &err);
 *	gv_minisign_forget(&key);
 */
#ifndef GV_TRUST_MINISIGN_H
#define GV_TRUST_MINISIGN_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* Longest file of a key or a signature, in bytes. */
#define GV_MINISIGN_MAX		4096
#define GV_MINISIGN_COMMENT_MAX 1024

struct gv_minisign_public {
	uint8_t id[8];
	uint8_t key[32];
};

struct gv_minisign_secret {
	uint8_t id[8];
	uint8_t key[64]; /* the public key is its second half */
};

/*
 * The text of a secret key's file.  1: it is encrypted and no password was given.
 * -GV_EFORMAT: it is none; -GV_EPOLICY: the password is not the one.  Takes as much
 * memory (1 GiB, as minisign makes keys) and time as the key asks for, which is limited.
 */
int gv_minisign_secret_read(const char *text, size_t n, const char *password,
			    struct gv_minisign_secret *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 4, 5);
void gv_minisign_forget(struct gv_minisign_secret *key);
struct gv_minisign_public gv_minisign_public_of(const struct gv_minisign_secret *key)
	GV_NONNULL(1);

/* The text of a public key's file, or the key alone ("RW…").  -GV_EFORMAT. */
int gv_minisign_public_read(const char *text, size_t n, struct gv_minisign_public *ret,
			    struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4);

/* The text of a signature's file.  `comment` is one line of text. */
int gv_minisign_sign(const struct gv_minisign_secret *key, const void *data, size_t n,
		     const char *comment, struct gv_buf *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4, 5, 6);

/* The trusted comment of a signature, not verified: what the data is may be said there.
 * -GV_EFORMAT. */
int gv_minisign_comment(const char *text, size_t n, char ret[GV_MINISIGN_COMMENT_MAX],
			struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4);

/* Whether the signature is this key's, of this data, and so is its trusted comment.
 * -GV_EFORMAT: it is none; -GV_EVERIFY: it is another's, or of something else. */
int gv_minisign_verify(const struct gv_minisign_public *key, const void *data, size_t n,
		       const char *text, size_t text_n, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4, 6);

#endif
