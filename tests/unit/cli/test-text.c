// SPDX-License-Identifier: Apache-2.0
/* The parts of core/cli/ that only turn text into text.  That module is a program and no
 * library, so its files are taken in here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/cli/gomod.c"
#include "core/cli/rcblock.c"

static void found(const char *text, const char *word, const char *want)
{
	size_t n = 0;
	const char *got = gv_gomod_find(text, strlen(text), word, &n);

	if (!want) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_int_equal(n, strlen(want));
	assert_memory_equal(got, want, n);
}

static void test_gomod(void **state)
{
	(void)state;
	found("module x\n\ngo 1.22\n", "go", "1.22");
	found("go 1.22", "go", "1.22");
	found("\t go\t1.22.1 // floor\r\n", "go", "1.22.1");
	found("module x\n", "go", NULL);
	found("", "go", NULL);
	found("golang 1.22\ngo 1.21\n", "go", "1.21");
	found("// go 1.20\ngo 1.21\n", "go", "1.21");
	found("go 1.21\ngo 1.22\n", "go", "1.21");
	found("go 1.21\ntoolchain go1.22.5//x\n", "toolchain", "go1.22.5");
	found("toolchain default\n", "toolchain", "default");
	found("go \n", "go", "");
	found("go", "go", NULL);
}

/* In and out again is the same; in is found once. */
static void there_and_back(const char *text, enum gv_rc_place place)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf with = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf without = GV_BUF_INIT(0);
	size_t n = text ? strlen(text) : 0;
	unsigned line = 0;
	bool ours = false;

	assert_int_equal(gv_rc_insert(text, n, "body\n", place, &with), 0);
	assert_non_null(strstr(with.data, "\nbody\n# <<< govern setup <<<\n"));
	assert_int_equal(gv_rc_remove(with.data, with.len, &without, &ours, &line), 0);
	assert_int_equal(without.len, n);
	if (n)
		assert_memory_equal(without.data, text, n);
	assert_int_equal(ours, text == NULL);
}

static void test_block(void **state)
{
	static const char *const texts[] = {NULL,  "",	    "\n",    "a",
					    "a\n", "a\n\n", "a\n\nb"};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(texts); i++) {
		there_and_back(texts[i], GV_RC_TOP);
		there_and_back(texts[i], GV_RC_BOTTOM);
	}
}

static void test_block_that_is_not_whole(void **state)
{
	static const char text[] = "a\nb\n# >>> govern setup >>>\nbody\n";
	GV_CLEANUP(gv_buf_release) struct gv_buf out = GV_BUF_INIT(0);
	unsigned line = 0;
	bool ours = false;

	(void)state;
	assert_int_equal(gv_rc_remove(text, strlen(text), &out, &ours, &line),
			 -GV_EFORMAT);
	assert_int_equal(line, 3);
	assert_int_equal(gv_rc_remove("x # >>> govern setup >>>", 24, &out, &ours, &line),
			 1);
}

static void test_body(void **state)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf out = GV_BUF_INIT(0);

	(void)state;
	assert_int_equal(gv_rc_body(GV_RC_SH, "/a:b", &out), -EINVAL);
	assert_int_equal(gv_rc_body(GV_RC_SH, "/a\nb", &out), -EINVAL);
	assert_int_equal(gv_rc_body(GV_RC_SH, "/it's", &out), 0);
	assert_non_null(strstr(out.data, "govern_bin='/it'\\''s'\n"));
	gv_buf_clear(&out);
	assert_int_equal(gv_rc_body(GV_RC_FISH, "/a\\b", &out), 0);
	assert_non_null(strstr(out.data, "govern_bin '/a\\\\b'\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gomod),
		cmocka_unit_test(test_block),
		cmocka_unit_test(test_block_that_is_not_whole),
		cmocka_unit_test(test_body),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
