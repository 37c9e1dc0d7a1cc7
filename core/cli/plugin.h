// SPDX-License-Identifier: Apache-2.0
/*
 * `govern NAME` for a NAME that is no command of ours: the program govern-NAME of the
 * plugin directory (<prefix>/libexec/govern/plugins), else the first in PATH.  Empty and
 * relative elements of PATH are passed over.
 */
#ifndef GV_CLI_PLUGIN_H
#define GV_CLI_PLUGIN_H

#include "core/cli/cli.h"

/* The names of those that there are; what a command of ours hides is none.  -errno. */
int gv_cli_plugins(struct gv_list *ret) GV_MUST GV_NONNULL(1);

/*
 * Becomes that program; argv[0] is NAME.  Its environment has GOVERN_ROOT (also where
 * --root said so), GOVERN_PLATFORM and GOVERN_PROGRAM.  Returns only to say why not:
 * -GV_EUSAGE with the nearest command when there is none.
 */
int gv_plugin_become(struct gv_cli *cli, char **argv, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
