// SPDX-License-Identifier: Apache-2.0
/*
 * Removing a toolchain that nobody counts on, for `uninstall` and `prune`.
 */
#ifndef GV_CLI_REMOVE_H
#define GV_CLI_REMOVE_H

#include "core/cli/cli.h"

enum {
	GV_REMOVE_ADOPTED = 1, /* the link to an adopted one may go, too */
	GV_REMOVE_FORCED = 2,  /* whoever counts on it */
};

/* Refuses what is the default, has a tag, is adopted, or is used by a process of this
 * machine: -GV_EPOLICY, with the command that does it all the same. */
int gv_cli_check_unused(struct gv_cli *cli, const char *name, unsigned flags,
			struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4);

/* Asks the store's hooks, takes its lock, checks once more, removes it, records that, and
 * tells the hooks.  The trash is emptied by
 * the caller, when all is reported. */
int gv_cli_remove(struct gv_cli *cli, const char *name, unsigned flags,
		  struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4);

/* Whether it is not installed and held back (core/store/pointers.h), here or by the
 * other one of a store and its canary: whoever removed it, or was to bring it in, was
 * killed before he let go of it. */
bool gv_cli_is_only_held(const struct gv_cli *cli, const char *name) GV_NONNULL(1, 2);
/* Lets go of it, unless it came in meanwhile. */
int gv_cli_drop_hold(struct gv_cli *cli, const char *name, unsigned flags,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4);

/* "govern uninstall <option><name>", `option` with a blank behind it or "".  Returns the
 * error's code. */
int gv_uninstall_hint(struct gv_err *err, const char *option, const char *name)
	GV_NONNULL(1, 2, 3);

#endif
