// SPDX-License-Identifier: Apache-2.0
/*
 * `govern NAME` for a NAME that is no command of ours: the program govern-NAME of the
 * plugin directory (<prefix>/libexec/govern/plugins), else the first in PATH.  Empty and
 * relative elements of PATH are passed over.
 */
#ifndef GV_CLI_PLUGIN_H
#define GV_CLI_PLUGIN_H

#include "core/cli/cli.h"

/*
 * Becomes that program; argv[0] is NAME.  --root goes with it as GOVERN_ROOT.  Returns
 * only to say why not: -GV_EUSAGE with the nearest command when there is none.
 */
int gv_plugin_become(struct gv_cli *cli, char **argv, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
