// SPDX-License-Identifier: Apache-2.0
/*
 * What there is to know of the terminal that something is printed on.
 */
#ifndef GV_CLI_TERMINAL_H
#define GV_CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "core/base/attr.h"

/* Whether `to` is a terminal that understands escapes: TERM is there and not "dumb". */
bool gv_terminal_obeys(FILE *to) GV_MUST GV_NONNULL(1);

struct gv_terminal_size {
	unsigned rows, columns;
};

/* COLUMNS, else what the terminal says, else 24 rows of 80 columns.  False: `to` is no
 * terminal, and lines may be as long as they like. */
bool gv_terminal_measure(FILE *to, struct gv_terminal_size *ret) GV_MUST GV_NONNULL(1, 2);

#endif
