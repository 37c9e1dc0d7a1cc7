// SPDX-License-Identifier: Apache-2.0
/* The entry policy: names, modes, and what two names may not be to each other. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* `unpack` is a program of its own; its parts that need no library are tested in here. */
#include "core/worker/unpack/entry.c"
#include "core/worker/unpack/names.c"

static const struct gv_layout tarball = {.prefix = "go/"};
static const struct gv_layout module = {.prefix = "golang.org/toolchain@v/",
					.module = true};

static int parse(const struct gv_layout *layout, const char *name, bool dir,
		 struct gv_entry *ret)
{
	struct gv_err err = GV_ERR_INIT;
	int r = gv_entry_parse(layout, name, dir, ret, &err);

	if (r < 0) {
		assert_int_equal(r, -GV_EVERIFY);
		assert_int_equal(err.code, r);
		assert_non_null(strstr(err.message, "entry"));
		for (const char *s = err.message; *s; s++)
			assert_true(*s >= ' ' && *s <= '~');
	}
	return r;
}

static void assert_mode(const char *path, mode_t mode)
{
	struct gv_entry e;
	char name[256] = "go/";

	strncat(name, path, 200);
	assert_int_equal(parse(&tarball, name, false, &e), 0);
	assert_string_equal(e.path, path);
	assert_int_equal(e.len, strlen(path));
	if (e.mode != mode)
		fail_msg("%s has mode %o", path, (unsigned)e.mode);
}

static void modes_are_those_of_gos_packer(void **state)
{
	static const char *const programs[] = {
		"bin/go",
		"bin/linux_arm64/go",
		"pkg/tool/linux_amd64/compile",
		"src/all.bash",
		"src/cmd/x.sh",
		"src/a.pl",
		"src/a.rc",
		"lib/wasm/go_js_wasm_exec",
		"misc/ios/go_ios_arm64_exec",
		"go_a_b_exec",
		"go___x_exec",
	};
	static const char *const others[] = {
		"VERSION",	   "src/bin/go",	   "pkg/toolx/a",
		"pkg/include/a.h", "src/a.bash.txt",	   "bin.txt",
		"go_wasm_exec",	   "src/go__x_execx",	   "src/go_js_wasm_exec/a",
		"src/go_x__exec",  "src/xgo_js_wasm_exec", "src/go___exec",
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(programs); i++)
		assert_mode(programs[i], 0755);
	for (size_t i = 0; i < GV_COUNT(others); i++)
		assert_mode(others[i], 0644);
}

static void names_that_pass(void **state)
{
	struct gv_entry e;
	char deep[3 + 64 * 2] = "go/";

	(void)state;
	assert_int_equal(parse(&tarball, "go/", true, &e), 0);
	assert_int_equal(e.len, 0);
	assert_int_equal(parse(&tarball, "go", true, &e), 0);
	assert_int_equal(e.len, 0);
	assert_int_equal(parse(&tarball, "go/src/", true, &e), 0);
	assert_string_equal(e.path, "src");
	assert_true(e.dir && e.keep && e.mode == 0755);
	assert_int_equal(parse(&tarball,
			       "go/src/\xc3\x84"
			       "foo.go",
			       false, &e),
			 0);
	assert_int_equal(parse(&tarball, "go/...", false, &e), 0);
	assert_int_equal(parse(&tarball, "go/rsc.io_!q!u", false, &e), 0);
	for (int i = 0; i < 63; i++)
		strcat(deep, "d/");
	strcat(deep, "f");
	assert_int_equal(parse(&tarball, deep, false, &e), 0);
}

static void uncovered_directories_are_not_kept(void **state)
{
	static const char *const left[] = {"go/api/x", "go/doc/a/b", "go/misc/x",
					   "go/test/x", "go/.github/x"};
	static const char *const kept[] = {"go/src/test/x", "go/tests/x", "go/apis",
					   "go/docs/x"};
	struct gv_entry e;

	(void)state;
	for (size_t i = 0; i < GV_COUNT(left); i++) {
		assert_int_equal(parse(&tarball, left[i], false, &e), 0);
		assert_false(e.keep);
	}
	for (size_t i = 0; i < GV_COUNT(kept); i++) {
		assert_int_equal(parse(&tarball, kept[i], false, &e), 0);
		assert_true(e.keep);
	}
	assert_int_equal(parse(&module, "golang.org/toolchain@v/test/x", false, &e), 0);
	assert_true(e.keep);
}

