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
#include "core/cli/output.h"
#include "core/cli/pinned.h"
#include "core/cli/matrix/releasewords.h"
#include "core/cli/terminal/table.h"

enum {
	AT_A_TIME_MAX = 256,
	LINES_SHOWN = 10,    /* of the log of a command that failed */
	LOG_READ = 16 << 10, /* bytes, to find them in */
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

/* -- what is missing ----------------------------------------------------------------- */

/* Those of the words that nothing installed is. */
static int find_missing(struct gv_cli *cli, const struct gv_list *words,
			struct gv_list *missing, struct gv_err *err)
{
	for (size_t i = 0; i < words->n; i++) {
		struct gv_err why = GV_ERR_INIT;
		char name[GV_NAME_MAX];
		struct gv_spec spec;
		int r = gv_cli_spec(words->items[i], &spec, &why);

		if (r == 0 && spec.kind != GV_SPEC_SYSTEM)
			r = gv_cli_find_installed(cli, &spec, name, &why);
		if (r == 0)
			continue;
		if (r != -GV_ENOTFOUND || missing->n == 0)
			*err = why;
		if (r != -GV_ENOTFOUND)
			return r;
		if (gv_list_add(missing, words->items[i]) < 0)
			return no_memory(err);
	}
	if (missing->n == 0)
		return 0;
	return err->code;
}

static int add_missing(const struct gv_pipeline *p, const struct gv_list *missing,
		       struct gv_batch *batch, struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < missing->n && r == 0; i++) {
		struct gv_spec spec;

		r = gv_cli_spec(missing->items[i], &spec, err);
		if (r == 0)
			r = gv_batch_add_spec(p, &spec, batch, err);
	}
	return r;
}

static int install(struct gv_cli *cli, const struct gv_list *missing, struct gv_err *err)
{
	struct gv_pipeline p = {.cache_dir = -1};
	struct gv_batch batch = {0};
	unsigned jobs = 1;
	int r = gv_cli_store(cli, GV_STORE_CREATE, err);

	if (r == 0)
		r = gv_batch_jobs(cli, &jobs, err);
	if (r == 0)
		r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	gv_store_heal(&cli->store);
	r = add_missing(&p, missing, &batch, err);
	if (r == 0)
		r = gv_batch_bring(cli, &p, &batch, jobs, err);
	for (size_t i = 0; i < batch.n; i++)
		if (batch.items[i].tried && batch.items[i].r == 0)
			gv_cli_talk(cli, "%s installed", batch.items[i].version.name);
	gv_batch_release(&batch);
	gv_pipeline_close(&p);
	return r;
}

/* With all of them in the hint, and not one after the other. */
static int are_missing(const struct gv_list *missing, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf all = GV_BUF_INIT(0);

	for (size_t i = 0; i < missing->n; i++) {
		gv_buf_add_str(&all, " ");
		gv_buf_add_word(&all, missing->items[i]);
	}
	return gv_buf_error(&all) < 0 ? err->code
				      : gv_err_hint(err, "govern install%s", all.data);
}

static int bring_in(struct gv_cli *cli, const struct gv_list *words, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list missing = GV_LIST_INIT;
	struct gv_err why = GV_ERR_INIT;
	int r = find_missing(cli, words, &missing, &why);

	if (r == 0)
		return 0;
	if (missing.n && gv_cli_option(cli, "install"))
		return install(cli, &missing, err);
	*err = why;
	return missing.n ? are_missing(&missing, err) : r;
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

	if (given && given[0]) {
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

/* -- telling ------------------------------------------------------------------------- */

static size_t count(const struct gv_matrix *m, enum gv_matrix_result result)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->jobs[i].result == result;
	return n;
}

/* The last lines of the log of each that failed. */
static void show_ends(const struct gv_matrix *m)
{
	for (size_t i = 0; i < m->n; i++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf log = GV_BUF_INIT(0);
		const struct gv_matrix_job *job = &m->jobs[i];
		char *from, *line, *rest;
		unsigned lines = 0;

		if (job->err.code < 0)
			gv_cli_complain(m->cli, &job->err);
		if (job->result == GV_MATRIX_PASSED || job->result == GV_MATRIX_WAITS ||
		    gv_matrix_log_end(job, LOG_READ, &log) < 0 || !log.len)
			continue;
		for (from = log.data + log.len - 1;
		     from > log.data && lines < LINES_SHOWN; from--)
			lines += from[-1] == '\n';
		gv_cli_say(m->cli, "%s: the end of %s", job->running.name, job->log);
		rest = lines < LINES_SHOWN ? log.data : from + 1;
		while ((line = strsep(&rest, "\n")) != NULL)
			if (rest || line[0])
				gv_cli_say(m->cli, "  %s", line);
	}
}

static int print_table(const struct gv_matrix *m, struct gv_err *err)
{
	static const char *const head[] = {"VERSION", "RESULT", "TIME", "LOG"};
	struct gv_table table = {
		.columns = GV_COUNT(head), .needed = 3, .right = 1u << 2};
	int r = gv_table_head(&table, head);

	for (size_t i = 0; i < m->n && r == 0; i++) {
		const struct gv_matrix_job *job = &m->jobs[i];
		char outcome[GV_MATRIX_OUTCOME], took[GV_DURATION_LEN];
		const char *cells[] = {job->running.name, outcome, took, job->log};

		gv_matrix_outcome(job, outcome);
		gv_format_duration(job->milliseconds, took);
		r = gv_table_row(&table, GV_STYLE_OFF, cells);
		if (r == 0)
			gv_table_paint(&table, 1,
				       job->result == GV_MATRIX_PASSED ? GV_STYLE_GREEN
								       : GV_STYLE_RED);
	}
	if (r == 0)
		gv_table_print(&table, m->cli);
	gv_table_release(&table);
	return r < 0 ? no_memory(err) : 0;
}

static struct gv_json *job_json(const struct gv_matrix_job *job)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "version", job->running.name);
	gv_json_set_str(o, "spec", job->spec);
	gv_json_set_str(o, "result", gv_matrix_result_name(job->result));
	if (job->result == GV_MATRIX_PASSED || job->result == GV_MATRIX_FAILED)
		gv_json_set_int(o, "status", job->status);
	else
		gv_json_set_str(o, "status", NULL);
	if (job->result == GV_MATRIX_KILLED)
		gv_json_set_int(o, "signal", job->status);
	else
		gv_json_set_str(o, "signal", NULL);
	gv_json_set_real(o, "seconds", (double)job->milliseconds / 1000);
	gv_json_set_str(o, "log", job->log);
	if (job->err.code < 0)
		gv_cli_error_json(o, &job->err);
	return o;
}

