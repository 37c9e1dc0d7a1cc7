// SPDX-License-Identifier: Apache-2.0
/*
 * What a path holds that somebody wants to adopt (core/install/adopt.h).  Nothing in it
 * is run: its VERSION file says which release it is, the ELF header of its programs for
 * which machine.
 */
#ifndef GV_INSTALL_GOROOT_H
#define GV_INSTALL_GOROOT_H

#include "core/base/err.h"
#include "core/version/version.h"

struct gv_goroot {
	struct gv_version version; /* by its VERSION file */
	char *path;		   /* absolute, without links; owned */
};

/*
 * `path` is a GOROOT, a directory that has one as go/ or libexec/, or the bin/go of one.
 * It has to be whole, a release, and for `platform` by the ELF header of its programs.
 * -GV_ENOTFOUND: there is none; -GV_EFORMAT: no release; -GV_EVERIFY: not whole, or for
 * another platform; -GV_EPOLICY: anybody could change it, or Go has not made it ready
 * yet.
 */
int gv_goroot_find(const char *path, const char *platform, struct gv_goroot *ret,
		   struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);
void gv_goroot_release(struct gv_goroot *g);

#endif
