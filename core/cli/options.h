// SPDX-License-Identifier: Apache-2.0
/*
 * The command line: global options before or after the command, the command's own behind
 * it, operands.  --name=value and --name value, -x value and -xvalue, "--" ends options.
 * No abbreviations.
 */
#ifndef GV_CLI_OPTIONS_H
#define GV_CLI_OPTIONS_H

#include "core/cli/cli.h"

/*
 * Parses argv[1..).  cli->command is set, or NULL when there was no operand or the first
 * is no command of ours; *ret_argv (n + 1 entries, NULL last, freed by the caller, the
 * strings are argv's) are the operands behind the command, or for an unknown command it
 * and everything behind it, untouched. -GV_EUSAGE; cli->json and cli->command are set as
 * far as was read, for the error.
 */
int gv_options_parse(struct gv_cli *cli, int argc, char **argv, int *ret_argc,
		     char ***ret_argv, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4, 5, 6);

/* An option of the command (NULL: none is known yet), which wins over a global one of the
 * same name: by the n bytes of its name, or by its letter when that is not 0.  NULL. */
const struct gv_option *gv_option_find(const struct gv_command *c, const char *name,
				       size_t n, char letter);

#endif
