// SPDX-License-Identifier: Apache-2.0
/*
 * Which files below <root>/hooks/ are run, and why others are not: for who runs them
 * (plugins/hooks/hooks.h) and for `govern doctor`.
 */
#ifndef GV_PLUGINS_HOOKS_FIT_H
#define GV_PLUGINS_HOOKS_FIT_H

#include <stdbool.h>
#include <sys/stat.h>

#include "core/base/attr.h"

/* 0: it is run.  -errno: it cannot be looked at. */
enum gv_unfit {
	GV_UNFIT_LEFTOVER = 1,	 /* hidden, or of an editor or a package manager */
	GV_UNFIT_ANOTHERS,	 /* neither this user's nor root's */
	GV_UNFIT_OPEN,		 /* anybody may write to it */
	GV_UNFIT_NO_FILE,	 /* not a regular file */
	GV_UNFIT_NOT_EXECUTABLE, /* by this user */
};

/* A hook, by its name in the directory of its event; a link counts as what it leads
 * to. */
int gv_hook_unfit(int dirfd, const char *name) GV_MUST GV_NONNULL(2);
/* hooks/ or EVENT.d/ itself: only by whose it is. */
int gv_hook_dir_unfit(const struct stat *st) GV_MUST GV_NONNULL(1);
/* "it is not executable" */
const char *gv_unfit_text(int unfit) GV_MUST;

/* The events, as in EVENT.d; ends with NULL; in the order of enum gv_hook_event. */
extern const char *const gv_hook_events[];

/*
 * Looks at all there is below <root>/hooks, runs nothing, and tells of what is not run as
 * its place says it would be: `path` is absolute, `unfit` as above, or 0 for what is of
 * no event there is (a directory EVENT.d, a hook without one).
 */
typedef void gv_hook_oddity(void *arg, const char *path, int unfit);
void gv_hooks_inspect(const char *root, gv_hook_oddity *tell, void *arg) GV_NONNULL(1, 2);

#endif
