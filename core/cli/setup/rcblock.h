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
 * ("+file"), and as many directories above that as it says "+dir".
 *
 * Other programs write these files too, and are killed, cut them off, join or convert
 * them. A block that lost its end is known by its lines, as long as nothing that is not
 * ours stands where they should.  Lines that were put between ours stay when the block
 * goes.
 */
#ifndef GV_CLI_SETUP_RCBLOCK_H
#define GV_CLI_SETUP_RCBLOCK_H

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

struct gv_rc_found {
	unsigned blocks;
	bool whole;	    /* each has its end */
	bool made_file;	    /* the file was made for it, and nothing else is in it … */
	unsigned made_dirs; /* … and so many directories above it */
	unsigned line;	    /* of the block that is not understood: -GV_EFORMAT */
};

/* Adds to `ret` the text without the blocks that are in it.  -GV_EFORMAT when one has no
 * end, and nobody can say where it should be. */
int gv_rc_remove(const char *text, size_t n, struct gv_buf *ret,
		 struct gv_rc_found *ret_found) GV_MUST GV_NONNULL(3, 4);

/* Adds to `ret` the text with the block in it; older ones must be out already.  `text`
 * NULL: the file is made for it, and so many directories above. */
int gv_rc_insert(const char *text, size_t n, const char *body, enum gv_rc_place place,
		 unsigned made_dirs, struct gv_buf *ret) GV_MUST GV_NONNULL(3, 6);

#endif
