// SPDX-License-Identifier: Apache-2.0
/*
 * The store's hooks (plugins/hooks/hooks.h), as commands run them: the store is open, no
 * lock is held, one thread is running.  What they say goes to stderr, each line behind
 * the hook's name.
 */
#ifndef GV_CLI_HOOK_H
#define GV_CLI_HOOK_H

#include "core/cli/cli.h"
#include "plugins/hooks/hooks.h"

bool gv_cli_has_hooks(const struct gv_cli *cli, enum gv_hook_event event)
	GV_MUST GV_NONNULL(1);
/* Asks before a change: the error refuses it, and is recorded in the journal. */
int gv_cli_hook_before(struct gv_cli *cli, enum gv_hook_event event,
		       const struct gv_hook_subject *subject, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4);
/* Tells of one that was made: what fails is warned of here. */
void gv_cli_hook_after(struct gv_cli *cli, enum gv_hook_event event,
		       const struct gv_hook_subject *subject) GV_NONNULL(1, 3);

#endif
