// SPDX-License-Identifier: Apache-2.0
/* mise's config.toml, read line by line: right, or said to be unread, and never
 * guessed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/attr.h"
#include "core/cli/adopt/misetoml.c"

static void found(void **state)
{
	static const struct {
		const char *text, *word;
		unsigned line;
	} cases[] = {
		{"[tools]\ngo = \"1.22\"\n", "1.22", 2},
		{"[tools]\r\ngo = '1.22.5'\r\n", "1.22.5", 2},
		{"# go = \"1\"\n\n[ tools ]\n  golang=\"1.21\" # why\n", "1.21", 4},
		{"[tools]\nnode = \"20\"\n\"core:go\" = \"1.20\"", "1.20", 3},
		{"[tools]\ngo = [\"1.22\", \"1.21\"]\n", "1.22", 2},
		{"[tools]\ngo = [ '1.22',\n '1.21' ]\n", "1.22", 2},
		{"[tools]\ngo = { version = \"latest\", os = [\"linux\"] }\n", "latest",
		 2},
		{"[tools.go]\nversion = \"1.19\"\n", "1.19", 2},
		{"[tools.\"core:go\"]\nos = 'x'\nversion = \"1.19\"\n", "1.19", 3},
		{"[settings]\ngo = 1\n[tools]\ngo = \"1.18\"\n", "1.18", 4},
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++) {
		struct gv_mise_go go;
		int r = gv_mise_find_go(cases[i].text, strlen(cases[i].text), &go);

		if (r != 0 || go.n != strlen(cases[i].word) ||
		    memcmp(go.word, cases[i].word, go.n) != 0 || go.line != cases[i].line)
			fail_msg("%s", cases[i].text);
	}
}

static void not_found(void **state)
{
	static const char *const nothing[] = {
		"",
		"go = \"1.22\"\n",
		"[env]\ngo = \"1.22\"\n",
		"[tools]\ngofumpt = \"1\"\n\"go:x/y\" = \"2\"\n",
		"[tools]\n#go = \"1\"\n",
		"[alias.go]\nversion = \"1\"\n",
		"[tools.node]\nversion = \"1\"\n",
		"[tools]\n[env]\ngo = \"1\"\n",
	};
	static const char *const otherwise[] = {
		"[tools]\ngo = [\n \"1.22\",\n]\n",
		"[tools]\ngo = 1.22\n",
		"[tools]\ngo = { os = [\"linux\"] }\n",
		"[tools]\ngo = \"\"\n",
		"[tools]\ngo = \"1.22\n",
		"[tools]\ngo =\n",
		"[tools]\ngo = \"\"\"\n1.22\"\"\"\n",
		"[tools.go]\nversion = {}\n",
	};
	struct gv_mise_go go;

	(void)state;
	for (size_t i = 0; i < GV_COUNT(nothing); i++)
		if (gv_mise_find_go(nothing[i], strlen(nothing[i]), &go) != 1)
			fail_msg("%s", nothing[i]);
	for (size_t i = 0; i < GV_COUNT(otherwise); i++)
		if (gv_mise_find_go(otherwise[i], strlen(otherwise[i]), &go) != -EINVAL ||
		    go.line != 2)
			fail_msg("%s", otherwise[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(not_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
