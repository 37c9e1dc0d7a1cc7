// SPDX-License-Identifier: Apache-2.0
/*
 * Auto-install: a pinned toolchain is missing, and somebody who may write to the store
 * has `store.auto_install` on.  The manager says so by the file <prefix>/auto-install;
 * the shim, which reads no configuration, then becomes
 *
 *	<prefix>/bin/govern --root ROOT auto-install go|gofmt ARGV0 ARGUMENT...
 *
 * with the environment it got and the variable below.  The manager decides whether this
 * user, here and now, wants it; installs what the pin asks for, removes the variable and
 * goes on as the toolchain; or says what the shim would have said, and why not.
 */
#ifndef GV_SHIM_INSTALL_H
#define GV_SHIM_INSTALL_H

#include "core/base/attr.h"
#include "core/resolve/resolve.h"
#include "shim/process.h"
#include "shim/self.h"

/* The process that was handed over.  execve(2) keeps the PID: a shim that finds its own
 * here comes from the manager, and what it misses is not going to appear. */
#define SHIM_VAR_INSTALLING "GOVERN_INSTALLING"

/* Does not return when it hands over; returns when there is nothing to hand over, or no
 * one to hand it to: then the error that gv_resolve() gave stands. */
void shim_install(struct shim_process *p, const struct shim_self *self,
		  const struct gv_choice *choice) GV_NONNULL(1, 2, 3) GV_COLD;

#endif
