// SPDX-License-Identifier: Apache-2.0
#include "core/buildinfo/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int parse(const char *text, struct gv_buildinfo *ret)
{
	*ret = (struct gv_buildinfo){.path = ""};
	ret->text = strdup(text);
	assert_non_null(ret->text);
	return gv_buildinfo_parse(ret->text, ret);
}

static void test_modules(void **state)
{
	struct gv_buildinfo b;

	(void)state;
	assert_int_equal(parse("path\ta/cmd\nmod\ta\t(devel)\t\ndep\tb\tv1.0.0\th1:b=\n"
			       "dep\tc\tv2.0.0\n=>\td\tv3.0.0\th1:d=\nlater\tanything\n"
			       "dep\tnot a whole line",
			       &b),
			 0);
	assert_string_equal(b.path, "a/cmd");
	assert_string_equal(b.main.path, "a");
	assert_string_equal(b.main.version, "(devel)");
	assert_string_equal(b.main.sum, "");
	assert_null(b.main.replaced_by);
	assert_int_equal(b.n_deps, 2);
	assert_string_equal(b.deps[0].sum, "h1:b=");
	assert_string_equal(b.deps[1].path, "c");
	assert_string_equal(b.deps[1].sum, "");
	assert_string_equal(b.deps[1].replaced_by, "d");
	assert_string_equal(b.deps[1].replaced_version, "v3.0.0");
	assert_string_equal(b.deps[1].replaced_sum, "h1:d=");
	gv_buildinfo_release(&b);
}

static void test_settings(void **state)
{
	static const struct {
		const char *line, *key, *value;
	} right[] = {
		{"GOOS=linux", "GOOS", "linux"},
		{"-tags=", "-tags", ""},
		{"k=a=b", "k", "a=b"},
		{"k=\"a b\"", "k", "a b"},
		{"\"a key\"=x", "a key", "x"},
		{"`a key`=`raw \\n`", "a key", "raw \\n"},
		{"k=\"\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\"", "k", "\a\b\f\n\r\t\v\\\""},
		{"k=\"\\x41\\101\\u00e9\\U0001F600\"", "k", "AA\xc3\xa9\xf0\x9f\x98\x80"},
		{"k=\"\xc3\xa9\"", "k", "\xc3\xa9"},
		{"k=\xff", "k", "\xff"}, /* as it is, where nothing is quoted */
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(right); i++) {
		char text[256];
		struct gv_buildinfo b;

		snprintf(text, sizeof(text), "build\t%s\n", right[i].line);
		assert_int_equal(parse(text, &b), 0);
		assert_int_equal(b.n_settings, 1);
		assert_string_equal(b.settings[0].key, right[i].key);
		assert_string_equal(b.settings[0].value, right[i].value);
		assert_string_equal(gv_buildinfo_setting(&b, right[i].key),
				    right[i].value);
		assert_null(gv_buildinfo_setting(&b, "absent"));
		gv_buildinfo_release(&b);
	}
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {
		"mod\ta\n",
		"dep\ta\tb\tc\td\n",
		"=>\ta\tb\tc\n",
		"dep\ta\tb\n=>\ta\tb\n",
		"dep\ta\tb\n=>\ta\tb\tc\n=>\ta\tb\tc\n",
		"build\t\n",
		"build\t=x\n",
		"build\tkey\n",
		"build\ta key=x\n",
		"build\t\"key\n",
		"build\t\"key\"\n",
		"build\t\"key\" =x\n",
		"build\tk=a b\n",
		"build\tk=a\"b\n",
		"build\tk=\"a\n",
		"build\tk=\"a\"b\n",
		"build\tk=\"\\q\"\n",
		"build\tk=\"\\'\"\n",
		"build\tk=\"\\x4\"\n",
		"build\tk=\"\\400\"\n",
		"build\tk=\"\\ud800\"\n",
		"build\tk=\"\\U00110000\"\n",
		"build\tk=\"\\x00\"\n",
		"build\tk=\"\xff\"\n",
		"build\tk=`a\n",
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(wrong); i++) {
		struct gv_buildinfo b;

		if (parse(wrong[i], &b) != -GV_EFORMAT)
			fail_msg("taken: %s", wrong[i]);
		gv_buildinfo_release(&b);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
