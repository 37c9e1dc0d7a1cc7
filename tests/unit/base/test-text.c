// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/num.h"
#include "core/base/text.h"

/* Our formatter against libc's, for every conversion it knows. */
static void formats_as_printf_does(void **state)
{
	char ours[256], theirs[256];
	struct gv_text t;

	(void)state;
#define SAME(...)                                      \
	t = gv_text_in(ours, sizeof(ours));            \
	gv_text_format(&t, __VA_ARGS__);               \
	snprintf(theirs, sizeof(theirs), __VA_ARGS__); \
	assert_string_equal(ours, theirs);             \
	assert_false(t.cut)

	SAME("plain");
	SAME("%s and %s", "one", "");
	SAME("%.*s|", 3, "abcdef");
	SAME("%.*s|", 10, "abc");
	SAME("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
	SAME("%u %x", UINT_MAX, 0xdeadbeefu);
	SAME("%ld %lu", LONG_MIN, ULONG_MAX);
	SAME("%lld %llu", LLONG_MIN, ULLONG_MAX);
	SAME("%zu %zd", SIZE_MAX, (ssize_t)-5);
	SAME("%c%c %%", 'o', 'k');
#undef SAME
}

static void cuts_and_says_so(void **state)
{
	char buf[8];
	struct gv_text t = gv_text_in(buf, sizeof(buf));

	(void)state;
	gv_text_add(&t, "1234567");
	assert_false(t.cut);
	gv_text_add(&t, "8");
	assert_true(t.cut);
	assert_string_equal(buf, "1234567");
}

static void errors_hide_control_characters(void **state)
{
	struct gv_err err = GV_ERR_INIT;

	(void)state;
	assert_int_equal(
		gv_err_at(&err, -GV_EPIN, "a\033b", 3, "bad '%s'", "x\033[31m\n"),
		-GV_EPIN);
	assert_string_equal(err.message, "bad 'x?[31m?'");
	assert_string_equal(err.file, "a?b");
	assert_int_equal(err.line, 3);
	assert_int_equal(gv_err_sys(&err, -ENOSPC, "cannot write '%s'", "f"), -ENOSPC);
	assert_string_equal(err.message, "cannot write 'f': No space left on device");
	assert_true(err.hint[0]);
	assert_int_equal(err.line, 0);
}

static void shown_as(const char *s, const char *want)
{
	char buf[64];
	struct gv_text t = gv_text_in(buf, sizeof(buf));

	gv_text_add_visible(&t, s, strlen(s));
	assert_string_equal(buf, want);
}

static void only_text_is_visible(void **state)
{
	static const char *const hidden[] = {
		"\x01",
		"\t",
		"\x1f",
		"\x7f",
		"\xc2\x80",
		/* C1 */ "\xc2\x9b",
		"\xc2\x9f",
		"\xd8\x9c",
		/* the controls of direction */ "\xe2\x80\x8e",
		"\xe2\x80\x8f",
		"\xe2\x80\xaa",
		"\xe2\x80\xae",
		"\xe2\x81\xa6",
		"\xe2\x81\xa9",
		"\xe2\x80\xa8",
		"\xe2\x80\xa9", /* lines */
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(hidden); i++) {
		char s[16];

		snprintf(s, sizeof(s), "a%sb", hidden[i]);
		shown_as(s, "a?b");
	}
	shown_as("\x9b\x33\x31m\xff\xc3", "?31m??"); /* no UTF-8 */
	shown_as("\xed\xa0\x80\xc0\x9b", "?????");
	/* a joiner, a mark that combines, wide ones */
	shown_as("\xe2\x80\x8d e\xcc\x81 \xe4\xb8\xad \xf0\x9f\x98\x80",
		 "\xe2\x80\x8d e\xcc\x81 \xe4\xb8\xad \xf0\x9f\x98\x80");
}

static void a_character_is_not_cut(void **state)
{
	char buf[8];

	(void)state;
	for (size_t cap = 1; cap < sizeof(buf); cap++) {
		struct gv_text t = gv_text_in(buf, cap);

		gv_text_add_visible(&t, "\xe4\xb8\xad\xc3\xa4 ", 6);
		assert_true(t.cut == (cap < 7));
		assert_int_equal(t.len, cap < 4 ? 0 : cap < 6 ? 3 : cap - 1);
	}
}

static void numbers_are_checked(void **state)
{
	uint64_t v = 7;

	(void)state;
	assert_int_equal(gv_num_parse("0", 1, 10, &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(gv_num_parse("18446744073709551615", 20, UINT64_MAX, &v), 0);
	assert_true(v == UINT64_MAX);
	assert_int_equal(gv_num_parse("18446744073709551616", 20, UINT64_MAX, &v),
			 -ERANGE);
	assert_int_equal(gv_num_parse("11", 2, 10, &v), -ERANGE);
	assert_int_equal(gv_num_parse("9", 1, 5, &v), -ERANGE);
	assert_int_equal(gv_num_parse("", 0, 10, &v), -EINVAL);
	assert_int_equal(gv_num_parse("+1", 2, 10, &v), -EINVAL);
	assert_int_equal(gv_num_parse(" 1", 2, 10, &v), -EINVAL);
	assert_int_equal(gv_num_parse("1a", 2, 10, &v), -EINVAL);
	assert_true(v == UINT64_MAX); /* untouched by failures */
}

static void buffers_keep_their_limit(void **state)
{
	struct gv_buf b = GV_BUF_INIT(10);

	(void)state;
	assert_int_equal(gv_buf_add_str(&b, "12345"), 0);
	assert_int_equal(gv_buf_add_str(&b, "67890"), 0);
	assert_int_equal(gv_buf_add_str(&b, "x"), -EFBIG);
	assert_int_equal(gv_buf_add_str(&b, ""), -EFBIG); /* the first error stays */
	assert_int_equal(gv_buf_error(&b), -EFBIG);
	assert_string_equal(b.data, "1234567890");
	gv_buf_clear(&b);
	assert_int_equal(gv_buf_add_str(&b, "y"), 0);
	assert_string_equal(b.data, "y");
	gv_buf_release(&b);

	b = GV_BUF_INIT(0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(
			gv_buf_format(&b, "%d-%s ", i, "some text that makes it grow"),
			0);
	assert_true(gv_has_suffix(b.data, "99-some text that makes it grow "));
	gv_buf_release(&b);
}

static void times_go_both_ways(void **state)
{
	char text[GV_RFC3339_LEN];
	time_t when = 0;

	(void)state;
	gv_clock_rfc3339(1795259256, text);
	assert_string_equal(text, "2026-11-21T11:07:36Z");
	assert_int_equal(gv_clock_parse(text, &when), 0);
	assert_true(when == 1795259256);
	assert_int_equal(gv_clock_parse("2026-02-30T00:00:00Z", &when), -EINVAL);
	assert_int_equal(gv_clock_parse("2026-11-21 11:07:36Z", &when), -EINVAL);
	assert_int_equal(gv_clock_parse("2026-11-21T11:07:36", &when), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_as_printf_does),
		cmocka_unit_test(cuts_and_says_so),
		cmocka_unit_test(errors_hide_control_characters),
		cmocka_unit_test(only_text_is_visible),
		cmocka_unit_test(a_character_is_not_cut),
		cmocka_unit_test(numbers_are_checked),
		cmocka_unit_test(buffers_keep_their_limit),
		cmocka_unit_test(times_go_both_ways),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
