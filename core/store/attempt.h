// SPDX-License-Identifier: Apache-2.0
/*
 * One attempt for all who want the same at the same time: the first one tries, the others
 * wait, and take over how it ended.  An editor that starts twenty go commands causes one
 * download, and without a network one failure, not twenty one after the other.
 *
 *	r = gv_attempt_begin(store, "1.22.5", wait_ms, waiting, arg, &a, err);
 *	… it may have come while we waited: look; else try …
 *	gv_attempt_end(&a, r < 0 ? &why : NULL);
 *
 * The lock is <root>/locks/<platform>_attempt_<what>; the sentence about a failure is in
 * that file until the next attempt.  Where there are no locks, everybody tries.
 */
#ifndef GV_STORE_ATTEMPT_H
#define GV_STORE_ATTEMPT_H

#include "core/base/lock.h"
#include "core/store/store.h"

struct gv_attempt {
	struct gv_lock lock;
};

#define GV_ATTEMPT_INIT ((struct gv_attempt){.lock = GV_LOCK_INIT})

/*
 * `what` is a word without "/".  0: it is ours to try, or somebody succeeded meanwhile.
 * -GV_EFAILED: who was at it failed, and err says how he said it; or he was still at it
 * after wait_ms.  -GV_EINTERRUPTED; -errno.  `waiting` as for gv_lock_take().
 */
int gv_attempt_begin(struct gv_store *s, const char *what, long wait_ms,
		     gv_lock_waiting *waiting, void *arg, struct gv_attempt *ret,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 6, 7);

/* `failed`: why, for those who wait; NULL: it came, or nothing can be said (a signal), so
 * that the next one tries. */
void gv_attempt_end(struct gv_attempt *a, const struct gv_err *failed) GV_NONNULL(1);

/* Seconds since the last one began, by this machine's clock: negative when that is behind
 * the file system's.  -ENOENT: there was none. */
int gv_attempt_age(const struct gv_store *s, const char *what, int64_t *ret)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
