// SPDX-License-Identifier: Apache-2.0
/*
 * How wide text is on a terminal: ideographs and most emoji take two columns, marks that
 * combine and joiners none.  By libc's table (wcwidth) for UTF-8, whatever the locale
 * says: what a terminal draws does not depend on the locale of the program.  Characters
 * of ambiguous width count one.  The text is one that gv_text_add_visible() let through.
 */
#ifndef GV_CLI_TERMINAL_WIDTH_H
#define GV_CLI_TERMINAL_WIDTH_H

#include <stddef.h>

#include "core/base/attr.h"

size_t gv_width(const char *s, size_t n) GV_MUST GV_NONNULL(1);

/* How many of the n bytes fit into so many columns; never half a character, and a mark
 * stays with the character it belongs to. */
size_t gv_width_fit(const char *s, size_t n, size_t columns) GV_MUST GV_NONNULL(1);

#endif
