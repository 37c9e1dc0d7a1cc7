// SPDX-License-Identifier: Apache-2.0
/*
 * What `govern build` says of what it built.
 */
#ifndef GV_CLI_BUILT_H
#define GV_CLI_BUILT_H

#include "core/cli/cli.h"
#include "core/install/build.h"
#include "core/install/install.h"
#include "core/json/json.h"

/* One line for people. */
void gv_built_tell(const struct gv_cli *cli, const struct gv_build *build,
		   const struct gv_installed *done) GV_NONNULL(1, 2, 3);
/* {version, platform, path, trust, source, h1, base, bootstrap, source_h1, source_sha256,
 * patches[] {name, sha256}, seconds, already}; the caller owns it. */
struct gv_json *gv_built_object(const struct gv_cli *cli, const struct gv_build *build,
				const struct gv_installed *done) GV_NONNULL(1, 2, 3);

#endif
