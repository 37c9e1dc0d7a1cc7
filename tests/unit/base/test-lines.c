// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/lines.h"

static char said[4096];

static void say(void *arg, const char *line)
{
	size_t n = strlen(said);

	assert_ptr_equal(arg, said);
	snprintf(said + n, sizeof(said) - n, "<%s>", line);
}

/* As bytes come: `step` at a time. */
static void feed(struct gv_lines *l, const char *text, size_t step)
{
	size_t n = strlen(text);

	said[0] = '\0';
	for (size_t i = 0; i < n; i += step)
		gv_lines_add(l, text + i, n - i < step ? n - i : step);
}

static void the_last_line_is_held_back(void **state)
{
	(void)state;
	for (size_t step = 1; step < 20; step++) {
		struct gv_lines l = {.say = say, .arg = said, .left = 10};

		feed(&l, "one\r\n\n two\nthree", step);
		assert_string_equal(said, "<one>");
		assert_string_equal(gv_lines_end(&l), "three");
		assert_string_equal(said, "<one>< two>");
		assert_string_equal(gv_lines_end(&l), "three");
	}
}

static void nothing_said_is_nothing(void **state)
{
	struct gv_lines l = {.say = say, .arg = said, .left = 10};

	(void)state;
	feed(&l, "\n\r\n\n", 2);
	assert_string_equal(gv_lines_end(&l), "");
	assert_string_equal(said, "");
}

static void it_is_fit_to_be_shown(void **state)
{
	struct gv_lines l = {.say = say, .arg = said, .left = 10};
	char line[3 * GV_LINE_SHOWN];

	(void)state;
	feed(&l, "a\033[31m\tb\x7f\n", 3);
	assert_string_equal(gv_lines_end(&l), "a?[31m?b?");
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	feed(&l, line, 100);
	assert_int_equal(strlen(gv_lines_end(&l)), GV_LINE_SHOWN - 1);
}

static void no_more_than_that_is_said(void **state)
{
	struct gv_lines l = {.say = say, .arg = said, .left = 2};

	(void)state;
	feed(&l, "1\n2\n3\n4\n5\n", 3);
	assert_string_equal(said, "<1><2><(more is not shown)>");
	assert_string_equal(gv_lines_end(&l), "5");
	l = (struct gv_lines){.arg = said};
	feed(&l, "1\n2\n", 3);
	assert_string_equal(gv_lines_end(&l), "2");
	assert_string_equal(said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_line_is_held_back),
		cmocka_unit_test(nothing_said_is_nothing),
		cmocka_unit_test(it_is_fit_to_be_shown),
		cmocka_unit_test(no_more_than_that_is_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
