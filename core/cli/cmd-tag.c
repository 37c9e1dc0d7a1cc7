// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/cli/terminal/table.h"
#include "core/store/adopted.h"
#include "core/store/pointers.h"

/* "prod" and "@prod" are the same; *ret is the name of the pointer. */
static int tag_name(const char *arg, char ret[GV_NAME_MAX + 1], struct gv_err *err)
{
	struct gv_text t = gv_text_in(ret, GV_NAME_MAX + 1);

	if (arg[0] == '@')
		arg++;
	if (!gv_tag_valid(arg, strlen(arg))) {
		gv_err_set(err, -GV_EUSAGE, "'%s' cannot be the name of a tag", arg);
		return gv_err_hint(err, "a letter, then letters, digits, '.', '_', '-'");
	}
	gv_text_format(&t, "@%s", arg);
	return 0;
}

/* `target` NULL: there is no such tag any more. */
static void describe(const struct gv_cli *cli, const char *tag, const char *target,
		     struct gv_json *o)
{
	gv_json_set_str(o, "tag", tag + 1);
	gv_json_set_str(o, "version", target);
	gv_json_set_bool(o, "installed", target && gv_store_serves(&cli->store, target));
}

static int print(const struct gv_cli *cli, const struct gv_pointers *p,
		 struct gv_json *list, struct gv_table *table)
{
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++) {
		const char *tag = p->items[i].name, *target = p->items[i].target;
		bool there = gv_store_serves(&cli->store, target);
		const char *cells[] = {tag, target, there ? "" : "not installed"};
		struct gv_json *o;

		if (tag[0] != '@')
			continue;
		describe(cli, tag, target, o = gv_json_new_object());
		gv_json_append(list, o);
		r = gv_table_row(table, there ? GV_STYLE_OFF : GV_STYLE_RED, cells);
	}
	return r;
}

static void no_tags(const struct gv_cli *cli)
{
	gv_cli_say(cli, "no tags yet");
	gv_cli_hint(cli, "govern tag NAME SPEC");
}

static int list(struct gv_cli *cli, const struct gv_pointers *p, struct gv_err *err)
{
	struct gv_table table = {.columns = 3};
	struct gv_json *tags = gv_json_new_array(), *o;
	int r = print(cli, p, tags, &table);

	if (r == 0 && !cli->json && table.rows)
		gv_table_print(&table, cli);
	else if (r == 0 && !cli->json)
		no_tags(cli);
	gv_table_release(&table);
	o = gv_cli_new_json();
	gv_json_set(o, "tags", tags);
	if (r == 0 && cli->json)
		return gv_cli_print_json(o, err);
	gv_json_free(o);
	return r < 0 ? gv_err_sys(err, r, "cannot list tags") : 0;
}

static int print_json(const struct gv_cli *cli, const char *tag, const char *target,
		      struct gv_err *err)
{
	struct gv_json *o = gv_cli_new_json();

	describe(cli, tag, target, o);
	return gv_cli_print_json(o, err);
}

static int show(const struct gv_cli *cli, const char *tag, const char *target,
		struct gv_err *err)
{
	if (cli->json)
		return print_json(cli, tag, target, err);
	gv_print_value(target);
	return 0;
}

static int absent(const char *tag, struct gv_err *err)
{
	gv_err_set(err, -GV_ENOTFOUND, "there is no tag '%s'", tag);
	return gv_err_hint(err, "govern tag");
}

/* `name` "": the tag goes. */
static int change(struct gv_cli *cli, const char *tag, const char *present,
		  const char *name, struct gv_err *err)
{
	struct gv_pointer_change to = {.name = tag, .target = name};
	int r = gv_cli_point(cli, &to, 1, err);

	if (r < 0)
		return r;
	if (cli->json)
		return print_json(cli, tag, name[0] ? name : NULL, err);
	if (!name[0])
		gv_cli_done(cli, "no tag %s any more (it was %s)", tag, present);
	else if (present && strcmp(present, name) != 0)
		gv_cli_done(cli, "%s is %s (it was %s)", tag, name, present);
	else
		gv_cli_done(cli, "%s is %s", tag, name);
	return 0;
}

static int check_usage(const struct gv_cli *cli, int argc, struct gv_err *err)
{
	if (!gv_cli_option(cli, "delete") || argc == 1)
		return 0;
	gv_err_set(err, -GV_EUSAGE, "--delete takes the NAME of one tag");
	return gv_err_hint(err, "govern tag");
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	bool delete = gv_cli_option(cli, "delete") != NULL;
	char tag[GV_NAME_MAX + 1] = "", name[GV_NAME_MAX] = "";
	const char *present;
	struct gv_spec spec;
	int r = check_usage(cli, argc, err);

	if (r == 0 && argc)
		r = tag_name(argv[0], tag, err);
	if (r == 0 && argc == 2)
		r = gv_cli_spec(argv[1], &spec, err);
	if (r == 0)
		r = gv_cli_store(cli, GV_STORE_READ, err);
	if (r == 0 && (argc == 2 || delete))
		gv_store_heal(&cli->store);
	if (r >= 0 && argc == 2)
		r = gv_cli_find_installed(cli, &spec, name, err);
	if (r == 0)
		r = gv_pointers_load(&cli->store, &pointers, err);
	if (r < 0)
		return r;
	if (argc == 0)
		return list(cli, &pointers, err);
	present = gv_pointers_get(&pointers, tag);
	if (argc == 1 && !present)
		return absent(tag, err);
	return argc == 1 && !delete ? show(cli, tag, present, err)
				    : change(cli, tag, present, name, err);
}

static const struct gv_option options[] = {
	{"delete", 'd', NULL, "the tag goes; the toolchain stays", NULL},
	{"platform", 0, "OS-ARCH", "for another platform than this machine's",
	 "platform"},
	{0},
};

const struct gv_command gv_cmd_tag = {
	.name = "tag",
	.arguments = "[NAME [SPEC]]",
	.what = "show, set or delete names for toolchains",
	.details =
		"SPEC names an installed toolchain; a line means its newest one.  A pin "
		"@NAME means it from\nthen on, 1.22.5@NAME only while the two agree.  "
		"Without SPEC: what has this tag;\nwithout NAME: all tags.",
	.options = options,
	.complete = "tag installed",
	.max_operands = 2,
	.json = true,
	.run = run,
};
