// SPDX-License-Identifier: Apache-2.0
/*
 * The marked block that `govern setup` keeps in a shell's rc file, as text.
 *
 *	# >>> govern setup >>>
 *	…
 *	# <<< govern setup <<<
 *
 * Taking it out gives back exactly the bytes that were there before: the first line says
 * when a newline had to be added before it ("+newline"), or the file was made for it
 * ("+file").
 */
#ifndef GV_CLI_RCBLOCK_H
#define GV_CLI_RCBLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"

enum gv_rc_place { GV_RC_TOP, GV_RC_BOTTOM };
enum gv_rc_syntax { GV_RC_SH, GV_RC_FISH };

/* Adds `s` as one word of that shell, in single quotes. */
void gv_rc_quote(struct gv_buf *b, const char *s, enum gv_rc_syntax syntax)
	GV_NONNULL(1, 2);

/* The lines that put `dir` first into PATH, and only there.  -EINVAL for a directory that
 * PATH cannot hold: one with ":" or a control character in its name. */
int gv_rc_body(enum gv_rc_syntax syntax, const char *dir, struct gv_buf *ret)
	GV_MUST GV_NONNULL(2, 3);

/*
 * Adds to `ret` the text with the block taken out.  1: there was none.  *ret_ours: the
 * file was made for the block and nothing is left.  -GV_EFORMAT when the end of a block
 * is missing; *ret_line says where it begins.
 */
int gv_rc_remove(const char *text, size_t n, struct gv_buf *ret, bool *ret_ours,
		 unsigned *ret_line) GV_MUST GV_NONNULL(3, 4, 5);

/* Adds to `ret` the text with the block in it; an older block must be out already.
 * `text` NULL: there is no file. */
int gv_rc_insert(const char *text, size_t n, const char *body, enum gv_rc_place place,
		 struct gv_buf *ret) GV_MUST GV_NONNULL(3, 5);

#endif