static struct gv_json *to_json(const struct gv_matrix *m)
{
	struct gv_json *o = gv_cli_new_json(), *command = gv_json_new_array();
	struct gv_json *results = gv_json_new_array();

	for (size_t i = 0; m->argv[i]; i++)
		gv_json_append_str(command, m->argv[i]);
	for (size_t i = 0; i < m->n; i++)
		gv_json_append(results, job_json(&m->jobs[i]));
	gv_json_set(o, "command", command);
	gv_json_set_str(o, "logs", m->logs);
	gv_json_set_int(o, "passed", (int64_t)count(m, GV_MATRIX_PASSED));
	gv_json_set(o, "results", results);
	return o;
}

static void say_unfinished(const struct gv_matrix *m)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf names = GV_BUF_INIT(0);

	for (size_t i = 0; i < m->n; i++)
		if (m->jobs[i].result == GV_MATRIX_WAITS ||
		    m->jobs[i].result == GV_MATRIX_UNFINISHED)
			gv_buf_format(&names, "%s%s", names.len ? ", " : "",
				      m->jobs[i].running.name);
	if (names.len && gv_buf_error(&names) == 0)
		gv_cli_say(m->cli, "interrupted, not finished: %s", names.data);
}

/* `r` is what became of it: 0, or that it was interrupted. */
static int report(struct gv_matrix *m, int r, struct gv_err *err)
{
	struct gv_cli *cli = m->cli;
	size_t passed = count(m, GV_MATRIX_PASSED);
	int printed = 0;

	if (!cli->json && r == 0)
		show_ends(m);
	if (!cli->json)
		printed = print_table(m, err);
	if (r < 0)
		say_unfinished(m);
	if (r == 0 && printed == 0 && passed < m->n)
		r = gv_err_set(err, -GV_EFAILED,
			       "the command failed with %zu of %zu toolchains",
			       m->n - passed, m->n);
	if (!cli->json)
		return r < 0 ? r : printed;
	if (r == -GV_EFAILED) {
		cli->partial = to_json(m);
		return r;
	}
	printed = gv_cli_print_json(to_json(m), err);
	return r < 0 ? r : printed;
}

/* -- the command --------------------------------------------------------------------- */

static int run_all(struct gv_matrix *m, const struct gv_list *words,
		   const struct gv_list *asked, struct gv_err *err)
{
	const char *junit = gv_cli_option(m->cli, "junit");
	time_t begun = time(NULL);
	int64_t from = gv_clock_ms();
	struct gv_err later = GV_ERR_INIT;
	int r = 0, saved = 0;

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
		saved = gv_junit_save(junit, m, begun, gv_clock_ms() - from, &later);
	r = report(m, r, err);
	if (saved < 0 && r < 0 && r != -GV_EINTERRUPTED)
		gv_cli_complain(m->cli, &later);
	else if (saved < 0 && r == 0)
		*err = later;
	return r < 0 ? r : saved;
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
		r = bring_in(cli, words, err);
	if (r == 0)
		r = make_logs_dir(cli, &logs, err);
	m.logs = logs;
	if (r == 0)
		r = run_all(&m, words, &asked, err);
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
	.details = "Each runs as by `govern run`, with a log of its own, and a table "
		   "tells how "
		   "it went.  Two SPECs\nthat mean the same toolchain are one.  The exit "
		   "status "
		   "is 1 when any failed.",
	.options = options,
	.complete = "installed,",
	.max_operands = -1,
	.options_until = 2,
	.json = true,
	.run = run,
};
