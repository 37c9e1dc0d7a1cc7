// SPDX-License-Identifier: Apache-2.0
#include "core/cli/matrix/report.h"

#include <errno.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/cli/output.h"
#include "core/cli/terminal/table.h"

enum {
	LINES_SHOWN = 10,    /* of the log of a command that failed */
	LOG_READ = 16 << 10, /* bytes, to find them in */
};

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
	return r < 0 ? gv_err_sys(err, r, "cannot run the command") : 0;
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

int gv_matrix_report(struct gv_matrix *m, int r, const struct gv_err *saved,
		     struct gv_err *err)
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
	if (saved->code < 0 && r == 0) {
		*err = *saved;
		r = saved->code;
	} else if (saved->code < 0 && r != -GV_EINTERRUPTED) {
		gv_cli_complain(cli, saved);
	}
	if (!cli->json)
		return r < 0 ? r : printed;
	if (r < 0 && r != -GV_EINTERRUPTED) {
		cli->partial = to_json(m);
		return r;
	}
	printed = gv_cli_print_json(to_json(m), err);
	return r < 0 ? r : printed;
}
