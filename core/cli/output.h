// SPDX-License-Identifier: Apache-2.0
/*
 * What a person or a script sees: lines, JSON, errors, colours (tables: table.h).  stdout
 * is buffered and its errors are reported once, at the end, by gv_output_close().
 *
 * What is not from this program (names of files, what a server says) may hold anything.
 * In the formats of lines each %s shows what is no text as `?` (gv_text_add_visible()),
 * and the conversions are those of core/base/err.h.  Lines may come from any thread: they
 * stay whole, and progress on the terminal makes way for them.
 *
 * One style for all: sizes by gv_format_size(), how long by gv_format_duration(), points
 * in time as RFC 3339 in UTC, or its date where the day is enough.
 */
#ifndef GV_CLI_OUTPUT_H
#define GV_CLI_OUTPUT_H

#include "core/cli/cli.h"

/* One line of result to stdout, unless --quiet or --json. */
void gv_cli_done(const struct gv_cli *cli, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3);
/* One line to stderr, unless --quiet; only with --verbose. */
void gv_cli_say(const struct gv_cli *cli, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3);
void gv_cli_talk(const struct gv_cli *cli, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3);
/* As gv_cli_say(), behind "govern: warning: "; and a line of its own behind "hint: ". */
void gv_cli_warn(const struct gv_cli *cli, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3);
void gv_cli_hint(const struct gv_cli *cli, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3);
/* The error line and its hint, to stderr; the same as a warning, unless --quiet. */
void gv_cli_complain(const struct gv_cli *cli, const struct gv_err *err) GV_NONNULL(1, 2);
void gv_cli_warn_of(const struct gv_cli *cli, const struct gv_err *err) GV_NONNULL(1, 2);
/* The same as "error" of a JSON object. */
void gv_cli_error_json(struct gv_json *object, const struct gv_err *err) GV_NONNULL(2);

/* To stdout: text for people, what is no text as `?`. */
void gv_print_visible(const char *s) GV_NONNULL(1);
/* A line to stdout that a script takes as it is, a path: cleaned only for a terminal. */
void gv_print_value(const char *s) GV_NONNULL(1);

/* An object with "schema": 1 in it; frees it when printed.  What is no text is there as
 * \uXXXX, which means the same. */
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

/* "235.5 MB"; 1000 bytes to the kB, as downloads are named. */
#define GV_SIZE_LEN 16
void gv_format_size(uint64_t bytes, char ret[GV_SIZE_LEN]);
/* "3.1 s", "12 min", "3 h". */
#define GV_DURATION_LEN 24
void gv_format_duration(int64_t ms, char ret[GV_DURATION_LEN]);

/* What was printed is there before something else speaks, or before work that takes its
 * time.  An error is remembered for gv_output_close(): stdio would forget why. */
void gv_output_flush(void);
/* Flushes and closes stdout; -errno with err when anything written to it was lost. */
int gv_output_close(struct gv_err *err) GV_MUST GV_NONNULL(1);

#endif
