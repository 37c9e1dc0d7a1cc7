// SPDX-License-Identifier: Apache-2.0
/*
 * Policy for the shim: the toolchains of the store that a rule about versions refuses are
 * marked (core/store/denied.h), the marks of others go.  Only rules that are for all
 * users of the store count, those of /etc and of the store's own file; and only what does
 * not change by itself: policy.deny, allow and prereleases.
 */
#ifndef GV_CLI_POLICY_DENYING_H
#define GV_CLI_POLICY_DENYING_H

#include "core/cli/cli.h"

/* What is told of a toolchain whose mark came, changed or goes (`why` NULL). */
typedef void gv_denying(void *arg, const char *name, const char *why);

/* The store is open, the configuration loaded.  With `dry` nothing is changed.  What was
 * changed is in the journal, and the pointers follow. */
int gv_cli_deny(struct gv_cli *cli, bool dry, gv_denying *tell, void *arg,
		struct gv_err *err) GV_MUST GV_NONNULL(1, 5);

#endif
