// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/install/support.h"

static struct gv_version version(const char *name)
{
	struct gv_version v;

	assert_int_equal(gv_version_parse(name, strlen(name), &v), 0);
	return v;
}

static struct gv_support of(const char *const *names)
{
	struct gv_support s = {0};

	for (; *names; names++) {
		struct gv_version v = version(*names);

		gv_support_add(&s, &v);
	}
	return s;
}

static bool is_over(const struct gv_support *s, const char *name)
{
	struct gv_version v = version(name);

	return gv_support_is_over(s, &v);
}

static void two_newer_lines(void **state)
{
	static const char *const orders[][7] = {
		{"go1.20", "go1.21.0", "go1.21.3", "go1.22.0", "go1.22.1", "go1.23rc1"},
		{"go1.23rc1", "go1.22.1", "go1.22.0", "go1.21.3", "go1.21.0", "go1.20"},
		{"go1.22.0", "go1.20", "go1.21.3", "go1.23rc1", "go1.22.1", "go1.21.0"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct gv_support s = of(orders[i]);

		assert_string_equal(s.newest[0].name, "go1.22.1");
		assert_string_equal(s.newest[1].name, "go1.21.3");
		assert_true(is_over(&s, "go1.20"));
		assert_true(is_over(&s, "go1.20.99"));
		assert_true(is_over(&s, "go1.4"));
		assert_false(is_over(&s, "go1.21.0"));
		assert_false(is_over(&s, "go1.21rc2"));
		assert_false(is_over(&s, "go1.22.9"));
		assert_false(is_over(&s, "go1.23rc1"));
		assert_false(is_over(&s, "go1.30.0"));
	}
}

static void too_little_is_known(void **state)
{
	static const char *const one[] = {"go1.22.0", "go1.22.1", "go1.23rc1", NULL};
	static const char *const none[] = {NULL};
	struct gv_support s = of(one);

	(void)state;
	assert_false(is_over(&s, "go1.20"));
	s = of(none);
	assert_false(is_over(&s, "go1.20"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_newer_lines),
		cmocka_unit_test(too_little_is_known),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
