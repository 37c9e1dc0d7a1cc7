// SPDX-License-Identifier: Apache-2.0
#include "core/json/json.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct gv_json *parse(const char *text)
{
	return gv_json_parse(text, strlen(text), NULL);
}

static void assert_dump(struct gv_json *j, const char *expected)
{
	struct gv_buf text = GV_BUF_INIT(0);

	assert_int_equal(gv_json_dump(j, false, &text), 0);
	assert_string_equal(text.data, expected);
	gv_buf_release(&text);
	gv_json_free(j);
}

static void test_read(void **state)
{
	struct gv_json *j =
		parse("{\"s\": \"text\", \"i\": -7, \"b\": true, \"l\": [\"a\", 1, "
		      "{\"x\": 1}], \"n\": null, \"r\": 1.5}");

	(void)state;
	assert_non_null(j);
	assert_true(gv_json_is_object(j));
	assert_string_equal(gv_json_str(j, "s"), "text");
	assert_null(gv_json_str(j, "i"));
	assert_null(gv_json_str(j, "absent"));
	assert_int_equal(gv_json_int(j, "i", 0), -7);
	assert_int_equal(gv_json_int(j, "s", 3), 3);
	assert_int_equal(gv_json_int(j, "r", 3), 3);
	assert_true(gv_json_bool(j, "b", false));
	assert_true(gv_json_bool(j, "i", true));
	assert_true(gv_json_is_array(gv_json_get(j, "l")));
	assert_int_equal(gv_json_count(gv_json_get(j, "l")), 3);
	assert_string_equal(gv_json_str_at(gv_json_get(j, "l"), 0), "a");
	assert_null(gv_json_str_at(gv_json_get(j, "l"), 1));
	assert_null(gv_json_str_at(gv_json_get(j, "l"), 3));
	assert_int_equal(gv_json_int(gv_json_at(gv_json_get(j, "l"), 2), "x", 0), 1);
	/* what is not there has nothing in it */
	assert_null(gv_json_get(gv_json_get(j, "absent"), "x"));
	assert_int_equal(gv_json_count(gv_json_get(j, "absent")), 0);
	assert_int_equal(gv_json_count(j), 0);
	gv_json_free(j);
	gv_json_free(NULL);
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"{} {}",
		"{}x",
		"{\"a\": 1, \"a\": 2}",
		"{'a': 1}",
		"{\"a\": 01}",
		"{\"a\": 99999999999999999999}",
		"{\"a\": \"\\u0000\"}",
		"{\"\\u0000\": 1}",
		"{\"a\": \"\xff\"}",
		"[1,]",
		"nonsense",
		"{\"a\": NaN}",
	};
	char deep[8192];
	unsigned line = 0;

	(void)state;
	for (size_t i = 0; i < GV_COUNT(bad); i++)
		assert_null(parse(bad[i]));
	memset(deep, '[', sizeof(deep));
	assert_null(gv_json_parse(deep, sizeof(deep), NULL));
	assert_null(gv_json_parse("{\n\n\"a\" 1}", 9, &line));
	assert_int_equal(line, 3);
	/* bytes behind n are not read */
	gv_json_free(gv_json_parse("{}x", 2, NULL));
}

static void test_write(void **state)
{
	struct gv_json *j = gv_json_new_object(), *l = gv_json_new_array();

	(void)state;
	gv_json_set_int(j, "schema", 1);
	gv_json_set_str(j, "z", "\"quoted\"\n");
	gv_json_set_str(j, "a", NULL);
	gv_json_set_real(j, "r", 0.1);
	gv_json_set_real(j, "inf", INFINITY);
	gv_json_set_bool(j, "b", true);
	gv_json_append_str(l, "x");
	gv_json_append(l, gv_json_new_object());
	gv_json_set(j, "l", l);
	assert_dump(j, "{\"schema\":1,\"z\":\"\\\"quoted\\\"\\n\",\"a\":null,\"r\":0.1,"
		       "\"inf\":null,\"b\":true,\"l\":[\"x\",{}]}\n");
}

static void test_not_utf8(void **state)
{
	static const struct {
		const char *text, *stored;
	} cases[] = {
		{"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
		{"a\xff"
		 "b",
		 "a\xef\xbf\xbd"
		 "b"},
		{"\xc3", "\xef\xbf\xbd"},
		{"\xc3(", "\xef\xbf\xbd("},
		{"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},
		{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{"\xf0\x9f\x90\xb9\x80", "\xf0\x9f\x90\xb9\xef\xbf\xbd"},
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++) {
		struct gv_json *j = gv_json_new_object(), *back;
		struct gv_buf text = GV_BUF_INIT(0);

		gv_json_set_str(j, "t", cases[i].text);
		assert_int_equal(gv_json_dump(j, true, &text), 0);
		back = gv_json_parse(text.data, text.len, NULL);
		assert_non_null(back);
		assert_string_equal(gv_json_str(back, "t"), cases[i].stored);
		gv_json_free(back);
		gv_json_free(j);
		gv_buf_release(&text);
	}
}

/* An addition that fails is not forgotten. */
static void test_sticky(void **state)
{
	struct gv_json *j = gv_json_new_object();
	struct gv_buf text = GV_BUF_INIT(0);
	struct gv_buf small = GV_BUF_INIT(8);

	(void)state;
	gv_json_set(j, "a", NULL);
	assert_true(gv_json_dump(j, false, &text) < 0);
	gv_json_free(j);
	assert_true(gv_json_dump(NULL, false, &text) < 0);
	/* nor that the text was too long */
	j = gv_json_new_object();
	gv_json_set_str(j, "a", "a text of more than eight bytes");
	assert_int_equal(gv_json_dump(j, false, &small), -EFBIG);
	gv_json_free(j);
	gv_buf_release(&text);
	gv_buf_release(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_write),  cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_sticky),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
