// SPDX-License-Identifier: Apache-2.0
/*
 * Single lines of rc files, as far as they can be understood without being a shell.
 */
#ifndef GV_CLI_SETUP_RCLINES_H
#define GV_CLI_SETUP_RCLINES_H

#include <stddef.h>

#include "core/base/text.h"

/* What the line assigns to `name`, without quotes at its ends; NULL: it does not. */
const char *gv_rc_assigned(const char *line, size_t n, const char *name, size_t *ret_n)
	GV_MUST GV_NONNULL(1, 3, 4);

/* Adds a path that may begin with HOME or XDG_CONFIG_HOME, in the usual ways to say
 * so. */
void gv_rc_expand(const char *word, size_t n, struct gv_text *t) GV_NONNULL(1, 3);

#endif
