// SPDX-License-Identifier: Apache-2.0
/*
 * A vendor directory compared with what Go would make of it now: file by file,
 * byte by byte.  Links are not followed.
 */
#ifndef GV_CLI_POLICY_VENDORED_H
#define GV_CLI_POLICY_VENDORED_H

#include "core/base/attr.h"

enum gv_vendored_how {
	GV_VENDORED_MISSING,
	GV_VENDORED_NO_FILE, /* but something else */
	GV_VENDORED_OTHER,
	GV_VENDORED_MORE, /* than there should be */
};

/* A file that is not the same: its path in the directory, and the line that differs first
 * (0: it is there on one side only). */
typedef void gv_vendored_found(void *arg, const char *rel, unsigned line,
			       enum gv_vendored_how how);

/* `wanted`, `there`: the open directories.  0; -errno; -GV_EINTERRUPTED. */
int gv_vendored_compare(int wanted, int there, gv_vendored_found *found, void *arg)
	GV_MUST GV_NONNULL(3);

#endif
