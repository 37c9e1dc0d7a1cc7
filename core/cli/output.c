// SPDX-License-Identifier: Apache-2.0
#include "core/cli/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/base/utf8.h"
#include "core/cli/terminal/progress.h"
#include "core/cli/terminal/terminal.h"

const char *gv_style(const struct gv_cli *cli, FILE *to, enum gv_style style)
{
	static const char *const codes[] = {"\x1b[0m",	"\x1b[1m",  "\x1b[2m",
					    "\x1b[31m", "\x1b[32m", "\x1b[33m"};
	const char *no = getenv("NO_COLOR");
	bool on = cli->color == GV_COLOR_ALWAYS;

	if (cli->color == GV_COLOR_AUTO)
		on = !(no && no[0]) && gv_terminal_obeys(to);
	return on ? codes[style] : "";
}

static int lost; /* why something did not get to stdout; 0: nothing is known of */

/* -- lines --------------------------------------------------------------------------- */

/* "label: text", the label in a colour.  In one piece, though threads and other programs
 * talk too. */
static void line_to(const struct gv_cli *cli, FILE *to, enum gv_style style,
		    const char *label, const char *fmt, va_list ap)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf line = GV_BUF_INIT(0);

	if (label[0])
		gv_buf_format(&line, "%s%s%s ", gv_style(cli, to, style), label,
			      gv_style(cli, to, GV_STYLE_OFF));
	gv_buf_vformat_visible(&line, fmt, ap);
	gv_buf_add_str(&line, "\n");
	if (gv_buf_error(&line) < 0)
		return; /* no memory for talk */
	if (cli->progress)
		gv_progress_hold(cli->progress);
	/* In a log that gets both, what came first comes first. */
	if (to == stderr)
		gv_output_flush();
	fwrite(line.data, 1, line.len, to);
	if (cli->progress)
		gv_progress_go_on(cli->progress);
}

static void labelled(const struct gv_cli *cli, enum gv_style style, const char *label,
		     const char *fmt, ...) GV_PRINTF(4, 5);

static void labelled(const struct gv_cli *cli, enum gv_style style, const char *label,
		     const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line_to(cli, stderr, style, label, fmt, ap);
	va_end(ap);
}

void gv_cli_done(const struct gv_cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->quiet || cli->json)
		return;
	va_start(ap, fmt);
	line_to(cli, stdout, GV_STYLE_OFF, "", fmt, ap);
	va_end(ap);
}

void gv_cli_say(const struct gv_cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->quiet)
		return;
	va_start(ap, fmt);
	line_to(cli, stderr, GV_STYLE_OFF, "", fmt, ap);
	va_end(ap);
}

void gv_cli_talk(const struct gv_cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (!cli->verbose)
		return;
	va_start(ap, fmt);
	line_to(cli, stderr, GV_STYLE_OFF, "", fmt, ap);
	va_end(ap);
}

#define ERROR	"govern:"
#define WARNING "govern: warning:"
#define HINT	"hint:"

void gv_cli_warn(const struct gv_cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->quiet)
		return;
	va_start(ap, fmt);
	line_to(cli, stderr, GV_STYLE_YELLOW, WARNING, fmt, ap);
	va_end(ap);
}

void gv_cli_hint(const struct gv_cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->quiet)
		return;
	va_start(ap, fmt);
	line_to(cli, stderr, GV_STYLE_BOLD, HINT, fmt, ap);
	va_end(ap);
}

static const char *text_of(const struct gv_err *err)
{
	return err->message[0] ? err->message : gv_err_text(err->code);
}

void gv_cli_complain(const struct gv_cli *cli, const struct gv_err *err)
{
	labelled(cli, GV_STYLE_RED, ERROR, "%s", text_of(err));
	if (err->hint[0])
		labelled(cli, GV_STYLE_BOLD, HINT, "%s", err->hint);
}

