// SPDX-License-Identifier: Apache-2.0
/*
 * Generations that are too old to be kept.
 */
#ifndef GV_STORE_EXPIRE_H
#define GV_STORE_EXPIRE_H

#include "core/store/store.h"

struct gv_expired {
	uint64_t n, bytes; /* that went, or would */
	uint64_t until;	   /* the highest number of them; 0: none */
};

/*
 * Lets all go but the newest, which is the state, and `keep` before it: the oldest first,
 * each in one step, so that those that are left, also by a crash, are always the newest
 * ones.  One that was in force within the last hour stays: on NFS somebody may still
 * follow `current` there.  With `dry` nothing goes.  What cannot go (another user's)
 * stays, and all after it. -errno: that could not be looked at.
 */
int gv_generation_expire(const struct gv_store *s, uint64_t keep, bool dry,
			 struct gv_expired *ret) GV_MUST GV_NONNULL(1, 4);

#endif
