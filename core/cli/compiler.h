// SPDX-License-Identifier: Apache-2.0
/*
 * The toolchain that compiles what `govern build` makes (the bootstrap, as Go says).
 */
#ifndef GV_CLI_COMPILER_H
#define GV_CLI_COMPILER_H

#include "core/cli/cli.h"
#include "core/install/build.h"
#include "core/install/install.h"

/*
 * `given` is what the user asks for, or NULL: then the release itself, where its source
 * is that of the store; else the newest proven one that is installed and can; else the
 * newest of a line that can.  It need not be installed.  -GV_EUSAGE: it cannot; else as
 * gv_cli_spec() and gv_install_choose().
 */
int gv_compiler_choose(struct gv_cli *cli, const struct gv_install *in,
		       const struct gv_build *build, const char *given,
		       struct gv_version *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 5, 6);

#endif
