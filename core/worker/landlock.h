// SPDX-License-Identifier: Apache-2.0
/*
 * Landlock by its three system calls, as far as core/worker/confine.c needs it.  The
 * kernel headers of a supported distribution may be older than its kernel, so the few
 * numbers are here: https://docs.kernel.org/userspace-api/landlock.html
 */
#ifndef GV_WORKER_LANDLOCK_H
#define GV_WORKER_LANDLOCK_H

#include "core/worker/confine.h"

/* The ABI version that is now in force for this thread, 0 when the kernel has none.
 * PR_SET_NO_NEW_PRIVS must be set. */
int gv_landlock_restrict(const struct gv_confine *what) GV_MUST GV_NONNULL(1);

#endif
