// SPDX-License-Identifier: Apache-2.0
/* Sizes, widths, tables and rows of progress.  core/cli/ is a program and no library,
 * so its files are taken in here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pty.h>
#include <sys/ioctl.h>

#include "core/cli/output.c"
#include "core/cli/terminal/fold.c"
#include "core/cli/terminal/progress.c"
#include "core/cli/terminal/table.c"
#include "core/cli/terminal/terminal.c"
#include "core/cli/terminal/width.c"

int gv_exit_status(int code)
{
	return code < 0;
}

static void size_is(uint64_t bytes, const char *want)
{
	char got[GV_SIZE_LEN];

	gv_format_size(bytes, got);
	assert_string_equal(got, want);
}

static void test_size(void **state)
{
	(void)state;
	size_is(0, "0 B");
	size_is(999, "999 B");
	size_is(1000, "1.0 kB");
	size_is(999949, "999.9 kB");
	size_is(999950, "1.0 MB");
	size_is(82828868, "82.8 MB");
	size_is(235500000000, "235.5 GB");
	size_is(UINT64_MAX, "18446744.1 TB");
}

static void test_duration(void **state)
{
	static const struct {
		int64_t ms;
		const char *want;
	} cases[] = {
		{0, "0.0 s"},	     {949, "0.9 s"},	   {99949, "99.9 s"},
		{99950, "2 min"},    {5970000, "100 min"}, {6000000, "2 h"},
		{5400000, "90 min"}, {360000000, "100 h"},
	};
	char got[GV_DURATION_LEN];

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++) {
		gv_format_duration(cases[i].ms, got);
		assert_string_equal(got, cases[i].want);
	}
}

static void row_is(struct gv_progress_line line, size_t columns, const char *want)
{
	char got[GV_PROGRESS_ROW];

	memcpy(line.name, "go1.22.5", sizeof("go1.22.5"));
	gv_progress_format(&line, 9, columns, got);
	assert_string_equal(got, want);
	assert_true(strlen(got) <= columns);
}

static void test_progress_row(void **state)
{
	struct gv_progress_line line = {.step = GV_STEP_LOCATE};

	(void)state;
	row_is(line, 79, "go1.22.5   locating");
	line.step = GV_STEP_WAIT;
	row_is(line, 39, "go1.22.5   waiting for another govern");
	row_is(line, 14, "go1.22.5   wai");
	line = (struct gv_progress_line){
		.step = GV_STEP_FETCH, .done = 5000000, .rate = 1e6};
	row_is(line, 79, "go1.22.5           5.0 MB    1.0 MB/s");
	line.total = 10000000;
	row_is(line, 199,
	       "go1.22.5    50%  [====================>                   ]"
	       "     5.0 MB of 10.0 MB    1.0 MB/s  5 s left");
	row_is(line, 79,
	       "go1.22.5    50%  [=======>       ]     5.0 MB of 10.0 MB    1.0 MB/s  5 "
	       "s "
	       "left");
	row_is(line, 39, "go1.22.5    50%    1.0 MB/s  5 s left");
	row_is(line, 30, "go1.22.5    50%  5 s left");
	row_is(line, 20, "go1.22.5    50%");
	row_is(line, 3, "go1");
	row_is(line, 0, "");
	line.total = 600000000;
	row_is(line, 39, "go1.22.5     0%    1.0 MB/s  10 m left");
	line.total = line.done;
	row_is(line, 39, "go1.22.5   100%    1.0 MB/s");
	line.total = UINT64_MAX;
	row_is(line, 39, "go1.22.5     0%    1.0 MB/s");
	line.step = GV_STEP_DONE;
	row_is(line, 39, "go1.22.5   done");
	line.failed = true;
	row_is(line, 39, "go1.22.5   failed");
}

/* What stands where does not move while it works. */
static void test_row_is_steady(void **state)
{
	struct gv_progress_line line = {.name = "go1.22.5",
					.step = GV_STEP_FETCH,
					.rate = 12345678,
					.total = 235500000};
	char row[GV_PROGRESS_ROW];

	(void)state;
	for (line.done = 0; line.done < line.total; line.done += 1234567) {
		gv_progress_format(&line, 8, 79, row);
		assert_int_equal(strcspn(row, "]"), 33);
		assert_int_equal(strstr(row, " MB/s") - row, 63);
	}
}

