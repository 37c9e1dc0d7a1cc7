// SPDX-License-Identifier: Apache-2.0
/*
 * Progress on a terminal: a row on stderr for each toolchain that is being installed, or
 * that something runs with, drawn again and again in place and gone at the end.  A row
 * that ended stays until all have. Where stderr is no terminal that obeys, with --quiet,
 * --verbose (whose lines it would garble) and --json nothing is drawn; that another
 * govern has to be waited for is said all the same, once, unless --quiet.
 *
 * gv_progress_init() makes it known to `cli`, so that lines of output.h make way for it;
 * gv_progress_clear() ends that.  gv_progress_set(), _tell(), _end(), _hold() and
 * _go_on() may be called from any thread; the others by one.
 */
#ifndef GV_CLI_TERMINAL_PROGRESS_H
#define GV_CLI_TERMINAL_PROGRESS_H

#include <pthread.h>

#include "core/cli/cli.h"
#include "core/install/install.h"

struct gv_progress;

/* Bytes of a row, the NUL included. */
#define GV_PROGRESS_ROW 200

struct gv_progress_line {
	struct gv_progress *progress;
	char name[GV_NAME_MAX];
	bool begun;  /* a first step was told */
	bool failed; /* with GV_STEP_DONE */
	enum gv_step step;
	uint64_t done, total;	    /* bytes; total 0: not known */
	char text[GV_PROGRESS_ROW]; /* what is said instead of a step; "": nothing */
	/* for the rate, touched by the drawing thread only */
	uint64_t seen;
	int64_t seen_at;
	double rate; /* bytes a second, smoothed */
};

struct gv_progress {
	pthread_mutex_t lock; /* of all below, and of what is on the screen */
	struct gv_cli *cli;
	struct gv_progress_line *lines; /* owned */
	size_t n;
	bool on;
	unsigned drawn; /* rows on the screen now */
};

/* `n` lines; the caller fills in the names. */
int gv_progress_init(struct gv_progress *p, struct gv_cli *cli, size_t n)
	GV_MUST GV_NONNULL(1, 2);
/* A gv_install_progress; `arg` is a line. */
void gv_progress_set(void *arg, enum gv_step step, uint64_t done, uint64_t total);
/* Says something else than a step; what is no text is shown as `?`. */
void gv_progress_tell(struct gv_progress_line *line, const char *text) GV_NONNULL(1, 2);
void gv_progress_end(struct gv_progress_line *line, bool failed) GV_NONNULL(1);
void gv_progress_draw(struct gv_progress *p) GV_NONNULL(1);
void gv_progress_clear(struct gv_progress *p) GV_NONNULL(1);
void gv_progress_release(struct gv_progress *p) GV_NONNULL(1);

/* Between these nothing is drawn, and the cursor is where a line can be written. */
void gv_progress_hold(struct gv_progress *p) GV_NONNULL(1);
void gv_progress_go_on(struct gv_progress *p) GV_NONNULL(1);

/* One row as text, at most `columns` wide; names take `name_width`. */
void gv_progress_format(const struct gv_progress_line *line, size_t name_width,
			size_t columns, char ret[GV_PROGRESS_ROW]) GV_NONNULL(1, 4);

#endif
