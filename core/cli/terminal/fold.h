// SPDX-License-Identifier: Apache-2.0
/*
 * Text to stdout between margins.  Lines are broken at blanks, never within a word, so
 * that what is copied from them is whole; and only where stdout is a terminal.
 */
#ifndef GV_CLI_TERMINAL_FOLD_H
#define GV_CLI_TERMINAL_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

/* Where text goes.  All in columns, of which a terminal counts from 0. */
struct gv_margins {
	size_t left;
	size_t room; /* from there on; 0: lines may be as long as they like */
	bool below;  /* there is no room behind what stands before: on lines of its own */
};

/* The margins of text behind something that takes `before` columns. */
struct gv_margins gv_margins_behind(size_t before) GV_MUST;

/* Does not end its last line. */
void gv_fold(const char *text, const struct gv_margins *m) GV_NONNULL(1, 2);

/* Prose, which nobody reads on very long lines, behind `before` columns; ends its
 * line. */
void gv_print_prose(const char *text, size_t before) GV_NONNULL(1);

void gv_print_blanks(size_t n);

#endif
