// SPDX-License-Identifier: Apache-2.0
/*
 * Whether a missing version may be installed without being asked for: store.auto_install,
 * and what speaks against it here and now.
 */
#ifndef GV_CLI_CONSENT_H
#define GV_CLI_CONSENT_H

#include "core/cli/cli.h"

/*
 * Whether this user has it on, and what is missing can be had at all: a version, a line
 * or `latest` that a pin file or GOVERN_VERSION asks for.  Not a tag, which is a name for
 * what is there, nor a name of somebody's own ("go1.22.5-corp").
 */
bool gv_consent_is_asked(struct gv_cli *cli, const struct gv_choice *missing)
	GV_NONNULL(1, 2);

/*
 * 0: go on.  Else, with the code of `err`, why not is added to its message:
 *   - in CI (CI is set, and neither "false" nor "0") and where stderr is no terminal, so
 *     that nobody would see it happen, unless the setting is `always`;
 *   - for a pin file, or a link to one, that belongs neither to this user nor to root,
 *     whatever the setting is.
 */
int gv_consent_check(struct gv_cli *cli, const struct gv_choice *missing,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);

#endif
