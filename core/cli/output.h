// SPDX-License-Identifier: Apache-2.0
/*
 * What a person or a script sees: lines, tables, JSON, errors, colours.  stdout is
 * buffered and its errors are reported once, at the end, by gv_output_close().
 */
#ifndef GV_CLI_OUTPUT_H
#define GV_CLI_OUTPUT_H

#include "core/cli/cli.h"

/* One line of result to stdout, unless --quiet or --json. */
void gv_cli_done(const struct gv_cli *cli, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3);
/* To stdout, control characters as `?`: for names of files, which may hold anything. */
void gv_print_visible(const char *s) GV_NONNULL(1);
/* One line to stderr, unless --quiet; only with --verbose. */
void gv_cli_say(const struct gv_cli *cli, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3);
void gv_cli_talk(const struct gv_cli *cli, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3);
/* The error line and its hint, to stderr. */
void gv_cli_complain(const struct gv_cli *cli, const struct gv_err *err) GV_NONNULL(1, 2);
/* The same as "error" of a JSON object. */
void gv_cli_error_json(struct gv_json *object, const struct gv_err *err) GV_NONNULL(2);

/* An object with "schema": 1 in it; frees it when printed. */
struct gv_json *gv_cli_new_json(void);
int gv_cli_print_json(struct gv_json *object, struct gv_err *err) GV_MUST GV_NONNULL(2);

/* Terminal codes, or "" where there are no colours. */
enum gv_style {
	GV_STYLE_OFF,
	GV_STYLE_BOLD,
	GV_STYLE_DIM,
	GV_STYLE_RED,
	GV_STYLE_GREEN,
	GV_STYLE_YELLOW
};
const char *gv_style(const struct gv_cli *cli, FILE *to, enum gv_style style)
	GV_NONNULL(1, 2);

/* Rows of cells, columns aligned when printed; the last one is not padded. */
#define GV_TABLE_COLUMNS 8

struct gv_table {
	struct gv_list cells;
	size_t columns;
	unsigned right;	     /* bit per column: aligned to the right */
	bool highlight[512]; /* per row, as far as it goes */
};

int gv_table_row(struct gv_table *t, bool highlight, const char *const *cells)
	GV_MUST GV_NONNULL(1, 3);
void gv_table_print(const struct gv_table *t, const struct gv_cli *cli) GV_NONNULL(1, 2);
void gv_table_release(struct gv_table *t);

/* "235.5 MB"; 1000 bytes to the kB, as downloads are named. */
#define GV_SIZE_LEN 16
void gv_format_size(uint64_t bytes, char ret[GV_SIZE_LEN]);

/* Flushes and closes stdout; -errno with err when anything written to it was lost. */
int gv_output_close(struct gv_err *err) GV_MUST GV_NONNULL(1);

#endif
