// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "core/cli/scripts.h"

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	static const struct {
		const char *shell, *script;
	} scripts[] = {
		{"bash", gv_script_bash},
		{"zsh", gv_script_zsh},
		{"fish", gv_script_fish},
	};

	(void)cli;
	for (size_t i = 0; argc && i < GV_COUNT(scripts); i++) {
		if (strcmp(argv[0], scripts[i].shell) != 0)
			continue;
		(void)fputs(scripts[i].script, stdout); /* reported at the end */
		return 0;
	}
	if (argc)
		gv_err_set(err, -GV_EUSAGE, "there is no completion for '%s'", argv[0]);
	else
		gv_err_set(err, -GV_EUSAGE, "no shell given");
	return gv_err_hint(err, "govern completion bash");
}

const struct gv_command gv_cmd_completion = {
	.name = "completion",
	.arguments = "SHELL",
	.what = "print the completion for bash, zsh or fish",
	.details = "bash, in ~/.bashrc:               source <(govern completion bash)\n"
		   "zsh, in a directory of $fpath:    govern completion zsh >_govern\n"
		   "fish, in ~/.config/fish/config.fish: govern completion fish | source",
	.complete = "shell",
	.max_operands = 1,
	.run = run,
};
