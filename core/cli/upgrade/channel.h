// SPDX-License-Identifier: Apache-2.0
/*
 * --channel canary: for the machines that try an upgrade first.  Those are the ones that
 * `upgrade.hosts` lists, and those whose name falls into `upgrade.share`: by the SHA-256
 * of the host name, so that it is the same ones each time, and anybody can tell which.
 */
#ifndef GV_CLI_UPGRADE_CHANNEL_H
#define GV_CLI_UPGRADE_CHANNEL_H

#include "core/cli/cli.h"

/* The percentile of a name: 0 to 99. */
unsigned gv_channel_place(const char *host) GV_NONNULL(1);

/*
 * By the option --channel.  0: it is not given, or this machine is a canary, and
 * cli->root is from here on the canary of that store, where it has one (with `make`: it
 * gets one). 1: this machine is none.  -GV_EUSAGE; the store is not open yet.
 */
int gv_cli_channel(struct gv_cli *cli, bool make, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3);

#endif
