// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "core/base/program.h"
#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"

/* What a shell takes as it is. */
#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._"

static void print_place(void *arg, const char *place, const char *what)
{
	(void)arg;
	gv_print_visible(place);
	fputs(": ", stdout);
	gv_print_visible(what);
	putchar('\n');
}

static void add_place(void *arg, const char *place, const char *what)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "place", place);
	gv_json_set_str(o, "what", what);
	gv_json_append(arg, o);
}

/* Programs other than the shim's two: beside the go that would run. */
static int beside_go(const struct gv_choice *choice, const char *program,
		     char ret[PATH_MAX], struct gv_err *err)
{
	struct gv_text t = gv_text_in(ret, PATH_MAX);
	const char *slash = strrchr(choice->program, '/');

	if (strchr(program, '/') || program[0] == '\0' || program[0] == '.')
		return gv_err_set(err, -GV_EUSAGE, "'%s' is not the name of a program",
				  program);
	if (choice->goroot[0])
		gv_text_format(&t, "%s/bin/%s", choice->goroot, program);
	else
		gv_text_format(&t, "%.*s/%s", slash ? (int)(slash - choice->program) : 0,
			       choice->program, program);
	if (!t.cut && gv_is_program(ret))
		return 0;
	gv_err_set(err, -GV_ENOTFOUND, "%s has no program '%s'",
		   choice->name[0] ? choice->name : "the system's go", program);
	/* what `go install` builds belongs to no toolchain */
	return program[0] != '-' && program[strspn(program, PLAIN)] == '\0'
		       ? gv_err_hint(err, "command -v %s", program)
		       : err->code;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	const char *program = argc ? argv[0] : "go";
	bool ours = strcmp(program, "go") == 0 || strcmp(program, "gofmt") == 0;
	struct gv_choice choice = {.kind = GV_KIND_SYSTEM};
	struct gv_json *places = NULL, *o;
	gv_resolve_trace *trace = NULL;
	char path[PATH_MAX] = "";
	bool found;
	int r;

	if (gv_cli_option(cli, "explain")) {
		trace = cli->json ? add_place : print_place;
		places = cli->json ? gv_json_new_array() : NULL;
	}
	r = gv_cli_resolve(cli, ours ? program : "go", trace, places, &choice, err);
	found = r == 0;
	if (found && !ours)
		r = beside_go(&choice, program, path, err);
	else if (found)
		memcpy(path, choice.program, strlen(choice.program) + 1);
	if (!cli->json) {
		if (r == 0)
			gv_print_value(path);
		return r;
	}
	o = gv_cli_choice_json(&choice, r == 0 ? path : NULL, found);
	if (places)
		gv_json_set(o, "explain", places);
	if (r == 0)
		return gv_cli_print_json(o, err);
	cli->partial = o;
	return r;
}

static const struct gv_option options[] = {
	{"explain", 0, NULL, "list every place looked at, and what was decided there",
	 NULL},
	{0},
};

const struct gv_command gv_cmd_which = {
	.name = "which",
	.arguments = "[PROGRAM]",
	.what = "show the path of the program that would run (go)",
	.details = "The answer is the shim's own: it is found by the same code.",
	.options = options,
	.max_operands = 1,
	.json = true,
	.run = run,
};