static void names_that_are_refused(void **state)
{
	static const char *const names[] = {
		"",
		"go",
		"go/",
		"/",
		"x",
		"golang/x",
		"./go/x",
		"/go/x",
		"../go/x",
		"go//x",
		"go/x/",
		"go/./x",
		"go/x/.",
		"go/../x",
		"go/x/..",
		"go/a\\b",
		"go/a\nb",
		"go/a\x1b[0m",
		"go/a\x7f",
		"go/a\xc2\x80",
		"go/a\xc2\x9b",
		"go/a\xe2\x80\xa8",
		"go/\xff",
		"go/\xc0\xaf",
		"go/\xe0\x80\xaf",
		"go/\xf0\x80\x80\xaf",
		"go/\xed\xa0\x80",
		"go/\xf4\x90\x80\x80",
		"go/\xf8\x88\x80\x80\x80",
		"go/\xc3",
		"go/\x84",
		"go/A\xcc\x88",
		"go/\xe2\x84\xab",
		"go/\xe1\xbd\xb1",
		"go/\xef\xa4\x80",
		"go/\xf0\xaf\xa0\x80",
		"go/_go.mod",
		"go/src/_go.mod",
	};
	struct gv_entry e;

	(void)state;
	for (size_t i = 0; i < GV_COUNT(names); i++)
		if (parse(&tarball, names[i], false, &e) == 0)
			fail_msg("'%s' passed", names[i]);
	assert_int_equal(parse(&tarball, "go/x//", true, &e), -GV_EVERIFY);
	assert_int_equal(parse(&tarball, "g", true, &e), -GV_EVERIFY);
	assert_int_equal(parse(&tarball, "gopher", true, &e), -GV_EVERIFY);
}

static void lengths_have_limits(void **state)
{
	char name[1100] = "go/";
	struct gv_entry e;

	(void)state;
	memset(name + 3, 'c', 255);
	assert_int_equal(parse(&tarball, name, false, &e), 0);
	name[3 + 255] = 'c';
	assert_int_equal(parse(&tarball, name, false, &e), -GV_EVERIFY);

	memset(name + 3, 0, sizeof(name) - 3);
	for (int i = 3; i < 1024; i++)
		name[i] = i % 100 == 0 ? '/' : 'p';
	assert_int_equal(parse(&tarball, name, false, &e), 0);
	name[1024] = 'p';
	assert_int_equal(parse(&tarball, name, false, &e), -GV_EVERIFY);

	strcpy(name, "go/");
	for (int i = 0; i < 64; i++)
		strcat(name, "d/");
	strcat(name, "f");
	assert_int_equal(parse(&tarball, name, false, &e), -GV_EVERIFY);
}

static void go_mod_has_one_name_in_each_kind(void **state)
{
	struct gv_entry e;

	(void)state;
	assert_int_equal(parse(&module, "golang.org/toolchain@v/src/_go.mod", false, &e),
			 0);
	assert_string_equal(e.path, "src/go.mod");
	assert_int_equal(e.len, strlen("src/go.mod"));
	assert_int_equal(parse(&module, "golang.org/toolchain@v/src/go.mod", false, &e),
			 -GV_EVERIFY);
	assert_int_equal(parse(&tarball, "go/src/go.mod", false, &e), 0);
	assert_string_equal(e.path, "src/go.mod");
	assert_int_equal(parse(&module, "golang.org/toolchain@v/x_go.mod", false, &e), 0);
	assert_string_equal(e.path, "x_go.mod");
}

static void bombs(void **state)
{
	(void)state;
	assert_false(gv_entry_bomb(0, GV_FREE_BYTES));
	assert_true(gv_entry_bomb(0, GV_FREE_BYTES + 20));
	assert_false(gv_entry_bomb(83 << 20, 236 << 20));
	assert_false(gv_entry_bomb(100 << 20, UINT64_C(2000) << 20));
	assert_true(gv_entry_bomb(100 << 20, UINT64_C(2001) << 20));
}

static int put(struct gv_names *names, const char *name, enum gv_name_kind kind)
{
	return gv_names_put(names, name, strlen(name), kind);
}

