// SPDX-License-Identifier: Apache-2.0
/*
 * Rule 5: the nearest directory with a pin file.
 */
#ifndef GV_RESOLVE_PIN_H
#define GV_RESOLVE_PIN_H

#include "core/resolve/run.h"
#include "core/resolve/walk.h"

/* Bytes; a larger file is refused. */
#define GV_PIN_MAX	     4096
#define GV_TOOL_VERSIONS_MAX 65536

/*
 * Walks up from where `w` stands, whose buffer is choice->text, and ends the walk.  0:
 * the pin was found (and chosen from, unless `only_parse`); GV_NEXT: there is none; else
 * an error that is set.
 */
int gv_pin_find(struct gv_run *run, struct gv_walk *w, bool only_parse)
	GV_MUST GV_NONNULL(1, 2);

/* Sets choice->file, where that has been put off: before a sentence that names it. */
void gv_pin_place(struct gv_run *run) GV_NONNULL(1);

/*
 * Reads what is in a pin file, at most `max` bytes of a regular file, into `ret`, where
 * `max` + 1 have room.  `plain`: no link was followed to open it.
 * -EISDIR, -EINVAL (not a regular file), -EFBIG, or what read(2) says.
 */
int gv_pin_read(int fd, bool plain, char *ret, size_t max, size_t *ret_n)
	GV_MUST GV_NONNULL(3, 5);

#endif
