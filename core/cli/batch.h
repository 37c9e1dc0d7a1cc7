// SPDX-License-Identifier: Apache-2.0
/*
 * Several toolchains installed at the same time, each by a thread of its own.
 */
#ifndef GV_CLI_BATCH_H
#define GV_CLI_BATCH_H

#include <limits.h>

#include "core/cli/installed.h"
#include "core/cli/pipeline.h"

struct gv_batch_item {
	struct gv_version version;
	struct gv_installed installed; /* when r is 0 */
	int r;
	struct gv_err err;
	bool tried; /* else a signal came before */
};

struct gv_batch {
	struct gv_batch_item *items; /* owned */
	size_t n;
	/* When a pin asked for it: what failures name too. */
	char pinned_by[GV_WHY_LEN]; /* "": none did */
	char pin_file[PATH_MAX];    /* "": no file did */
	unsigned pin_line;
};

/* Adds a version, once. */
int gv_batch_add(struct gv_batch *b, const struct gv_version *v) GV_MUST GV_NONNULL(1, 2);
void gv_batch_release(struct gv_batch *b);

/* Installs them all, `jobs` at a time; each item says how it went.  The store's hooks are
 * asked first, of those that are not there.  -errno when not even one thread could be
 * started; -GV_EINTERRUPTED. */
int gv_batch_install(struct gv_cli *cli, const struct gv_pipeline *p, struct gv_batch *b,
		     unsigned jobs, struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 5);

/*
 * gv_batch_install(), after which the lines and the store's hooks know it, also when a
 * signal came: what was published stays.  For those that change no other pointer by it.
 * The error is that of the first item that failed, the others are printed; or that of
 * the lines.
 */
int gv_batch_bring(struct gv_cli *cli, const struct gv_pipeline *p, struct gv_batch *b,
		   unsigned jobs, struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 5);

/* The error of the first item that failed, the others are printed; 0: none did. */
int gv_batch_judge(const struct gv_cli *cli, const struct gv_batch *b, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/* Tells the store's hooks of what was brought in; when the pointers know it. */
void gv_batch_tell_hooks(struct gv_cli *cli, const struct gv_batch *b) GV_NONNULL(1, 2);

/* Puts the pin into the message of an error. */
void gv_batch_name_pin(const struct gv_batch *b, struct gv_err *err) GV_NONNULL(1, 2);

/* --jobs, else GOVERN_JOBS, else two to four by the number of processors. */
int gv_batch_jobs(const struct gv_cli *cli, unsigned *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
