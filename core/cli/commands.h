// SPDX-License-Identifier: Apache-2.0
/*
 * One name per file cmd-*.c, for the table in commands.c.
 */
#ifndef GV_CLI_COMMANDS_H
#define GV_CLI_COMMANDS_H

#include "core/cli/cli.h"

extern const struct gv_command gv_cmd_adopt, gv_cmd_auto_install, gv_cmd_available,
	gv_cmd_build, gv_cmd_bundle, gv_cmd_complete, gv_cmd_completion, gv_cmd_current,
	gv_cmd_default, gv_cmd_diff, gv_cmd_doctor, gv_cmd_env, gv_cmd_gc,
	gv_cmd_generations, gv_cmd_help, gv_cmd_import, gv_cmd_inspect, gv_cmd_install,
	gv_cmd_journal, gv_cmd_list, gv_cmd_matrix, gv_cmd_pin, gv_cmd_policy,
	gv_cmd_promote, gv_cmd_prune, gv_cmd_ps, gv_cmd_rollback, gv_cmd_run,
	gv_cmd_setup, gv_cmd_snapshot, gv_cmd_stamp, gv_cmd_tag, gv_cmd_uninstall,
	gv_cmd_upgrade, gv_cmd_verify, gv_cmd_which;

/* What somebody meant who typed a command that there is not: the nearest one, or what
 * does here what other managers call by this name ("install latest", say).  NULL:
 * none. */
const char *gv_command_meant(const char *name) GV_NONNULL(1);

/* The whole help, or that of one command, to stdout. */
void gv_help_print(const struct gv_command *command);

#endif
