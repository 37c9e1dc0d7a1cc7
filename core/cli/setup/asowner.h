// SPDX-License-Identifier: Apache-2.0
/*
 * Root sees to the home of a user: by a sudo that keeps HOME, or in a container with a
 * home from outside.  What is done to files there is done with that user's rights, and
 * what is made is his.  His links may lead anywhere, and to another place while we look.
 *
 *	r = gv_as_owner_begin(home, &as, err);
 *	…
 *	r = gv_as_owner_end(&as, err);
 *
 * For the effective ids of the whole process: not while threads are at work.
 */
#ifndef GV_CLI_SETUP_ASOWNER_H
#define GV_CLI_SETUP_ASOWNER_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/err.h"

struct gv_as_owner {
	bool other; /* than we were */
	gid_t gid, *groups;
	int n; /* as they were */
};

/* Nothing happens for who is not root, or owns the directory, or where there is none.
 * -errno: then it is as it was. */
int gv_as_owner_begin(const char *dir, struct gv_as_owner *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* -errno: nothing may be done as root any more. */
int gv_as_owner_end(struct gv_as_owner *a, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);

#endif
