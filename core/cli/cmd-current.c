// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <string.h>

#include "core/cli/installed.h"
#include "core/cli/output.h"

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct gv_choice choice = {.kind = GV_KIND_SYSTEM};
	char why[GV_WHY_LEN], version[GV_NAME_MAX];
	int r = gv_cli_resolve(cli, "go", NULL, NULL, &choice, err);

	(void)argc;
	(void)argv;
	if (r < 0) {
		if (r == -GV_ENOTFOUND && cli->json)
			cli->partial = gv_cli_choice_json(&choice, NULL, false);
		return r;
	}
	if (cli->json)
		return gv_cli_print_json(
			gv_cli_choice_json(&choice, choice.program, true), err);
	gv_cli_why(&choice, why);
	gv_cli_version_of(&choice, version);
	if (choice.name[0]) {
		printf("%s (", version);
	} else {
		printf("%s (system: ", version[0] ? version : "go");
		gv_print_visible(choice.program);
		fputs(", ", stdout);
	}
	gv_print_visible(why);
	puts(")");
	return 0;
}

const struct gv_command gv_cmd_current = {
	.name = "current",
	.what = "show the version in force here, and why",
	.json = true,
	.run = run,
};
