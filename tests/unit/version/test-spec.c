// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/version/spec.h"

static struct gv_spec parsed(const char *word, unsigned flags)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_spec spec;

	if (gv_spec_parse(word, strlen(word), flags, &spec, &err) < 0)
		fail_msg("'%s': %s", word, err.message);
	assert_int_equal(err.code, 0); /* untouched */
	return spec;
}

static void pins(void **state)
{
	static const struct {
		const char *word;
		enum gv_spec_kind kind;
		const char *is; /* version, line or tag */
		enum gv_spec_suffix suffix;
	} vectors[] = {
		{"1.22.5", GV_SPEC_EXACT, "go1.22.5", 0},
		{"go1.22.5", GV_SPEC_EXACT, "go1.22.5", 0},
		{"go-1.22.5", GV_SPEC_EXACT, "go1.22.5", 0},
		{"v1.22.5", GV_SPEC_EXACT, "go1.22.5", 0},
		{"1.23rc1", GV_SPEC_EXACT, "go1.23rc1", 0},
		{"go1.4beta1", GV_SPEC_EXACT, "go1.4beta1", 0},
		{"1.9.2rc2", GV_SPEC_EXACT, "go1.9.2rc2", 0},
		{"1.20.0", GV_SPEC_EXACT, "go1.20", 0},
		{"1.21.0", GV_SPEC_EXACT, "go1.21.0", 0},
		{"go1.22.5-bigcorp", GV_SPEC_EXACT, "go1.22.5-bigcorp", 0},
		{"1.22", GV_SPEC_LINE, "1.22", 0},
		{"v1.22", GV_SPEC_LINE, "1.22", 0},
		{"1.22.x", GV_SPEC_LINE, "1.22", 0},
		{"go1.22.x", GV_SPEC_LINE, "1.22", 0},
		{"1.20", GV_SPEC_LINE, "1.20", 0},
		{"1.2", GV_SPEC_LINE, "1.2", 0},
		{"1", GV_SPEC_LATEST, "", 0},
		{"1.x", GV_SPEC_LATEST, "", 0},
		{"go1", GV_SPEC_LATEST, "", 0},
		{"latest", GV_SPEC_LATEST, "", 0},
		{"stable", GV_SPEC_LATEST, "", 0},
		{"system", GV_SPEC_SYSTEM, "", 0},
		{"@prod", GV_SPEC_TAG, "prod", 0},
		{"@Prod_2.x-y", GV_SPEC_TAG, "Prod_2.x-y", 0},
		{"1.22.5+auto", GV_SPEC_EXACT, "go1.22.5", GV_SUFFIX_AUTO},
		{"1.22+path", GV_SPEC_LINE, "1.22", GV_SUFFIX_PATH},
		{"@prod+local", GV_SPEC_TAG, "prod", GV_SUFFIX_LOCAL},
		{"system+auto", GV_SPEC_SYSTEM, "", GV_SUFFIX_AUTO},
		{"latest+auto", GV_SPEC_LATEST, "", GV_SUFFIX_AUTO},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct gv_spec s = parsed(vectors[i].word, GV_SPEC_PIN);

		if (s.kind != vectors[i].kind || s.suffix != vectors[i].suffix)
			fail_msg("'%s': kind %d, suffix %d", vectors[i].word, s.kind,
				 s.suffix);
		assert_string_equal(s.text, vectors[i].word);
		assert_string_equal(s.kind == GV_SPEC_EXACT  ? s.version.name
				    : s.kind == GV_SPEC_LINE ? s.line
							     : s.tag,
				    vectors[i].is);
	}
}

static void version_and_tag(void **state)
{
	struct gv_spec s = parsed("go1.22.5@prod+path", GV_SPEC_PIN);

	(void)state;
	assert_int_equal(s.kind, GV_SPEC_TAG);
	assert_string_equal(s.version.name, "go1.22.5");
	assert_string_equal(s.tag, "prod");
	assert_int_equal(s.suffix, GV_SUFFIX_PATH);
	s = parsed("@prod", GV_SPEC_PIN);
	assert_string_equal(s.version.name, "");
}

