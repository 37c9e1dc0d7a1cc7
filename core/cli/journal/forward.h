// SPDX-License-Identifier: Apache-2.0
/*
 * Records of the journal, handed on to the machine's log as journal.forward says.  With
 * its hash: so the log, which is elsewhere, tells what the journal must still hold
 * (`govern journal --head HASH`).
 */
#ifndef GV_CLI_JOURNAL_FORWARD_H
#define GV_CLI_JOURNAL_FORWARD_H

#include "core/cli/cli.h"

/* A line of the journal, as it was written, of the store at `root`.  What cannot be
 * handed on is a warning. */
void gv_cli_forward(struct gv_cli *cli, const char *root, const char *line, size_t n)
	GV_NONNULL(1, 2, 3);

#endif
