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
#include "core/cli/setup/rcblock.c"

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
static void there_and_back(const char *text, enum gv_rc_place place, unsigned dirs)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf with = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf without = GV_BUF_INIT(0);
	size_t n = text ? strlen(text) : 0;
	struct gv_rc_found found;

	assert_int_equal(gv_rc_insert(text, n, "body\n", place, dirs, &with), 0);
	assert_non_null(strstr(with.data, "\nbody\n# <<< govern setup <<<\n"));
	assert_int_equal(gv_rc_remove(with.data, with.len, &without, &found), 0);
	assert_int_equal(without.len, n);
	if (n)
		assert_memory_equal(without.data, text, n);
	assert_int_equal(found.made_file, text == NULL);
	assert_int_equal(found.made_dirs, text ? 0 : dirs);
	assert_int_equal(found.blocks, 1);
	assert_true(found.whole);
}

static void test_block(void **state)
{
	static const char *const texts[] = {NULL,  "",	    "\n",     "a",
					    "a\n", "a\n\n", "a\n\nb", "a\r\nb\r\n"};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(texts); i++) {
		there_and_back(texts[i], GV_RC_TOP, 0);
		there_and_back(texts[i], GV_RC_BOTTOM, 3);
	}
}

/* What is left of `text`, and what was found in it. */
static struct gv_rc_found leaves(const char *text, size_t n, const char *want)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf out = GV_BUF_INIT(0);
	struct gv_rc_found found;

	assert_int_equal(gv_rc_remove(text, n, &out, &found), 0);
	assert_string_equal(out.data ? out.data : "", want);
	return found;
}

/* Whatever another program that was killed left of it, and how it converted the rest. */
static void cut_anywhere(enum gv_rc_syntax syntax)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf body = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf one = GV_BUF_INIT(0);
	const size_t begin = strlen("# >>> govern setup >>>");
	struct gv_rc_found found;

	assert_int_equal(gv_rc_body(syntax, "/it's a/bin", &body), 0);
	assert_int_equal(gv_rc_insert("a\n", 2, body.data, GV_RC_BOTTOM, 0, &one), 0);
	for (size_t n = 2 + begin; n < one.len; n++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf two = GV_BUF_INIT(0);

		found = leaves(one.data, n, "a\n");
		assert_int_equal(found.blocks, 1);
		/* All but the newline is a whole one. */
		assert_int_equal(found.whole, n == one.len - 1);
		/* And another one below it. */
		gv_buf_add(&two, one.data, n);
		gv_buf_add_str(&two, one.data[n - 1] == '\n' ? "" : "\n");
		gv_buf_add(&two, one.data + 2, one.len - 2);
		gv_buf_add_str(&two, "mine\n");
		assert_int_equal(leaves(two.data, two.len, "a\nmine\n").blocks, 2);
	}
	for (size_t n = 0; n < 2 + begin; n++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf out = GV_BUF_INIT(0);

		assert_int_equal(gv_rc_remove(one.data, n, &out, &found), 0);
		assert_int_equal(found.blocks, 0);
		assert_int_equal(out.len, n);
	}
}

static void test_block_that_was_cut(void **state)
{
	(void)state;
	cut_anywhere(GV_RC_SH);
	cut_anywhere(GV_RC_FISH);
}

static void test_block_with_crlf(void **state)
{
	static const char text[] = "a\r\n# >>> govern setup >>>\r\ngovern_bin='/x'\r\n"
				   "# <<< govern setup <<<\r\nb\r\n";
	static const char no_end[] = "# >>> govern setup >>> +file +dir\r\n"
				     "govern_bin='/x'\r\n";
	struct gv_rc_found found;

	(void)state;
	assert_true(leaves(text, strlen(text), "a\r\nb\r\n").whole);
	found = leaves(no_end, strlen(no_end), "");
	assert_false(found.whole);
	assert_true(found.made_file);
	assert_int_equal(found.made_dirs, 1);
}

/* Lines of others where ours should be: nothing is taken that may not be ours. */
static void test_block_that_is_not_understood(void **state)
{
	static const char *const texts[] = {
		"a\nb\n# >>> govern setup >>>\nbody\n",
		"a\nb\n# >>> govern setup >>>\ngovern_bin='/x'\nalias l=ls\n",
		"a\nb\n# >>> govern setup "
		">>>\ngovern_bin='/x'\ngovern_path=\":${PAalias\n",
		"a\nb\n# >>> govern setup >>>\nbody\n# >>> govern setup >>>\n"
		"# <<< govern setup <<<\n",
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(texts); i++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf out = GV_BUF_INIT(0);
		struct gv_rc_found found = {0};

		assert_int_equal(gv_rc_remove(texts[i], strlen(texts[i]), &out, &found),
				 -GV_EFORMAT);
		assert_int_equal(found.line, 3);
	}
	assert_int_equal(
		leaves("x # >>> govern setup >>>", 24, "x # >>> govern setup >>>").blocks,
		0);
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
		cmocka_unit_test(test_block_that_was_cut),
		cmocka_unit_test(test_block_with_crlf),
		cmocka_unit_test(test_block_that_is_not_understood),
		cmocka_unit_test(test_body),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
