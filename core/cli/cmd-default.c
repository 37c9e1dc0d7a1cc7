// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <string.h>

#include "core/cli/installed.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/store/pointers.h"

/* `version` NULL: there is none. */
static int print_json(const char *version, struct gv_err *err)
{
	struct gv_json *o = gv_cli_new_json();

	gv_json_set_str(o, "version", version);
	return gv_cli_print_json(o, err);
}

static int show(struct gv_cli *cli, const char *present, struct gv_err *err)
{
	if (!present) {
		gv_err_set(err, -GV_ENOTFOUND, "no default is set");
		return gv_err_hint(err, "govern default 1.22");
	}
	if (cli->json)
		return print_json(present, err);
	gv_print_value(present);
	return 0;
}

static int change(struct gv_cli *cli, const char *present, const char *name,
		  struct gv_err *err)
{
	struct gv_pointer_change to = {.name = "default", .target = name};
	int r = gv_cli_point(cli, &to, 1, err);

	if (r < 0)
		return r;
	if (cli->json)
		return print_json(name[0] ? name : NULL, err);
	if (!name[0])
		gv_cli_done(cli, "no default any more");
	else if (present && strcmp(present, name) != 0)
		gv_cli_done(cli, "%s is the default (it was %s)", name, present);
	else
		gv_cli_done(cli, "%s is the default", name);
	return 0;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	bool unset = gv_cli_option(cli, "unset") != NULL;
	char name[GV_NAME_MAX] = "";
	const char *present;
	struct gv_spec spec;
	int r;

	if (unset && argc)
		return gv_err_set(err, -GV_EUSAGE, "--unset takes no SPEC");
	r = argc ? gv_cli_spec(argv[0], &spec, err) : 0;
	if (r == 0 && argc && spec.kind == GV_SPEC_SYSTEM) {
		gv_err_set(
			err, -GV_EUSAGE,
			"without a default the next go in PATH runs: there is no need to "
			"name it");
		return gv_err_hint(err, "govern default --unset");
	}
	if (r == 0)
		r = gv_cli_store(cli, GV_STORE_READ, err);
	if (r == 0 && (argc || unset))
		gv_store_heal(&cli->store);
	if (r >= 0 && argc)
		r = gv_cli_find_installed(cli, &spec, name, err);
	if (r == 0)
		r = gv_pointers_load(&cli->store, &pointers, err);
	if (r < 0)
		return r;
	present = gv_pointers_get(&pointers, "default");
	if (!argc && !unset)
		return show(cli, present, err);
	if (unset && !present)
		return cli->json ? print_json(NULL, err) : 0;
	return change(cli, present, name, err);
}

static const struct gv_option options[] = {
	{"unset", 0, NULL,
	 "have no default: the next go in PATH runs where nothing is pinned", NULL},
	{0},
};

const struct gv_command gv_cmd_default = {
	.name = "default",
	.alias = "global",
	.arguments = "[SPEC]",
	.what = "show or set the toolchain that runs where nothing is pinned",
	.details = "SPEC names an installed toolchain; a line means its newest one.",
	.options = options,
	.complete = "installed",
	.max_operands = 1,
	.json = true,
	.run = run,
};
