// SPDX-License-Identifier: Apache-2.0
/*
 * What a GOROOT says of itself, without running anything in it.  No heap, no stdio.
 */
#ifndef GV_VERSION_GOROOT_H
#define GV_VERSION_GOROOT_H

#include "core/version/version.h"

/*
 * The version in the first word of <dir>/VERSION; a build from a repository has no such
 * file, or one that names no release.  `dir` is relative to dirfd.
 * -ENOENT: there is no VERSION file; -EINVAL: it does not begin with the name of a
 * release; -errno.
 */
int gv_goroot_version(int dirfd, const char *dir, struct gv_version *ret)
	GV_MUST GV_NONNULL(2, 3);

#endif
