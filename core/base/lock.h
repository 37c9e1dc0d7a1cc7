// SPDX-License-Identifier: Apache-2.0
/*
 * Advisory locks on files that are never unlinked.
 *
 * Locks save work; they do not make anything correct: rename(2) decides races.  So where
 * a lock cannot be had because of what the file system is (read-only, ENOLCK,
 * EOPNOTSUPP), the call succeeds without one and says so.  So it does where a lock is
 * seen by this machine only (NFS mounted with `nolock`): it is held, and tells nothing of
 * what others are at.  The kernel frees a lock when its holder dies.  flock(2) is used
 * (an fd per lock, O_CLOEXEC: a child never keeps one by accident); it wants an fd opened
 * for writing on NFS.
 */
#ifndef GV_BASE_LOCK_H
#define GV_BASE_LOCK_H

#include <stdbool.h>

#include "core/base/attr.h"

struct gv_lock {
	int fd; /* -1: not held */
};

#define GV_LOCK_INIT ((struct gv_lock){.fd = -1})

/* Called once, when the lock is held by somebody else and waiting begins. */
typedef void gv_lock_waiting(void *arg, const char *name);

/*
 * Takes the exclusive lock on `name` (made when absent) below dirfd, waiting at most
 * `wait_ms` (0: do not wait).
 * Returns 0: held.  1: this file system has no locks, or none between machines; go on
 * without, and drop it all the same.  -EWOULDBLOCK: held by another when the time was
 * over.
 * -GV_EINTERRUPTED: a signal asked us to leave.
 */
int gv_lock_take(struct gv_lock *l, int dirfd, const char *name, long wait_ms,
		 gv_lock_waiting *waiting, void *arg) GV_MUST GV_NONNULL(1, 3);
void gv_lock_drop(struct gv_lock *l);

/*
 * Asked without leaving anything behind, for who only looks.  Whether somebody holds it:
 * a lock whose file was never made is nobody's.
 */
bool gv_lock_is_held(int dirfd, const char *name) GV_NONNULL(2);
/* Whether what is open on `fd` can be locked, and other machines would see it. */
bool gv_lock_works(int fd);

#endif
