// SPDX-License-Identifier: Apache-2.0
/*
 * The lock on the name of a toolchain (gv_store_lock()), for who brings one in.
 */
#ifndef GV_INSTALL_LOCKED_H
#define GV_INSTALL_LOCKED_H

#include "core/base/lock.h"
#include "core/install/install.h"

/*
 * Waits for as long as a download over a slow network may take; GV_STEP_WAIT says so.  A
 * store without locks is a warning, and no error.  -GV_EFAILED: another process is still
 * at work; -GV_EINTERRUPTED; -errno.
 */
int gv_install_lock(const struct gv_install *in, const char *name, struct gv_lock *ret,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
