// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/matrix/junit.h"
#include "core/cli/matrix/matrix.h"
#include "core/cli/matrix/missing.h"
#include "core/cli/matrix/releasewords.h"
#include "core/cli/matrix/report.h"
#include "core/cli/output.h"

enum {
	AT_A_TIME_MAX = 256,
};

static int no_memory(struct gv_err *err)
{
	return gv_err_sys(err, -ENOMEM, "cannot run the command");
}

/* -- options ------------------------------------------------------------------------- */

static unsigned processors(void)
{
	cpu_set_t set;

	/* those that we may use */
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (unsigned)CPU_COUNT(&set);
	return 1;
}

static int read_options(struct gv_cli *cli, struct gv_matrix *m, struct gv_err *err)
{
	const char *jobs = gv_cli_option(cli, "jobs");
	const char *timeout = gv_cli_option(cli, "timeout");
	uint64_t n = processors();
	int64_t seconds = 0;

	if (jobs && (gv_num_parse(jobs, strlen(jobs), AT_A_TIME_MAX, &n) < 0 || n == 0))
		return gv_err_set(err, -GV_EUSAGE,
				  "--jobs takes a number from 1 to %d, not '%s'",
				  AT_A_TIME_MAX, jobs);
	if (timeout && (gv_duration_parse(timeout, &seconds) < 0 || seconds == 0)) {
		gv_err_set(err, -GV_EUSAGE, "'%s' is no length of time", timeout);
		return gv_err_hint(err, "--timeout 90s, --timeout 10m");
	}
	m->at_a_time = (unsigned)n;
	m->timeout_ms = seconds * 1000;
	m->goflags = gv_cli_option(cli, "goflags");
	m->fresh_cache = gv_cli_option(cli, "fresh-cache") != NULL;
	return 0;
}

static int read_specs(char *list, struct gv_list *words, struct gv_err *err)
{
	for (char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
		size_t n = strcspn(p, ",");

		if (n == 0)
			return gv_err_set(err, -GV_EUSAGE, "an empty SPEC in '%s'", list);
		if (gv_list_add_n(words, p, n) < 0)
			return no_memory(err);
	}
	return 0;
}

/* -- jobs ---------------------------------------------------------------------------- */

static bool is_there(const struct gv_matrix *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->jobs[i].running.name, name) == 0)
			return true;
	return false;
}

/* One for each toolchain: two words that mean the same one are one.  `asked` is the word
 * as it was given. */
static int add_job(struct gv_matrix *m, const char *word, const char *asked,
		   struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf log = GV_BUF_INIT(0);
	struct gv_matrix_job *more, job = {.log_fd = -1};
	struct gv_spec spec;
	int r = gv_cli_spec(word, &spec, err);

	if (r == 0)
		r = gv_running_init(m->cli, &spec, &job.running, err);
	if (r < 0)
		return r;
	if (is_there(m, job.running.name)) {
		gv_cli_talk(m->cli, "%s is %s, once more", asked, job.running.name);
		gv_running_release(&job.running);
		return 0;
	}
	r = gv_running_find(&job.running, m->argv[0], job.program, err);
	more = r == 0 ? reallocarray(m->jobs, m->n + 1, sizeof(*more)) : NULL;
	if (!more) {
		gv_running_release(&job.running);
		return r < 0 ? r : no_memory(err);
	}
	gv_buf_format(&log, "%s/%s.log", m->logs, job.running.name);
	job.log = gv_buf_take(&log);
	snprintf(job.spec, sizeof(job.spec), "%s", asked);
	m->jobs = more;
	more[m->n++] = job;
	return job.log ? 0 : no_memory(err);
}

static int make_logs_dir(struct gv_cli *cli, char **ret, struct gv_err *err)
{
	const char *given = gv_cli_option(cli, "logs"), *tmp = getenv("TMPDIR");
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	int r;

	if (given) {
		gv_buf_add_str(&path, given);
		r = gv_buf_error(&path);
		if (r == 0)
			r = gv_make_dirs(AT_FDCWD, path.data, 0777);
	} else {
		gv_buf_format(&path, "%s/govern-matrix-XXXXXX",
			      tmp && tmp[0] == '/' ? tmp : "/tmp");
		r = gv_buf_error(&path);
		if (r == 0 && !mkdtemp(path.data))
			r = -errno;
	}
	if (r < 0)
		return gv_err_sys(err, r, "cannot make '%s' for the logs",
				  path.data ? path.data : "a directory");
	*ret = gv_buf_take(&path);
	return *ret ? 0 : no_memory(err);
}

