// SPDX-License-Identifier: Apache-2.0
/*
 * Which of a store's toolchains somebody needs, and who: what `prune` goes by.
 *
 *	struct gv_keeping k = {.cli = cli};	the store is open
 *	gv_keeping_gather(&k, err)		all that are there
 *	gv_keeping_judge(&k, 1, false, n, dirs, err)	each `why`, NULL where nobody needs it
 *	gv_keeping_release(&k)
 */
#ifndef GV_CLI_KEEPING_H
#define GV_CLI_KEEPING_H

#include "core/cli/installed.h"

struct gv_kept {
	const char *name;
	/* "default", "tag", "here", "gotoolchain", "pin", "newest", "generation",
	 * "process"; the first reason counts.  NULL: nobody needs it. */
	const char *why;
	char detail[GV_WHY_LEN]; /* the same for people */
	const char *file;	 /* of a pin or a setting; NULL: no file's */
	unsigned line;		 /* of a pin */
	bool adopted, removed;
	bool held; /* neither lines nor `latest` lead to it */
	bool gone; /* it was adopted, and is not there any more, or is another version */
	uint64_t bytes; /* that its going would free */
};

struct gv_keeping {
	struct gv_cli *cli;
	struct gv_list names;  /* in Go's order, oldest first */
	struct gv_kept *items; /* of the same order */
	struct gv_list files;
};

int gv_keeping_gather(struct gv_keeping *k, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
/* The `newest` ones of each line stay, what the lines lead to when that is not 0, what is
 * pinned in or below the directories, and, unless `no_rollback`, what the generations
 * that are kept point to; of pointers and generations those of a canary too. */
int gv_keeping_judge(struct gv_keeping *k, uint64_t newest, bool no_rollback, int n_dirs,
		     char **dirs, struct gv_err *err) GV_MUST GV_NONNULL(1, 6);
void gv_keeping_release(struct gv_keeping *k);

#endif