static void names_are_taken_once(void **state)
{
	struct gv_names n = GV_NAMES_INIT;

	(void)state;
	assert_int_equal(put(&n, "src", GV_NAME_PARENT), GV_NAME_NEW);
	assert_int_equal(put(&n, "src", GV_NAME_PARENT), GV_NAME_KNOWN);
	assert_int_equal(put(&n, "src/a", GV_NAME_FILE), GV_NAME_NEW);
	assert_int_equal(put(&n, "src/a", GV_NAME_FILE), GV_NAME_TWICE);
	assert_int_equal(put(&n, "src/a", GV_NAME_PARENT), GV_NAME_CLASH);
	assert_int_equal(put(&n, "src/a", GV_NAME_DIR), GV_NAME_CLASH);
	assert_int_equal(put(&n, "src", GV_NAME_FILE), GV_NAME_CLASH);
	assert_int_equal(put(&n, "src", GV_NAME_DIR), GV_NAME_KNOWN);
	assert_int_equal(put(&n, "src", GV_NAME_DIR), GV_NAME_TWICE);
	assert_int_equal(put(&n, "lib", GV_NAME_DIR), GV_NAME_NEW);
	assert_int_equal(put(&n, "lib", GV_NAME_DIR), GV_NAME_TWICE);
	assert_int_equal(put(&n, "", GV_NAME_FILE), -EINVAL);
	gv_names_release(&n);
}

static void twins_by_case(void **state)
{
	static const char *const pairs[][2] = {
		{"README", "readme"},
		{"src/A", "SRC/a"},
		{"\xc3\x84", "\xc3\xa4"},		  /* A with diaeresis */
		{"k", "\xe2\x84\xaa"},			  /* the Kelvin sign */
		{"s", "\xc5\xbf"},			  /* long s */
		{"\xcf\x83", "\xcf\x82"},		  /* sigma, final sigma */
		{"\xd0\x96", "\xd0\xb6"},		  /* Cyrillic zhe */
		{"\xf0\x90\x90\x80", "\xf0\x90\x90\xa8"}, /* Deseret */
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(pairs); i++) {
		struct gv_names n = GV_NAMES_INIT;

		assert_int_equal(put(&n, pairs[i][0], GV_NAME_FILE), GV_NAME_NEW);
		if (put(&n, pairs[i][1], GV_NAME_FILE) != GV_NAME_TWIN)
			fail_msg("'%s' and '%s' are not twins", pairs[i][0], pairs[i][1]);
		gv_names_release(&n);
	}
}

static void many_names(void **state)
{
	struct gv_names n = GV_NAMES_INIT;
	char name[32];

	(void)state;
	for (int i = 0; i < 50000; i++) {
		snprintf(name, sizeof(name), "src/%d", i);
		assert_int_equal(put(&n, name, GV_NAME_FILE), GV_NAME_NEW);
	}
	for (int i = 0; i < 50000; i += 77) {
		snprintf(name, sizeof(name), "src/%d", i);
		assert_int_equal(put(&n, name, GV_NAME_FILE), GV_NAME_TWICE);
	}
	gv_names_release(&n);
}

static void names_have_a_limit_altogether(void **state)
{
	struct gv_names n = GV_NAMES_INIT;
	char name[1000];
	int r = 0, i;

	(void)state;
	memset(name, 'n', sizeof(name));
	for (i = 0; i < 20000 && r >= 0; i++) {
		char number[16];

		snprintf(number, sizeof(number), "%06d", i);
		memcpy(name, number, 6);
		r = gv_names_put(&n, name, sizeof(name), GV_NAME_FILE);
	}
	assert_int_equal(r, -EFBIG);
	assert_in_range(i, 16000, 17000);
	gv_names_release(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes_are_those_of_gos_packer),
		cmocka_unit_test(names_that_pass),
		cmocka_unit_test(uncovered_directories_are_not_kept),
		cmocka_unit_test(names_that_are_refused),
		cmocka_unit_test(lengths_have_limits),
		cmocka_unit_test(go_mod_has_one_name_in_each_kind),
		cmocka_unit_test(bombs),
		cmocka_unit_test(names_are_taken_once),
		cmocka_unit_test(twins_by_case),
		cmocka_unit_test(many_names),
		cmocka_unit_test(names_have_a_limit_altogether),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
