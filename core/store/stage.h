// SPDX-License-Identifier: Apache-2.0
/*
 * Staging and publishing a toolchain.
 *
 *	gv_store_lock()     the lock on its name, until all is done
 *	gv_stage_open()     a directory of its own, an empty `tree` in it
 *	                    … the tree is filled, hashed, judged …
 *	gv_stage_sync()     makes it durable (may run while it is being hashed)
 *	gv_stage_publish()  receipt, fsync, rename, fsync, bin link
 *	gv_stage_close()    in any case; removes what was not published
 *
 * The rename decides: when two publish the same name, one wins and the other's call
 * returns 1, its tree thrown away.  Nothing is visible before the rename and everything
 * durable after the call.
 */
#ifndef GV_STORE_STAGE_H
#define GV_STORE_STAGE_H

#include "core/store/receipt.h"
#include "core/store/store.h"

struct gv_stage {
	struct gv_store *store;
	char dir[160]; /* relative to the root */
	char name[GV_NAME_MAX];
	int tree_fd; /* the GOROOT to be */
	bool synced;
};

#define GV_STAGE_INIT ((struct gv_stage){.tree_fd = -1})

int gv_stage_open(struct gv_store *s, const char *name, struct gv_stage *ret,
		  struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);
/* Throws the tree away and begins again with an empty one (a download was restarted). */
int gv_stage_restart(struct gv_stage *st, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
int gv_stage_sync(struct gv_stage *st, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
/*
 * Publishes with its receipt and manifest.  With `replace` a toolchain that is there goes
 * into the trash (which is not emptied now: gv_store_empty_trash()).  0: published by us;
 * 1: another process was faster, or one is there and `replace` was not asked for: it
 * stays.
 * Pointers are changed afterwards (gv_pointers_change()), also after a replacement: where
 * two names cannot be exchanged (gv_exchange()), or the toolchains are not the same,
 * there was none of that name for a moment, and another command may have looked.
 */
int gv_stage_publish(struct gv_stage *st, const struct gv_receipt *receipt,
		     const char *manifest, size_t n_manifest, bool replace,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 6);
void gv_stage_close(struct gv_stage *st);

#endif
