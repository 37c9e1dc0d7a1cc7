// SPDX-License-Identifier: Apache-2.0
/*
 * The modes of a toolchain's files.  The hash does not cover them; the unpacker sets them
 * by a rule on names alone (that of Go's packer, cmd/distpack), so they can be checked by
 * the same rule.
 */
#ifndef GV_INSTALL_MODES_H
#define GV_INSTALL_MODES_H

#include <stdbool.h>

#include "core/base/attr.h"

/* Whether the file at `rel` ("bin/go") should be executable. */
bool gv_mode_is_program(const char *rel) GV_NONNULL(1);

typedef void gv_mode_finding(void *arg, const char *rel);
/*
 * Reports what others could write or what runs with another's rights, and, unless
 * `foreign`, what a group could write, every program that is not executable and every
 * other file that is.  (With the usual umask of 002 other managers leave directories that
 * the user's own group can write.)
 */
int gv_modes_check(int tree_fd, bool foreign, gv_mode_finding *finding, void *arg)
	GV_MUST GV_NONNULL(3);

/*
 * Sets the mode of the open directory, and of all files and directories below it, where
 * it is not that of the rule.  A setgid bit of a directory stays, and so does everything
 * on a file system that has no modes to set.  -errno when the tree cannot be read.
 */
int gv_modes_set(int tree_fd) GV_MUST;

#endif
