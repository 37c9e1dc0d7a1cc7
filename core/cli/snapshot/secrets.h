// SPDX-License-Identifier: Apache-2.0
/*
 * Settings without the secrets in them, for what is stored and passed around.
 *
 * In the place of a secret stands a mark, `<secret 3fa>`: the first 12 bits of SHA-256
 * over "govern secret 1\n" and the secret.  Why so:
 *
 * The same secret has the same mark on each machine and in each variable, so marks can be
 * compared.  A salt would either make that impossible or be public, too.
 *
 * Whoever has a mark can still only rule out values that have another one: of a million
 * possible ones 244 are left, whatever he computes and however many snapshots he has.  A
 * longer hash, salted and slow or not, lets a short value be found by trying.
 *
 * One of 4096 pairs of different secrets looks the same.  That is enough to see that two
 * machines are not alike, and no proof that they are.
 *
 * Of what has less than 8 bytes (of user and password: the password) even 12 bits would
 * be too much: `<secret>`.
 *
 * Secret are: the whole value of a variable whose name says so (TOKEN, PASSWORD, _KEY,
 * AUTH, …); in any value the user and password of a URL and its query, what follows
 * `NAME=` and `--NAME` for such a name, or "Bearer", what the linker is to write into
 * a program (`-X NAME=VALUE`, of whatever name), and words that begin as tokens of known
 * services do.
 */
#ifndef GV_CLI_SNAPSHOT_SECRETS_H
#define GV_CLI_SNAPSHOT_SECRETS_H

#include <stdbool.h>

#include "core/base/buf.h"

bool gv_secret_name(const char *name, size_t n) GV_NONNULL(1);

/* Adds the value of a variable. */
void gv_secret_add(struct gv_buf *b, const char *name, const char *value)
	GV_NONNULL(1, 2, 3);

#endif
