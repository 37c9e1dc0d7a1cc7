// SPDX-License-Identifier: Apache-2.0
/*
 * What is different between two sets of pointers, for people and as JSON.
 */
#ifndef GV_CLI_JOURNAL_MOVES_H
#define GV_CLI_JOURNAL_MOVES_H

#include "core/cli/cli.h"
#include "core/store/pointers.h"

/* `before` and `after` are targets, "" where there was, or is, none.  A negative answer
 * ends it and is returned. */
typedef int gv_move_visit(void *arg, const char *pointer, const char *before,
			  const char *after);

/* Each pointer that differs: the default, `latest`, lines, tags, holds. */
int gv_each_move(const struct gv_pointers *before, const struct gv_pointers *after,
		 gv_move_visit *visit, void *arg) GV_MUST GV_NONNULL(1, 2, 3);

/* "default is go1.22.6 (it was go1.22.5)", "go1.22.6 is held back". */
#define GV_MOVE_LEN (4 * GV_NAME_MAX + 32)
void gv_format_move(const char *pointer, const char *before, const char *after,
		    char ret[GV_MOVE_LEN]) GV_NONNULL(1, 2, 3);

/* [{pointer, before, after}], null where there was, or is, none. */
struct gv_json *gv_moves_json(const struct gv_pointers *before,
			      const struct gv_pointers *after) GV_NONNULL(1, 2);

#endif
