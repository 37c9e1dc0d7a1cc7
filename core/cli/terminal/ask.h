// SPDX-License-Identifier: Apache-2.0
/*
 * Asking before something is done that cannot be undone.
 */
#ifndef GV_CLI_TERMINAL_ASK_H
#define GV_CLI_TERMINAL_ASK_H

#include "core/cli/cli.h"

/* 0; -GV_EUSAGE: there is no terminal, and nobody said --yes: the command line lacks
 * it. */
int gv_cli_can_ask(struct gv_err *err) GV_MUST GV_NONNULL(1);

/*
 * 0: yes, by --yes or by the answer on the terminal.  -GV_EFAILED: no.  Errors of
 * gv_cli_can_ask().  -GV_EINTERRUPTED.
 */
int gv_cli_ask(const struct gv_cli *cli, const char *question, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/* The password of `what`, not shown while it is typed; to be wiped by the caller.
 * -GV_EUSAGE: there is no terminal. */
int gv_cli_ask_password(const char *what, char *ret, size_t cap, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4);

#endif
