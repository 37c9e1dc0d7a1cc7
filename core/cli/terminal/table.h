// SPDX-License-Identifier: Apache-2.0
/*
 * Rows of cells, columns aligned when they are printed.
 *
 *	struct gv_table t = {.columns = 3, .right = 1u << 1, .needed = 2};
 *	r = gv_table_head(&t, (const char *const[]){"VERSION", "SIZE", "PATH"});
 *	r = gv_table_row(&t, GV_STYLE_OFF, cells);
 *	gv_table_paint(&t, 1, GV_STYLE_RED);
 *	gv_table_print(&t, cli);
 *
 * Cells may hold anything: what is no text is shown as `?` (gv_text_add_visible()).  On a
 * terminal that is too narrow the columns behind the needed ones are left out, the last
 * one first, unless --verbose; the last one that is shown is broken at blanks (fold.h).
 * Where stdout is no terminal all columns are there and each row is one line.
 */
#ifndef GV_CLI_TERMINAL_TABLE_H
#define GV_CLI_TERMINAL_TABLE_H

#include "core/cli/output.h"

#define GV_TABLE_COLUMNS 8

struct gv_table {
	size_t columns; /* at most GV_TABLE_COLUMNS */
	size_t needed;	/* columns that are shown in any case; 0: all */
	unsigned right; /* bit per column: aligned to the right */
	size_t rows;	/* without the head */
	struct gv_list head, cells;
	unsigned char *styles; /* enum gv_style, one for each of the cells */
	size_t styles_cap;
};

int gv_table_head(struct gv_table *t, const char *const *cells) GV_MUST GV_NONNULL(1, 2);
/* The style is that of the whole row. */
int gv_table_row(struct gv_table *t, enum gv_style style, const char *const *cells)
	GV_MUST GV_NONNULL(1, 3);
/* Another style for one cell of the last row. */
void gv_table_paint(struct gv_table *t, size_t column, enum gv_style style) GV_NONNULL(1);
void gv_table_print(const struct gv_table *t, const struct gv_cli *cli) GV_NONNULL(1, 2);
void gv_table_release(struct gv_table *t);

#endif
