// SPDX-License-Identifier: Apache-2.0
/*
 * Where a toolchain is tried: a directory of its own below the user's cache, with the
 * build cache, module cache, GOPATH and TMPDIR of whatever runs there, so that nothing is
 * taken from what is there already, and nothing of it stays.
 *
 *	gv_scratch_open(cli, "go1.22.6", &s, err)
 *	gv_scratch_run(&s, &job, &result, err)		as often as wanted
 *	gv_scratch_close(&s)				in any case; the directory goes
 *
 * Those that a killed command left go with the next one, a day later.
 */
#ifndef GV_CLI_SCRATCH_H
#define GV_CLI_SCRATCH_H

#include "core/cli/cli.h"

struct gv_scratch {
	struct gv_cli *cli;
	const char *version; /* borrowed */
	char *goroot;
	char *dir; /* absolute; in it: work, and what the variables name */
	int fd;	   /* of dir/work; -1: not open */
	long limit_ms;
};

#define GV_SCRATCH_INIT ((struct gv_scratch){.fd = -1})

/* The store is open.  `limit_ms` is for each job, 0: none. */
int gv_scratch_open(struct gv_cli *cli, const char *version, long limit_ms,
		    struct gv_scratch *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4, 5);
void gv_scratch_close(struct gv_scratch *s);

/* A path in it, on the heap; NULL. */
char *gv_scratch_path(const struct gv_scratch *s, const char *rel)
	GV_MUST GV_NONNULL(1, 2);

/* A copy of what somebody else owns, as work/<name>: files, directories and links, but
 * for .git and, unless it is NULL, what lies at `without`. */
int gv_scratch_copy(const struct gv_scratch *s, const char *dir, const char *name,
		    const char *without, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 5);

struct gv_scratch_job {
	char *const *argv; /* [0]: "go" is that toolchain's, else a path */
	const char *directory;
	/* Nobody's settings count (GOFLAGS, GOENV, ...), and there is no network to get
	 * modules from.  Else they are the user's, but for the caches. */
	bool clean;
	const struct gv_list *set; /* "NAME=VALUE", over all that; or NULL */
};

#define GV_SCRATCH_OUTPUT (256u << 10) /* bytes of each that are kept */

struct gv_scratch_result {
	struct gv_buf out;  /* its stdout */
	struct gv_buf said; /* the end of all that it wrote */
};

void gv_scratch_result_release(struct gv_scratch_result *r);

/* 0: it ended with status 0.  -GV_EFAILED: it did not, or took too long: the sentence is
 * about how ("failed with status 2"), and `ret` is set also then.  -GV_EINTERRUPTED;
 * -errno: it could not be started. */
int gv_scratch_run(const struct gv_scratch *s, const struct gv_scratch_job *job,
		   struct gv_scratch_result *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