void gv_cli_warn_of(const struct gv_cli *cli, const struct gv_err *err)
{
	gv_cli_warn(cli, "%s", text_of(err));
	if (err->hint[0])
		gv_cli_hint(cli, "%s", err->hint);
}

/* -- values -------------------------------------------------------------------------- */

void gv_print_visible(const char *s)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);

	gv_buf_add_visible(&text, s, strlen(s));
	if (gv_buf_error(&text) == 0)
		fwrite(text.data, 1, text.len, stdout);
}

void gv_print_value(const char *s)
{
	if (isatty(STDOUT_FILENO))
		gv_print_visible(s);
	else
		fputs(s, stdout);
	putchar('\n');
}

void gv_cli_error_json(struct gv_json *object, const struct gv_err *err)
{
	struct gv_json *e = gv_json_new_object();

	gv_json_set_int(e, "code", gv_exit_status(err->code));
	gv_json_set_str(e, "message", text_of(err));
	if (err->file[0])
		gv_json_set_str(e, "file", err->file);
	if (err->line)
		gv_json_set_int(e, "line", err->line);
	if (err->hint[0])
		gv_json_set_str(e, "hint", err->hint);
	gv_json_set(object, "error", e);
}

struct gv_json *gv_cli_new_json(void)
{
	struct gv_json *object = gv_json_new_object();

	gv_json_set_int(object, "schema", 1);
	return object;
}

/* Strings are the only place for these, so that the escape means what it stands for. */
static void print_json_text(const char *s, size_t n)
{
	size_t from = 0, i = 0;

	while (i < n) {
		uint32_t c = '?';
		size_t len = gv_utf8_next(s + i, n - i, &c);

		if (len && c != '\n' && !gv_utf8_is_text(c)) {
			fwrite(s + from, 1, i - from, stdout);
			printf("\\u%04x", (unsigned)c);
			from = i + len;
		}
		i += len ? len : 1;
	}
	fwrite(s + from, 1, n - from, stdout);
}

int gv_cli_print_json(struct gv_json *object, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	int r = gv_json_dump(object, true, &text);

	gv_json_free(object);
	if (r < 0)
		return gv_err_sys(err, r, "cannot print the answer");
	print_json_text(text.data, text.len);
	return 0;
}

void gv_format_size(uint64_t bytes, char ret[GV_SIZE_LEN])
{
	static const char *const units[] = {"kB", "MB", "GB", "TB"};
	double value = (double)bytes / 1000;
	size_t unit = 0;

	while (value >= 999.95 && unit + 1 < GV_COUNT(units)) {
		value /= 1000;
		unit++;
	}
	if (bytes < 1000)
		snprintf(ret, GV_SIZE_LEN, "%u B", (unsigned)bytes);
	else
		snprintf(ret, GV_SIZE_LEN, "%.1f %s", value, units[unit]);
}

void gv_format_duration(int64_t ms, char ret[GV_DURATION_LEN])
{
	if (ms < 99950)
		snprintf(ret, GV_DURATION_LEN, "%.1f s", (double)ms / 1000);
	else if (ms < 100 * 60000)
		snprintf(ret, GV_DURATION_LEN, "%lld min",
			 (long long)(ms + 30000) / 60000);
	else
		snprintf(ret, GV_DURATION_LEN, "%lld h",
			 (long long)(ms / 1000 + 1800) / 3600);
}

void gv_output_flush(void)
{
	if (fflush(stdout) != 0 && !lost)
		lost = errno ? -errno : -EIO;
}

int gv_output_close(struct gv_err *err)
{
	/* What failed earlier left its mark; what is still buffered fails now. */
	bool failed = ferror(stdout) != 0;
	int code = lost;

	errno = 0;
	if (fclose(stdout) != 0 && !code)
		code = errno ? -errno : -EIO;
	else if (failed && !code)
		code = -EIO;
	return code ? gv_err_sys(err, code, "cannot write to standard output") : 0;
}
