// SPDX-License-Identifier: Apache-2.0
/*
 * What an upgrade is to do: which lines are in use, and what each would become.
 *
 *	struct gv_upgrade_plan p = {.cli = cli, .tags = true};
 *	gv_upgrade_uses(&p, argc, argv, scan, err)	the lines
 *	p.releases = …					newest first
 *	gv_upgrade_find(&p, &in, err)			the newest of each, and what moves
 *	gv_upgrade_plan_release(&p)
 *
 * Nothing is changed.  The network is asked only when a release was made, where policy
 * wants to know.
 *
 * A line is in use when the default or a tag is of it, when it is that of the toolchain
 * in force here, or when a pin below one of the scanned directories asks for it.  It
 * needs to have a toolchain: an upgrade brings no new lines in.  Where lines are named,
 * those count.
 *
 * What moves: the line itself (and `latest`) follows from what is installed; the default,
 * when it is an older one of that line; and tags only where that is asked for, for
 * a tag is a name that somebody gave to one toolchain.  What has a suffix (go1.22.5-corp)
 * is a line of its own, and stays.
 */
#ifndef GV_CLI_UPGRADE_PLAN_H
#define GV_CLI_UPGRADE_PLAN_H

#include "core/cli/cli.h"
#include "core/install/install.h"
#include "core/install/source.h"
#include "core/store/pointers.h"

enum gv_upgrade_result {
	GV_UPGRADE_CURRENT, /* nothing newer */
	GV_UPGRADE_WANTED,  /* there is: not done yet, or --dry-run */
	GV_UPGRADE_DONE,
	GV_UPGRADE_NOT_INSTALLED, /* it could not be brought in */
	GV_UPGRADE_CHECK_FAILED,
	GV_UPGRADE_REFUSED,	/* by a hook: nothing was switched */
	GV_UPGRADE_ROLLED_BACK, /* done, and a check failed later */
};

/* "current", "wanted", "upgraded", "not-installed", "check-failed", "refused",
 * "rolled-back" */
const char *gv_upgrade_result_name(enum gv_upgrade_result r);

struct gv_upgrade_row {
	char line[GV_NAME_MAX]; /* "1.22" */
	char old[GV_NAME_MAX];	/* where the line leads */
	char new[GV_NAME_MAX]; /* where it is to lead; the same when there is none newer */
	char used_by[256]; /* "default, @prod, /src/app/.go-version:1", shown to people */
	struct gv_pointers
		moves; /* default and tags that are to lead to `new`; the targets
				     are where they lead until then */
	/* The newest release, when policy refuses it and `new` is an older one; "" */
	char passed[GV_NAME_MAX];
	/* Policy wants to know how old `new` is, which is seen when it is here. */
	bool unsure;
	bool is_here;
	struct gv_err passed_why;
	struct gv_list
		fixes; /* what the releases in between fixed, where that is known */
	enum gv_upgrade_result result;
	struct gv_err err; /* why not, code 0: nothing is wrong */
	int64_t ms;	   /* that it took to bring in and to check */
};

struct gv_upgrade_plan {
	struct gv_cli *cli;	     /* the store is open */
	bool tags;		     /* they move, too */
	unsigned jobs;		     /* downloads at a time */
	struct gv_upgrade_row *rows; /* oldest line first */
	size_t n;
	struct gv_pointers pointers; /* in force when it was made */
	struct gv_releases releases; /* set before gv_upgrade_find(); owned */
};

/* `scan`: directories.  -GV_EUSAGE, -GV_EPIN: an operand names no line; -GV_ENOTFOUND: it
 * names one of which nothing is installed. */
int gv_upgrade_uses(struct gv_upgrade_plan *p, int argc, char **argv,
		    const struct gv_list *scan, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 4, 5);
/* What policy refuses is passed over for the next older one. */
int gv_upgrade_find(struct gv_upgrade_plan *p, const struct gv_install *in,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);
/* The same of one row, whose `new` policy refused, by `why`, when it came. */
int gv_upgrade_pass_over(struct gv_upgrade_plan *p, const struct gv_install *in,
			 struct gv_upgrade_row *row, const struct gv_err *why,
			 struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4, 5);

/*
 * What the releases that a row passes over fixed, from a file: lines "1.22.6 TEXT",
 * others (empty, or beginning with `#`) are passed over.  -errno.
 */
int gv_upgrade_read_fixes(struct gv_upgrade_plan *p, const char *file, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/* Whether there is something to do. */
bool gv_upgrade_is_wanted(const struct gv_upgrade_plan *p) GV_NONNULL(1);

/* The line of a toolchain; 1: it has none that an upgrade could move along. */
int gv_upgrade_line_of(const char *name, char ret[GV_NAME_MAX]) GV_NONNULL(1, 2);

/* The rows, to stdout; with --quiet only what changed, or did not although it should. */
int gv_upgrade_print(const struct gv_upgrade_plan *p, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2);
struct gv_json *gv_upgrade_json(const struct gv_upgrade_plan *p, bool dry)
	GV_MUST GV_NONNULL(1);

void gv_upgrade_plan_release(struct gv_upgrade_plan *p);

#endif