/* Refused in pins: the message names the word, the hint what was meant. */
static void refused(void **state)
{
	static const struct {
		const char *word, *hint;
	} vectors[] = {
		{"^1.22", "write 1.22"},
		{"^1.22.3", "write 1.22"},
		{"==1.22", "govern pin '==1.22'"},
		{"~1.22.3", "govern pin '~1.22.3'"},
		{">=1.21", "govern pin '>=1.21'"},
		{"oldstable", "govern pin 'oldstable'"},
		{"1.23rc", "govern pin '1.23rc'"},
		{"1.14.0-rc.1", "write 1.14rc1"},
		{"1.14-rc1", "write 1.14rc1"},
		{"1.14.0rc1", "write 1.14rc1"},
		{"v1.14.0-beta.2", "write v1.14beta2"},
		{"go1.14.0-rc.1", "write 1.14rc1"},
		{"go1.14-rc1", "write 1.14rc1"},
		{"1.9.2-rc.2", "write 1.9.2rc2"},
		{"2", "write 1.2"},
		{"22", "write 1.22"},
		{"22.5", "write 1.22.5"},
		{"tip", "write @tip"},
		{"1.22.X", "write 1.22.x"},
		{"1.22.*", "write 1.22"},
		{"*", "write latest"},
		{"V1.22", "write v1.22"},
		{"1.23RC1", "write 1.23rc1"},
		{"Latest", "write latest"},
		{"'1.22'", "write 1.22"},
		{"\"1.22.5\"", "write 1.22.5"},
		/* nothing plain */
		{"", ""},
		{"none", ""},
		{"-v", ""},
		{"--help", ""},
		{"go", ""},
		{"v", ""},
		{"go-", ""},
		{"1.022", ""},
		{"1.22.03", ""},
		{"1.22foo1", ""},
		{"1.22rc1.x", "write 1.22rc1"},
		{"1.22.3.x", "write 1.22.3"},
		{"1.22@prod", ""},
		{"latest@prod", ""},
		{"system@prod", ""},
		{"@", ""},
		{"@1x", ""},
		{"@a@b", ""},
		{"@a..b", ""},
		{"+auto", ""},
		{"1.22+", ""},
		{"1.22+foo", ""},
		{"1.22+auto+local", ""},
		{"1.22+auto@prod", ""},
		{"1.22.5-bigcorp", ""},
		{"go1.22-bigcorp", ""},
		{"go1-bigcorp", ""},
		{"1.22.3%2f..", ""},
		{"path:1.22", ""},
		{"..", ""},
		{"../../etc", ""},
		{"/bin", ""},
		{"./1.22.3", ""},
		{"1.22.3/../../x", ""},
		{"a\\b", ""},
		{"1.22\x1b[2J", ""},
		{"1.22\x7f", ""},
		{"\xef\xbc\x91.22", ""},  /* a full-width digit */
		{"1.22\xe2\x80\xae", ""}, /* right-to-left override */
		{"1.11111111111111111111111111111111111111111111111111111111111111111",
		 ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const char *word = vectors[i].word;
		struct gv_err err = GV_ERR_INIT;
		struct gv_spec spec = {.kind = GV_SPEC_SYSTEM, .text = "as before"};

		if (gv_spec_parse(word, strlen(word), GV_SPEC_PIN, &spec, &err) !=
		    -GV_EPIN)
			fail_msg("'%s' parses", word);
		assert_int_equal(err.code, -GV_EPIN);
		assert_string_equal(spec.text, "as before");
		if (strcmp(err.hint, vectors[i].hint) != 0)
			fail_msg("'%s': hint '%s', not '%s'", word, err.hint,
				 vectors[i].hint);
		for (const char *c = err.message; *c; c++)
			assert_in_range(*c, 0x20, 0x7e);
	}
}

static void limits(void **state)
{
	char word[GV_WORD_MAX + 2];
	struct gv_err err = GV_ERR_INIT;
	struct gv_spec spec;

	(void)state;
	memset(word, '1', sizeof(word));
	word[1] = '.';
	assert_int_equal(gv_spec_parse(word, GV_WORD_MAX, GV_SPEC_PIN, &spec, &err), 0);
	assert_int_equal(gv_spec_parse(word, GV_WORD_MAX + 1, GV_SPEC_PIN, &spec, &err),
			 -GV_EPIN);
	assert_non_null(strstr(err.message, "65 bytes"));
	memset(word, 'a', sizeof(word));
	assert_true(gv_tag_valid(word, 63));
	assert_false(gv_tag_valid(word, 64));
	assert_int_equal(gv_spec_parse("1.2\0", 4, GV_SPEC_PIN, &spec, &err), -GV_EPIN);
}

/* A word in a file has no NUL behind it: a sanitizer sees who counts on one. */
static void unterminated(void **state)
{
	static const char *const words[] = {
		"go1.22.5-b", "go1.22.5-r", "1.14.0-rc.", "v1", "go",
		"go-",	      "1.22.x",	    "1.22+auto",  "@a", "^1"};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i]);
		char *exact = malloc(n);
		struct gv_err err = GV_ERR_INIT;
		struct gv_spec spec;

		assert_non_null(exact);
		memcpy(exact, words[i], n);
		(void)!gv_spec_parse(exact, n, GV_SPEC_PIN, &spec, &err);
		(void)!gv_spec_parse(exact, n, GV_SPEC_COMMAND, &spec, &err);
		free(exact);
	}
}

