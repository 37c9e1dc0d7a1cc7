// SPDX-License-Identifier: Apache-2.0
#include "core/cli/matrix/junit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/utf8.h"
#include "core/cli/replace.h"

#define LOG_SHOWN (64u << 10) /* bytes of each log, from its end */

/* Char of https://www.w3.org/TR/xml/#charsets, less what nobody can see. */
static bool is_char(uint32_t c)
{
	return c == '\t' || c == '\n' ||
	       (c >= 0x20 && c != 0x7f && (c < 0x80 || c >= 0xa0) && c != 0xfffe &&
		c != 0xffff);
}

static void add_char(struct gv_buf *b, uint32_t c, const char *s, size_t n)
{
	switch (c) {
	case '&':
		gv_buf_add_str(b, "&amp;");
		break;
	case '<':
		gv_buf_add_str(b, "&lt;");
		break;
	case '>':
		gv_buf_add_str(b, "&gt;");
		break;
	case '"':
		gv_buf_add_str(b, "&quot;");
		break;
	default:
		if (is_char(c))
			gv_buf_add(b, s, n);
	}
}

void gv_junit_add_text(struct gv_buf *b, const char *s, size_t n)
{
	while (n > 0) {
		uint32_t c = 0;
		size_t len = gv_utf8_next(s, n, &c);

		if (len)
			add_char(b, c, s, len);
		else
			gv_buf_add_str(b, "\xef\xbf\xbd");
		s += len ? len : 1;
		n -= len ? len : 1;
	}
}

static void add_attribute(struct gv_buf *b, const char *name, const char *value)
{
	gv_buf_format(b, " %s=\"", name);
	gv_junit_add_text(b, value, strlen(value));
	gv_buf_add_str(b, "\"");
}

static void add_seconds(struct gv_buf *b, int64_t ms)
{
	unsigned rest = (unsigned)(ms % 1000);

	gv_buf_format(b, " time=\"%lld.%u%u%u\"", (long long)ms / 1000, rest / 100,
		      rest / 10 % 10, rest % 10);
}

/* <failure>: the command says no; <error>: it could not say anything. */
static const char *element(enum gv_matrix_result result)
{
	switch (result) {
	case GV_MATRIX_PASSED:
		return NULL;
	case GV_MATRIX_FAILED:
		return "failure";
	case GV_MATRIX_WAITS:
	case GV_MATRIX_RUNS:
	case GV_MATRIX_UNFINISHED:
		return "skipped";
	default:
		return "error";
	}
}

static size_t count(const struct gv_matrix *m, const char *what)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		const char *is = element(m->jobs[i].result);

		n += is && strcmp(is, what) == 0;
	}
	return n;
}

static int add_case(struct gv_buf *b, const struct gv_matrix_job *job)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf log = GV_BUF_INIT(0);
	const char *is = element(job->result);
	char outcome[GV_MATRIX_OUTCOME];
	int r = gv_matrix_log_end(job, LOG_SHOWN, &log);

	if (r < 0)
		return r;
	gv_matrix_outcome(job, outcome);
	gv_buf_add_str(b, "    <testcase classname=\"govern.matrix\"");
	add_attribute(b, "name", job->running.name);
	add_seconds(b, job->milliseconds);
	gv_buf_add_str(b, ">\n");
	if (is) {
		gv_buf_format(b, "      <%s", is);
		add_attribute(b, "message",
			      job->err.message[0] ? job->err.message : outcome);
		gv_buf_add_str(b, "/>\n");
	}
	if (log.len) {
		gv_buf_add_str(b, "      <system-out>");
		gv_junit_add_text(b, log.data, log.len);
		gv_buf_add_str(b, "</system-out>\n");
	}
	gv_buf_add_str(b, "    </testcase>\n");
	return gv_buf_error(b);
}

static void add_counts(struct gv_buf *b, const struct gv_matrix *m, int64_t milliseconds)
{
	gv_buf_format(b, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		      m->n, count(m, "failure"), count(m, "error"), count(m, "skipped"));
	add_seconds(b, milliseconds);
}

static void add_command(struct gv_buf *b, char *const *argv)
{
	gv_buf_add_str(b, " name=\"");
	for (size_t i = 0; argv[i]; i++) {
		gv_junit_add_text(b, i ? " " : "", i != 0);
		gv_junit_add_text(b, argv[i], strlen(argv[i]));
	}
	gv_buf_add_str(b, "\"");
}

int gv_junit_save(const char *path, const struct gv_matrix *m, time_t begun,
		  int64_t milliseconds, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);
	char host[256] = "", when[GV_RFC3339_LEN];
	int r = 0;

	(void)!gethostname(host, sizeof(host) - 1); /* "" then */
	gv_clock_rfc3339(begun, when);
	when[strlen(when) - 1] = '\0'; /* the xsd knows no Z */
	gv_buf_add_str(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	add_counts(&b, m, milliseconds);
	gv_buf_add_str(&b, ">\n  <testsuite");
	add_command(&b, m->argv);
	add_counts(&b, m, milliseconds);
	add_attribute(&b, "timestamp", when);
	add_attribute(&b, "hostname", host);
	gv_buf_add_str(&b, ">\n");
	for (size_t i = 0; i < m->n && r == 0; i++)
		r = add_case(&b, &m->jobs[i]);
	gv_buf_add_str(&b, "  </testsuite>\n</testsuites>\n");
	if (r == 0)
		r = gv_buf_error(&b);
	return r < 0 ? gv_err_sys(err, r, "cannot write '%s'", path)
		     : gv_user_file_save(path, b.data, b.len, err);
}