static void width_is(const char *s, size_t want)
{
	assert_int_equal(gv_width(s, strlen(s)), want);
}

static void test_width(void **state)
{
	static const char text[] = "\xe4\xb8\xad\xe6\x96\x87"; /* two ideographs */

	(void)state;
	width_is("", 0);
	width_is("go1.22.5", 8);
	width_is(text, 4);
	width_is("e\xcc\x81", 1);	 /* a mark that combines */
	width_is("\xf0\x9f\x98\x80", 2); /* an emoji */
	width_is("\xc2\xa7", 1);	 /* ambiguous */
	width_is("\xef\xbc\xa1", 2);	 /* a wide A */
	assert_int_equal(gv_width_fit(text, 6, 3), 3);
	assert_int_equal(gv_width_fit(text, 6, 4), 6);
	assert_int_equal(gv_width_fit(text, 6, 1), 0);
	assert_int_equal(gv_width_fit("e\xcc\x81x", 4, 1), 3);
}

static void test_rate_begins_again(void **state)
{
	struct gv_progress_line line = {.done = 1000};

	(void)state;
	measure(&line, 1000);
	line.done = 3000;
	measure(&line, 2000);
	assert_true(line.rate > 1999 && line.rate < 2001);
	line.done = 10; /* the download was restarted */
	measure(&line, 3000);
	assert_true(line.rate < 0.001);
}

/* Runs `say` with stderr on a terminal; what arrived there. */
static void on_terminal(void (*say)(struct gv_cli *cli), char *ret, size_t cap)
{
	struct winsize size = {.ws_row = 24, .ws_col = 40};
	struct gv_cli cli = {0};
	int before = dup(STDERR_FILENO), master, slave;
	ssize_t n;

	assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	dup2(slave, STDERR_FILENO);
	close(slave);
	assert_int_equal(setenv("TERM", "xterm", 1), 0);
	unsetenv("COLUMNS");
	setenv("NO_COLOR", "1", 1);
	say(&cli);
	dup2(before, STDERR_FILENO); /* the last end of it: what was written is there */
	close(before);
	for (*ret = '\0'; cap > 1; cap -= (size_t)n, ret += n) {
		n = read(master, ret, cap - 1); /* EIO when there is no more */
		if (n <= 0)
			break;
		ret[n] = '\0';
	}
	close(master);
}

static void warn_between(struct gv_cli *cli)
{
	struct gv_progress p;

	if (gv_progress_init(&p, cli, 2) < 0 || !p.lines)
		return; /* what is missing then fails */
	memcpy(p.lines[0].name, "go1.22.5", 9);
	memcpy(p.lines[1].name, "go1.23.0", 9);
	gv_progress_set(&p.lines[0], GV_STEP_VERIFY, 0, 0);
	gv_progress_set(&p.lines[1], GV_STEP_VERIFY, 0, 0);
	gv_progress_draw(&p);
	gv_cli_warn(cli, "of '%s'", "a\x1b[2Jb");
	gv_progress_draw(&p);
	gv_progress_end(&p.lines[0], true);
	gv_progress_draw(&p);
	gv_progress_clear(&p);
	gv_cli_say(cli, "end");
	gv_progress_release(&p);
}

/* Rows make way for a line, and are drawn again below it. */
static void test_lines_between_rows(void **state)
{
	char got[1024];

	(void)state;
	on_terminal(warn_between, got, sizeof(got));
	assert_string_equal(got, "go1.22.5  verifying\x1b[K\r\n"
				 "go1.23.0  verifying\x1b[K\r\n\x1b[J"
				 "\r\x1b[2A\x1b[J"
				 "govern: warning: of 'a?[2Jb'\r\n"
				 "go1.22.5  verifying\x1b[K\r\n"
				 "go1.23.0  verifying\x1b[K\r\n\x1b[J"
				 "\r\x1b[2Ago1.22.5  failed\x1b[K\r\n"
				 "go1.23.0  verifying\x1b[K\r\n\x1b[J"
				 "\r\x1b[2A\x1b[J"
				 "end\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_progress_row),
		cmocka_unit_test(test_row_is_steady),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_rate_begins_again),
		cmocka_unit_test(test_lines_between_rows),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
