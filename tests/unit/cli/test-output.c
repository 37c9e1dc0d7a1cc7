// SPDX-License-Identifier: Apache-2.0
/* Sizes, tables and progress lines.  core/cli/ is a program and no library, so its files
 * are taken in here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/cli/output.c"
#include "core/cli/progress.c"

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

static void line_is(enum gv_step step, uint64_t done, uint64_t total, double rate,
		    const char *want)
{
	struct gv_progress_line line = {.name = "go1.22.5",
					.step = step,
					.done = done,
					.total = total,
					.rate = rate};
	char got[101];

	gv_progress_format(&line, got, 100);
	assert_string_equal(got, want);
}

static void test_progress_line(void **state)
{
	struct gv_progress_line line = {.name = "go1.22.5", .step = GV_STEP_FETCH};
	char got[21];

	(void)state;
	line_is(GV_STEP_LOCATE, 0, 0, 0, "go1.22.5     locating");
	line_is(GV_STEP_FETCH, 5000000, 0, 1e6, "go1.22.5     5.0 MB of ?, 1.0 MB/s");
	line_is(GV_STEP_FETCH, 5000000, 10000000, 1e6,
		"go1.22.5     5.0 MB of 10.0 MB, 1.0 MB/s, 5 s left");
	line_is(GV_STEP_FETCH, 0, 600000000, 1e6,
		"go1.22.5     0 B of 600.0 MB, 1.0 MB/s, 10 min left");
	line_is(GV_STEP_FETCH, 0, UINT64_MAX, 1,
		"go1.22.5     0 B of 18446744.1 TB, 1 B/s");
	gv_progress_format(&line, got, 20);
	assert_int_equal(strlen(got), 20);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_progress_line),
		cmocka_unit_test(test_rate_begins_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
