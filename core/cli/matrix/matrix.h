// SPDX-License-Identifier: Apache-2.0
/*
 * One command with several toolchains, some at a time.  Each runs with nothing on its
 * stdin, stdout and stderr in a log of its own, in a process group of its own: however it
 * ends, by itself, at the time limit or because we are interrupted, nothing of that group
 * goes on afterwards.  What is to end gets the signal first, and a few seconds later
 * SIGKILL.
 *
 *	… m.jobs, m.argv, m.logs, … filled in; the logs' directory is there …
 *	r = gv_matrix_run(&m, err);
 *	… jobs[i].result says how each went, also when that failed …
 */
#ifndef GV_CLI_MATRIX_H
#define GV_CLI_MATRIX_H

#include "core/base/child.h"
#include "core/cli/running.h"
#include "core/cli/terminal/progress.h"

enum gv_matrix_result {
	GV_MATRIX_WAITS,
	GV_MATRIX_RUNS,
	GV_MATRIX_PASSED,
	GV_MATRIX_FAILED, /* `status` is its exit status */
	GV_MATRIX_KILLED, /* `status` is the signal */
	GV_MATRIX_TIMEOUT,
	GV_MATRIX_ERROR,      /* it could not be started: `err` */
	GV_MATRIX_UNFINISHED, /* we were interrupted while it ran */
};

/* "passed", …, as JSON has it. */
const char *gv_matrix_result_name(enum gv_matrix_result result);

struct gv_matrix_job {
	char spec[GV_WORD_MAX + 1]; /* that asked for it */
	struct gv_running running;
	char program[PATH_MAX]; /* what is executed */
	char *log;		/* path */
	enum gv_matrix_result result;
	int status;
	int64_t milliseconds;
	struct gv_err err;
	/* while it runs */
	struct gv_child child;
	int log_fd; /* -1 before */
	int64_t begun;
	int64_t kill_at; /* 0: it was not told to end */
	bool timed_out;
	char *cache; /* its own GOCACHE */
};

struct gv_matrix {
	struct gv_cli *cli;
	struct gv_matrix_job *jobs; /* owned */
	size_t n;
	char *const *argv;   /* the command */
	const char *logs;    /* a directory */
	unsigned at_a_time;  /* at least 1 */
	int64_t timeout_ms;  /* 0: none */
	const char *goflags; /* GOFLAGS for all of them; NULL: as it is */
	bool fresh_cache; /* GOCACHE is a new directory for each, removed when it ended */
	/* private */
	struct gv_progress progress;
	unsigned running;
};

/* -GV_EINTERRUPTED; -errno when not even a log could be made.  That a command fails is no
 * error. */
int gv_matrix_run(struct gv_matrix *m, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
void gv_matrix_release(struct gv_matrix *m);

/* "passed", "failed, status 2", "timed out". */
#define GV_MATRIX_OUTCOME 64
void gv_matrix_outcome(const struct gv_matrix_job *job, char ret[GV_MATRIX_OUTCOME])
	GV_NONNULL(1);

/* The end of a job's log, at most `n` bytes. */
int gv_matrix_log_end(const struct gv_matrix_job *job, size_t n, struct gv_buf *ret)
	GV_MUST GV_NONNULL(1, 3);

#endif
