// SPDX-License-Identifier: Apache-2.0
/*
 * From the working directory up to the root, opening files by name on each level.
 *
 * The first level is opened relative to the working directory, so that it does not matter
 * whether the path to it can be searched.  The others are opened as "../../name" while
 * the path is the one that the kernel knows (short names are what makes it fast), and by
 * their absolute path where $PWD leads through a symbolic link, or where a directory in
 * between may not be searched.  Where the walk stands is asked when the first level is
 * left, or when a path is wanted: a pin in the working directory needs neither.
 *
 *	gv_walk_start(&w, pwd, buf);
 *	do {
 *		fd = gv_walk_open(&w, GV_WALK_NAME(".go-version"));
 *	} while (gv_walk_up(&w));
 *	gv_walk_end(&w);
 */
#ifndef GV_RESOLVE_WALK_H
#define GV_RESOLVE_WALK_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

/* The names that the functions below take: behind the longest way up, so that no path has
 * to be put together on each level. */
#define GV_WALK_UPS	   "../../../../../../../../"
#define GV_WALK_NAME(name) (GV_WALK_UPS name)

/* Room behind the longest path for a "/" and a file's name. */
#define GV_WALK_BUF (PATH_MAX + 32)

struct gv_walk {
	char *path; /* of this level, no slash at its end ("" is the root); the caller's
		     */
	size_t len; /* of it */
	const char *pwd; /* $PWD, until it has been looked at */
	bool asked;	 /* where the walk stands */
	bool deleted;	 /* the answer: nowhere */
	bool named;	 /* else this level has no path that we know */
	bool absolute;	 /* open by path */
	bool logical;	 /* the path leads through links: ".." would leave it */
	bool plain;	 /* what was opened last lies here, and not behind a link */
	int fd;		 /* a directory: this level is `up` levels above it */
	unsigned up;
	unsigned depth; /* levels above the first */
};

/*
 * Begins in the working directory.  `pwd` is $PWD or NULL: it is believed when it names
 * the directory and has no "." or ".." component, as the go command does.  Nothing is
 * found in a directory that was deleted, and nothing is above it.
 */
void gv_walk_start(struct gv_walk *w, const char *pwd, char buf[GV_WALK_BUF])
	GV_NONNULL(1, 3);
/* Begins in `dir` (relative to there) instead, when it is a directory. */
void gv_walk_change(struct gv_walk *w, const char *dir) GV_NONNULL(1, 2);
/* Whether the working directory in which it began was deleted. */
bool gv_walk_is_nowhere(struct gv_walk *w) GV_MUST GV_NONNULL(1);
/* Begins in an absolute directory.  -ENAMETOOLONG, -EINVAL. */
int gv_walk_start_at(struct gv_walk *w, const char *dir, char buf[GV_WALK_BUF])
	GV_MUST GV_NONNULL(1, 2, 3);
/* The fd of a file of this level, or -errno.  -ENOENT: there is none, as far as anybody
 * may know.  Does not block on a FIFO. */
int gv_walk_open(struct gv_walk *w, const char *name) GV_MUST GV_NONNULL(1, 2);
/* The path of such a file, in the caller's buffer until the next call. */
const char *gv_walk_path(struct gv_walk *w, const char *name) GV_MUST GV_NONNULL(1, 2);
/* To the level above; false when this is the last one. */
bool gv_walk_up(struct gv_walk *w) GV_MUST GV_NONNULL(1);
void gv_walk_end(struct gv_walk *w) GV_NONNULL(1);

/* The directory that the go command changes to first: its -C option, where it accepts
 * that (cmd/go, handleChdirFlag).  `argv` begins with the first argument.  NULL: none. */
const char *gv_chdir_option(char *const *argv) GV_MUST GV_NONNULL(1);

#endif