static void commands(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_spec s;

	(void)state;
	assert_int_equal(parsed("oldstable", GV_SPEC_COMMAND).kind, GV_SPEC_OLDSTABLE);
	assert_int_equal(parsed("*", GV_SPEC_COMMAND).kind, GV_SPEC_LATEST);
	assert_int_equal(parsed("1.X", GV_SPEC_COMMAND).kind, GV_SPEC_LATEST);
	assert_string_equal(parsed("1.22.*", GV_SPEC_COMMAND).line, "1.22");
	assert_string_equal(parsed("go1.22.X", GV_SPEC_COMMAND).line, "1.22");
	assert_int_equal(gv_spec_parse("X", 1, GV_SPEC_COMMAND, &s, &err), -GV_EPIN);
	assert_int_equal(gv_spec_parse("1.22.3.*", 8, GV_SPEC_COMMAND, &s, &err),
			 -GV_EPIN);
	s = parsed("1.23rc", GV_SPEC_COMMAND);
	assert_int_equal(s.kind, GV_SPEC_PRERELEASE);
	assert_string_equal(s.line, "1.23");
	assert_string_equal(s.pre, "rc");
	s = parsed(" >=1.21 <1.23 ", GV_SPEC_COMMAND);
	assert_int_equal(s.kind, GV_SPEC_RANGE);
	assert_int_equal(s.n_ranges, 2);
	assert_string_equal(s.text, ">=1.21 <1.23");
	s = parsed(">= 1.21, <  1.23", GV_SPEC_COMMAND); /* as npm takes them */
	assert_int_equal(s.n_ranges, 2);
	assert_int_equal(s.ranges[1].op, GV_RANGE_LT);
	assert_int_equal(gv_spec_parse(">= >1.2", 7, GV_SPEC_COMMAND, &s, &err),
			 -GV_EPIN);
	assert_int_equal(gv_spec_parse(">=1.2 <", 7, GV_SPEC_COMMAND, &s, &err),
			 -GV_EPIN);
	assert_int_equal(gv_spec_parse("tip", 3, GV_SPEC_COMMAND, &s, &err), -GV_EPIN);
	assert_non_null(strstr(err.message, "no release"));
	assert_int_equal(gv_spec_parse(">=1.21 foo", 10, GV_SPEC_COMMAND, &s, &err),
			 -GV_EPIN);
	assert_int_equal(
		gv_spec_parse(">1.1 >1.2 >1.3 >1.4 >1.5", 24, GV_SPEC_COMMAND, &s, &err),
		-GV_EPIN);
	assert_int_equal(gv_spec_parse(">", 1, GV_SPEC_COMMAND, &s, &err), -GV_EPIN);
	assert_int_equal(gv_spec_parse(">=", 2, GV_SPEC_COMMAND, &s, &err), -GV_EPIN);
}

static void matching(void **state)
{
	static const struct {
		const char *spec, *yes, *no; /* names, separated by blanks */
	} vectors[] = {
		{"1.22.5", "go1.22.5", "go1.22.50 go1.22 go1.22.5-x go1.22.4"},
		{"1.20.0", "go1.20", "go1.20.1"},
		{"1.2", "go1.2.2 go1.2", "go1.20 go1.22.2 go1.2rc1"},
		{"1.22", "go1.22.0 go1.22.10", "go1.22rc1 go1.22.5-x go1.2.2 go1.23.0"},
		{"1.20", "go1.20 go1.20.14", "go1.20rc1 go1.2"},
		{"latest", "go1.20 go1.27.4", "go1.28rc1 go1.27.4-x go1.27"},
		{"1.23rc", "go1.23rc1 go1.23rc10", "go1.23.0 go1.23beta1 go1.24rc1"},
		{">=1.21 <1.23", "go1.21.0 go1.22.9", "go1.20.14 go1.23.0 go1.22rc1"},
		{"~1.22.3", "go1.22.3 go1.22.10", "go1.22.2 go1.23.0"},
		{"~1.22", "go1.22.0 go1.22.10", "go1.21.9 go1.23.0"},
		{"<=1.22", "go1.22.5 go1.4", "go1.23.0"},
		{">1.21", "go1.22.0", "go1.21.5"},
		{"=1.22", "go1.22.5", "go1.23.0 go1.21.5"},
		{"==1.22.5", "go1.22.5", "go1.22.6"},
		{"<1.20", "go1.19.13", "go1.20 go1.20rc1"},
		{">=1.20.3,<1.20.6", "go1.20.3 go1.20.5", "go1.20.2 go1.20.6"},
		{"1.22.5@prod", "go1.22.5", "go1.22.6"},
		{"system", "", "go1.22.5"},
		{"@prod", "", "go1.22.5"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct gv_spec s = parsed(vectors[i].spec, GV_SPEC_COMMAND);

		for (int want = 0; want < 2; want++) {
			const char *at = want ? vectors[i].yes : vectors[i].no;

			while (*at) {
				size_t n = strcspn(at, " ");
				struct gv_version v;

				assert_int_equal(gv_version_parse(at, n, &v), 0);
				if (gv_spec_matches(&s, &v) != want)
					fail_msg("%s and %s", vectors[i].spec, v.name);
				at += n;
				at += strspn(at, " ");
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pins),		cmocka_unit_test(version_and_tag),
		cmocka_unit_test(refused),	cmocka_unit_test(limits),
		cmocka_unit_test(unterminated), cmocka_unit_test(commands),
		cmocka_unit_test(matching),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