/* -- the command --------------------------------------------------------------------- */

static int run_all(struct gv_matrix *m, const struct gv_list *words,
		   const struct gv_list *asked, struct gv_err *err)
{
	const char *junit = gv_cli_option(m->cli, "junit");
	time_t begun = time(NULL);
	int64_t from = gv_clock_ms();
	struct gv_err saved = GV_ERR_INIT;
	int r = 0;

	for (size_t i = 0; i < words->n && r == 0; i++)
		r = add_job(m, words->items[i], asked->items[i], err);
	if (r < 0)
		return r;
	if (!gv_cli_option(m->cli, "logs") && !m->cli->json)
		gv_cli_say(m->cli, "logs are in %s", m->logs);
	r = gv_matrix_run(m, err);
	if (r < 0 && r != -GV_EINTERRUPTED)
		return r;
	if (junit)
		saved.code = gv_junit_save(junit, m, begun, gv_clock_ms() - from, &saved);
	return gv_matrix_report(m, r, &saved, err);
}

static int usage(int argc, char **argv, struct gv_err *err)
{
	gv_err_set(err, -GV_EUSAGE, argc ? "no command to run" : "no SPEC given");
	return gv_err_hint(err, "govern matrix %s -- go test ./...",
			   argc ? argv[0] : "1.22,1.23");
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list asked = GV_LIST_INIT;
	GV_CLEANUP(gv_list_release) struct gv_list named = GV_LIST_INIT;
	const struct gv_list *words = &asked;
	GV_CLEANUP(gv_free_str) char *logs = NULL;
	struct gv_matrix m = {.cli = cli, .argv = argv + 1};
	int r = argc < 2 ? usage(argc, argv, err) : read_options(cli, &m, err);

	if (r == 0)
		r = read_specs(argv[0], &asked, err);
	if (r == 0 && gv_cli_option(cli, "install")) {
		r = gv_release_words(cli, &asked, &named, err);
		words = &named;
	}
	if (r == 0)
		r = gv_matrix_bring(cli, gv_cli_option(cli, "jobs") ? m.at_a_time : 0,
				    words, err);
	if (r == 0)
		r = make_logs_dir(cli, &logs, err);
	m.logs = logs;
	if (r == 0)
		r = run_all(&m, words, &asked, err);
	if (r < 0 && logs && !gv_cli_option(cli, "logs"))
		(void)rmdir(logs); /* unless there is something in it */
	gv_matrix_release(&m);
	return r;
}

static const struct gv_option options[] = {
	{"jobs", 'j', "N", "how many at a time; else as many as there are processors",
	 NULL},
	{"install", 0, NULL, "bring in what is missing", NULL},
	{"timeout", 0, "TIME", "end a command that takes longer: 90s, 10m", NULL},
	{"fresh-cache", 0, NULL, "a build cache of its own for each, removed afterwards",
	 NULL},
	{"goflags", 0, "FLAGS", "GOFLAGS for all of them", NULL},
	{"logs", 0, "DIR", "keep the logs there; else in a new directory", "directory"},
	{"junit", 0, "FILE", "write the results as JUnit XML", "file"},
	{0},
};

const struct gv_command gv_cmd_matrix = {
	.name = "matrix",
	.arguments = "SPEC[,SPEC...] [--] COMMAND [ARGUMENT...]",
	.what = "run a command with several toolchains, in parallel",
	.details =
		"Each runs as by `govern run`, with a log of its own, and a table tells "
		"how it went.  Two SPECs\n"
		"that mean the same toolchain are one.  The exit status is 1 when any "
		"failed.",
	.options = options,
	.complete = "installed,",
	.max_operands = -1,
	.options_until = 2,
	.json = true,
	.run = run,
};
