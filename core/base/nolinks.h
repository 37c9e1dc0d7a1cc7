// SPDX-License-Identifier: Apache-2.0
/*
 * Opening without following links: openat2(2) with RESOLVE_NO_SYMLINKS, which looks at
 * every component of a path at the price of one system call.  Kernels before Linux 5.6
 * and some sandboxes have no such call: each error but those named below may mean that.
 */
#ifndef GV_BASE_NOLINKS_H
#define GV_BASE_NOLINKS_H

#include <stdbool.h>

#include "core/base/attr.h"

/* As openat(2).  A descriptor, or -errno: -ENOENT means that it is not there, -ELOOP that
 * there is a link on the way. */
int gv_open_nolinks(int dirfd, const char *path, int flags) GV_MUST GV_NONNULL(2);

/*
 * Whether `path`, absolute, leads to something that is no directory, by no link at all.
 * Nothing is opened.  False too where a directory is, and where the kernel cannot tell;
 * true too where a component before the last is no directory: who executes the path is
 * told.
 */
bool gv_is_file_nolinks(const char *path) GV_NONNULL(1);

#endif
