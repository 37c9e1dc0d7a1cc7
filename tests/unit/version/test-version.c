// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/version/version.h"

static struct gv_version parsed(const char *name)
{
	struct gv_version v;

	if (gv_version_parse(name, strlen(name), &v) < 0)
		fail_msg("%s does not parse", name);
	return v;
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

/* What go/version of Go 1.24.1 says. */
static void order(void **state)
{
	static const struct {
		const char *a;
		int c;
		const char *b;
	} vectors[] = {
		{"go1", 0, "go1.0"},
		{"go1.0", 0, "go1.0.0"},
		{"go1", -1, "go1.1"},
		{"go1.4beta1", -1, "go1.4"},
		{"go1.4rc2", -1, "go1.4"},
		{"go1.9", -1, "go1.10"},
		{"go1.17beta1", -1, "go1.17rc1"},
		{"go1.18beta2", -1, "go1.18rc1"},
		{"go1.20", 0, "go1.20.0"},
		{"go1.20rc3", -1, "go1.20"},
		{"go1.20.14", -1, "go1.21"},
		{"go1.21", -1, "go1.21rc1"},
		{"go1.21rc2", -1, "go1.21rc10"},
		{"go1.21rc4", -1, "go1.21.0"},
		{"go1.21", -1, "go1.21.0"},
		{"go1.21.9", -1, "go1.21.10"},
		{"go1.21.9", -1, "go1.22"},
		{"go1.22", -1, "go1.22.0"},
		{"go1.22rc1", 1, "go1.21.13"},
		{"go1.21.0", 0, "go1.21.0-bigcorp"},
		{"go1.22rc", -1, "go1.22rc0"},
		{"go1.22rc0", -1, "go1.22rc1"},
		{"go1.22alpha1", -1, "go1.22beta1"},
		{"go1.999testmod", 1, "go1.999"},
		{"go1.2foo", -1, "go1.2"},
		{"go2.0", 1, "go1.99"},
		{"go1.24-devel_abc", 0, "go1.24"},
		{"go1.21rc2-x", 0, "go1.21rc2"},
		/* Go's list holds this one; its package does not know it yet */
		{"go1.9.2rc2", -1, "go1.9.2"},
		{"go1.9.1", -1, "go1.9.2rc2"},
		{"go1.9.2rc2", -1, "go1.9.2rc10"},
		{"go1.9.2beta3", -1, "go1.9.2rc2"},
		/* numbers of any length */
		{"go1.99999999999999999998", -1, "go1.99999999999999999999"},
		{"go1.9.99999999999999999999", 1, "go1.9.9999999999999999999"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct gv_version a = parsed(vectors[i].a), b = parsed(vectors[i].b);

		if (sign(gv_version_compare(&a, &b)) != vectors[i].c ||
		    sign(gv_version_compare(&b, &a)) != -vectors[i].c)
			fail_msg("%s against %s", vectors[i].a, vectors[i].b);
	}
}

static void invalid(void **state)
{
	static const char *const names[] = {
		"",
		"g",
		"go",
		"1.22",
		"go1.022",
		"go01.2",
		"go1.22.",
		"go1.22.00",
		"go1.22RC1",
		"go1.22.3+auto",
		"devel go1.24-abc",
		"default",
		"go1.22.1 X:foo",
		"go1.22.3-../../evil",
		"go1.22-a\\b",
		"go1..2",
		"go.1",
		"go1.22rc01",
		"go1.22rc1x",
		"go1.22.1.1",
		"go1.22-a b",
		"go1.22-a\nb",
		"go-1.22",
		"Go1.22",
		"go1rc1",
		"go1.",
		"go 1.22",
		"go1.22-a:b",
		/* one more than there is room for */
		"go1.22.0000000000",
		"go1.1111111111111111111111111111111111111111111111111111111111111111",
	};
	struct gv_version v;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (gv_version_parse(names[i], strlen(names[i]), &v) == 0)
			fail_msg("'%s' parses, as '%s'", names[i], v.name);
	/* a NUL inside is a byte like any other */
	assert_true(gv_version_parse("go1.2\0", 6, &v) < 0);
	assert_true(gv_version_parse_bare("1.22.1-x", 8, &v) < 0);
	assert_true(gv_version_parse_bare("go1.22.1", 8, &v) < 0);
}

static void longest(void **state)
{
	char name[GV_NAME_MAX];
	struct gv_version v;

	(void)state;
	memset(name, '1', sizeof(name));
	memcpy(name, "go1.", 4);
	assert_int_equal(gv_version_parse(name, GV_NAME_MAX - 1, &v), 0);
	assert_int_equal(strlen(v.name), GV_NAME_MAX - 1);
	assert_true(gv_version_parse(name, GV_NAME_MAX, &v) < 0);
}

static void canonical(void **state)
{
	static const char *const pairs[][2] = {
		{"go1.20.0", "go1.20"},
		{"go1.20", "go1.20"},
		{"go1.21.0", "go1.21.0"},
		{"go1.22.5", "go1.22.5"},
		{"go1.22.10", "go1.22.10"},
		{"go1.9.2rc2", "go1.9.2rc2"},
		{"go1.0", "go1"},
		{"go1.0.0", "go1"},
		{"go1.0.3", "go1.0.3"},
		{"go1.20.0-big", "go1.20.0-big"}, /* literally */
		{"go1.22.5-bigcorp", "go1.22.5-bigcorp"},
		{"go1.4beta1", "go1.4beta1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_string_equal(parsed(pairs[i][0]).name, pairs[i][1]);
}

static void qualities(void **state)
{
	static const struct {
		const char *name;
		bool lang, stable, from_10, from_21;
		const char *line;
	} vectors[] = {
		{"go1", false, true, false, false, "1.0"},
		{"go1.4.3", false, true, false, false, "1.4"},
		{"go1.9.2rc2", false, false, false, false, "1.9"},
		{"go1.10", false, true, true, false, "1.10"},
		{"go1.20", false, true, true, false, "1.20"},
		{"go1.20.14", false, true, true, false, "1.20"},
		{"go1.21", true, false, true, true, "1.21"},
		{"go1.21rc2", false, false, true, true, "1.21"},
		{"go1.21.0", false, true, true, true, "1.21"},
		{"go1.22.5-bigcorp", false, false, true, true, "1.22"},
		{"go1.100.1", false, true, true, true, "1.100"},
		{"go2.0.1", false, true, true, true, "2.0"},
	};
	char line[GV_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct gv_version v = parsed(vectors[i].name);

		assert_int_equal(gv_version_is_lang(&v), vectors[i].lang);
		assert_int_equal(gv_version_is_stable(&v), vectors[i].stable);
		assert_int_equal(gv_version_at_least(&v, 10), vectors[i].from_10);
		assert_int_equal(gv_version_at_least(&v, 21), vectors[i].from_21);
		gv_version_line(&v, line);
		assert_string_equal(line, vectors[i].line);
	}
}

/* The word parses, and as nothing but that version. */
static void bare(void **state)
{
	static const char *const vectors[][2] = {
		{"go1.22.5", "1.22.5"}, {"go1.20", "1.20.0"},
		{"go1.20.0", "1.20.0"}, {"go1.21", "1.21"},
		{"go1.21.0", "1.21.0"}, {"go1.20rc3", "1.20rc3"},
		{"go1.9", "1.9.0"},	{"go1.9.2rc2", "1.9.2rc2"},
		{"go1", "1.0.0"},	{"go1.20-big", "1.20-big"},
	};
	char buf[GV_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct gv_version v = parsed(vectors[i][0]);

		assert_ptr_equal(gv_version_bare(&v, buf), buf);
		assert_string_equal(buf, vectors[i][1]);
	}
}

static int by_name(const void *a, const void *b)
{
	return gv_version_compare_names(*(const char *const *)a, *(const char *const *)b);
}

/* Names as a real release list has them, oldest first. */
static void real_list(void **state)
{
	static const char *const names[] = {
		"go1.2.2",    "go1.3rc1",    "go1.3rc2",    "go1.3",	 "go1.3.1",
		"go1.3.3",    "go1.4beta1",  "go1.4rc1",    "go1.4rc2",	 "go1.4",
		"go1.4.3",    "go1.5beta1",  "go1.5rc1",    "go1.5",	 "go1.8rc3",
		"go1.8",      "go1.8.5rc4",  "go1.8.5rc5",  "go1.8.5",	 "go1.8.7",
		"go1.9beta1", "go1.9rc2",    "go1.9",	    "go1.9.1",	 "go1.9.2rc2",
		"go1.9.2",    "go1.9.7",     "go1.10beta1", "go1.10",	 "go1.10.8",
		"go1.13.1",   "go1.17beta1", "go1.17rc1",   "go1.17rc2", "go1.17",
		"go1.17.13",  "go1.18beta2", "go1.18rc1",   "go1.18",	 "go1.20rc3",
		"go1.20",     "go1.20.1",    "go1.20.14",   "go1.21rc2", "go1.21rc4",
		"go1.21.0",   "go1.21.13",   "go1.22rc1",   "go1.22.0",	 "go1.22.9",
		"go1.22.10",  "go1.26rc1",   "go1.26.0",    "go1.26.11", "go1.27.4",
	};
	enum { N = sizeof(names) / sizeof(names[0]) };
	const char *mixed[N + 1];

	(void)state;
	for (size_t i = 0; i < N; i++) {
		assert_string_equal(parsed(names[i]).name, names[i]);
		mixed[(i * 34) % N] = names[i]; /* 34 and 55 have no common divisor */
	}
	assert_int_equal(N, 55);
	mixed[N] = "no name";
	qsort(mixed, N + 1, sizeof(mixed[0]), by_name);
	assert_string_equal(mixed[0], "no name");
	for (size_t i = 0; i < N; i++)
		assert_string_equal(mixed[i + 1], names[i]);
}

static void platforms(void **state)
{
	(void)state;
	assert_true(gv_platform_valid(gv_platform_host()));
	assert_true(gv_platform_valid("linux-amd64"));
	assert_true(gv_platform_valid("linux-386"));
	assert_false(gv_platform_valid(""));
	assert_false(gv_platform_valid("linux"));
	assert_false(gv_platform_valid("linux-"));
	assert_false(gv_platform_valid("-amd64"));
	assert_false(gv_platform_valid("linux-amd64-x"));
	assert_false(gv_platform_valid("../x-y"));
	assert_false(gv_platform_valid("Linux-amd64"));
	assert_false(
		gv_platform_valid("linux-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),     cmocka_unit_test(invalid),
		cmocka_unit_test(longest),   cmocka_unit_test(canonical),
		cmocka_unit_test(qualities), cmocka_unit_test(real_list),
		cmocka_unit_test(platforms), cmocka_unit_test(bare),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
