// SPDX-License-Identifier: Apache-2.0
#include "core/cli/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *gv_style(const struct gv_cli *cli, FILE *to, enum gv_style style)
{
	static const char *const codes[] = {"\x1b[0m",	"\x1b[1m",  "\x1b[2m",
					    "\x1b[31m", "\x1b[32m", "\x1b[33m"};
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	bool on = cli->color == GV_COLOR_ALWAYS;

	if (cli->color == GV_COLOR_AUTO)
		on = isatty(fileno(to)) && !(no && no[0]) &&
		     !(term && strcmp(term, "dumb") == 0);
	return on ? codes[style] : "";
}

/* Whole lines, though several threads talk. */
static void line_to(FILE *to, const char *fmt, va_list ap)
{
	flockfile(to);
	vfprintf(to, fmt, ap);
	putc('\n', to);
	funlockfile(to);
}

void gv_print_visible(const char *s)
{
	for (; *s; s++)
		putchar((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s);
}

void gv_cli_done(const struct gv_cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->quiet || cli->json)
		return;
	va_start(ap, fmt);
	line_to(stdout, fmt, ap);
	va_end(ap);
}

void gv_cli_say(const struct gv_cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->quiet)
		return;
	va_start(ap, fmt);
	line_to(stderr, fmt, ap);
	va_end(ap);
}

void gv_cli_talk(const struct gv_cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (!cli->verbose)
		return;
	va_start(ap, fmt);
	line_to(stderr, fmt, ap);
	va_end(ap);
}

void gv_cli_complain(const struct gv_cli *cli, const struct gv_err *err)
{
	const char *text = err->message[0] ? err->message : gv_err_text(err->code);

	fprintf(stderr, "%sgovern:%s %s\n", gv_style(cli, stderr, GV_STYLE_RED),
		gv_style(cli, stderr, GV_STYLE_OFF), text);
	if (err->hint[0])
		fprintf(stderr, "%shint:%s %s\n", gv_style(cli, stderr, GV_STYLE_BOLD),
			gv_style(cli, stderr, GV_STYLE_OFF), err->hint);
}

void gv_cli_error_json(struct gv_json *object, const struct gv_err *err)
{
	struct gv_json *e = gv_json_new_object();

	gv_json_set_int(e, "code", gv_exit_status(err->code));
	gv_json_set_str(e, "message",
			err->message[0] ? err->message : gv_err_text(err->code));
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

int gv_cli_print_json(struct gv_json *object, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	int r = gv_json_dump(object, true, &text);

	gv_json_free(object);
	if (r < 0)
		return gv_err_sys(err, r, "cannot print the answer");
	fwrite(text.data, 1, text.len, stdout);
	return 0;
}

int gv_table_row(struct gv_table *t, bool highlight, const char *const *cells)
{
	size_t row = t->columns ? t->cells.n / t->columns : 0;

	for (size_t i = 0; i < t->columns; i++) {
		int r = gv_list_add(&t->cells, cells[i]);

		if (r < 0)
			return r;
	}
	if (row < GV_COUNT(t->highlight))
		t->highlight[row] = highlight;
	return 0;
}

static void print_cell(const char *s, size_t width, bool right, bool last)
{
	if (last)
		fputs(s, stdout);
	else if (right)
		printf("%*s  ", (int)width, s);
	else
		printf("%-*s  ", (int)width, s);
}

void gv_table_print(const struct gv_table *t, const struct gv_cli *cli)
{
	size_t width[GV_TABLE_COLUMNS] = {0};

	for (size_t i = 0; i < t->cells.n; i++) {
		size_t n = strlen(t->cells.items[i]);

		if (width[i % t->columns] < n)
			width[i % t->columns] = n;
	}
	for (size_t row = 0; row * t->columns < t->cells.n; row++) {
		bool bright = row < GV_COUNT(t->highlight) && t->highlight[row];
		char *const *cells = t->cells.items + row * t->columns;
		size_t shown = t->columns;

		while (shown > 1 && !cells[shown - 1][0])
			shown--; /* no blanks at the end of a line */

		if (bright)
			fputs(gv_style(cli, stdout, GV_STYLE_BOLD), stdout);
		for (size_t i = 0; i < shown; i++)
			print_cell(cells[i], width[i], t->right >> i & 1, i + 1 == shown);
		if (bright)
			fputs(gv_style(cli, stdout, GV_STYLE_OFF), stdout);
		putchar('\n');
	}
}

void gv_table_release(struct gv_table *t)
{
	gv_list_release(&t->cells);
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

int gv_output_close(struct gv_err *err)
{
	/* What failed earlier left its mark; what is still buffered fails now. */
	bool failed = ferror(stdout) != 0;
	int code = 0;

	errno = 0;
	if (fclose(stdout) != 0)
		code = errno ? -errno : -EIO;
	else if (failed)
		code = -EIO;
	return code ? gv_err_sys(err, code, "cannot write to standard output") : 0;
}
