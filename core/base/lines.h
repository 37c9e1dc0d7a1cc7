// SPDX-License-Identifier: Apache-2.0
/*
 * What a program of somebody else's says, cut into lines that are fit to be shown:
 * control characters as `?`, empty lines left out, long ones cut.  The last line is held
 * back, since the message that tells of a failure wants it.
 *
 *	struct gv_lines l = {.say = say, .arg = arg, .left = 1000};
 *	gv_lines_add(&l, data, n);		as the bytes come
 *	last = gv_lines_end(&l);		what was held back; "": it said nothing
 */
#ifndef GV_BASE_LINES_H
#define GV_BASE_LINES_H

#include <stddef.h>

#include "core/base/attr.h"

#define GV_LINE_SHOWN 512 /* bytes, the NUL included */

struct gv_lines {
	void (*say)(void *arg, const char *line); /* NULL: nobody hears it */
	void *arg;
	unsigned left; /* lines that may still be said; what comes then is dropped */
	char line[GV_LINE_SHOWN], last[GV_LINE_SHOWN];
	size_t n;
};

void gv_lines_add(struct gv_lines *l, const char *data, size_t n) GV_NONNULL(1);
const char *gv_lines_end(struct gv_lines *l) GV_NONNULL(1);

#endif
