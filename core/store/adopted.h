// SPDX-License-Identifier: Apache-2.0
/*
 * Adopted toolchains: GOROOTs that somebody else put where they are (another manager, the
 * distribution, the user) and looks after.  The store has a link to each,
 * toolchains/<name>, and a receipt; nothing is ever written behind that link, and when
 * the toolchain goes, only the link does.
 *
 * What a link leads to may vanish, or become another version, at any time: so an adopted
 * toolchain counts as long as its VERSION file says what its name says.
 */
#ifndef GV_STORE_ADOPTED_H
#define GV_STORE_ADOPTED_H

#include <limits.h>

#include "core/store/receipt.h"

/*
 * Makes the link to receipt->adopted_from (absolute), with its receipt and manifest;
 * NULL: it has none.  The lock on the name is held and nothing is there but perhaps an
 * adopted one that does not count any more, which goes.  Durable when it returns, and
 * killed before that leaves nothing that counts as installed.  Pointers are changed
 * afterwards (gv_pointers_change()).  -EEXIST: another process, without a lock, was
 * faster.
 */
int gv_adopted_publish(struct gv_store *s, const struct gv_receipt *receipt,
		       const struct gv_buf *manifest, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4);

/* Where the link leads; 1: it is none, or nothing is there. */
int gv_adopted_target(const struct gv_store *s, const char *name, char ret[PATH_MAX])
	GV_MUST GV_NONNULL(1, 2, 3);

/*
 * Whether what is there under that name is still what was adopted; 0 for whatever is no
 * adopted toolchain.  -GV_ENOTFOUND: it is gone; -GV_EVERIFY: it is another version now;
 * both with the sentence and the way out.
 */
int gv_adopted_check(const struct gv_store *s, const char *name, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* Whether it is installed and, if it was adopted, still is what was adopted. */
bool gv_store_serves(const struct gv_store *s, const char *name) GV_NONNULL(1, 2);

#endif
