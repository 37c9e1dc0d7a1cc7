// SPDX-License-Identifier: Apache-2.0
/*
 * What gv_store_heal() would put right, looked at and left as it is.  What belongs to a
 * command that is at work (it holds the lock on that name) is not amiss.
 */
#ifndef GV_STORE_INSPECT_H
#define GV_STORE_INSPECT_H

#include "core/store/store.h"

enum gv_amiss {
	GV_AMISS_LEFTOVER, /* a dead stage, what lies in the trash, a half-removed
			      toolchain, an old temporary file */
	GV_AMISS_LINK,	   /* bin/go1.22.5 is missing, or there without its toolchain */
	GV_AMISS_FOREIGN,  /* bin/go1.22.5 is something that is not our link */
	GV_AMISS_POINTERS, /* `current`, a line or `latest` is not what it should be */
};

/* `path` is absolute. */
typedef void gv_store_amiss(void *arg, enum gv_amiss what, const char *path);

/* Calls `amiss` for each; -errno when the store cannot be read. */
int gv_store_inspect(const struct gv_store *s, gv_store_amiss *amiss, void *arg)
	GV_MUST GV_NONNULL(1, 2);

#endif
