// SPDX-License-Identifier: Apache-2.0
/*
 * What a source plugin answers on its stdout, version 1 of the protocol
 * (docs/PLUGINS.md):
 *
 *	govern-source 1				always first
 *	version go1.22.5			to `list`: one for each release
 *	url https://host/go1.22.5.tar.gz	to `locate`: a candidate, the best one first;
 *	file /srv/go/go1.22.5.tar.gz
 *	stream					the archive is what `fetch` prints
 *	sha256 HEX				of the candidate before it
 *	size BYTES				the same
 *	end					always last
 *
 * Each line, the last one too, ends with a newline, has at most 4096 bytes with it and no
 * control characters; one blank stands between a keyword and its value.  Whatever is not
 * of this form discards the answer: -GV_EFORMAT, which says the number of the line.
 */
#ifndef GV_PLUGINS_EXEC_ANSWER_H
#define GV_PLUGINS_EXEC_ANSWER_H

#include "core/install/source.h"

#define GV_EXEC_ANSWER_MAX     (1u << 20) /* bytes */
#define GV_EXEC_LINE_MAX       4096	  /* bytes, with the newline */
#define GV_EXEC_CANDIDATES_MAX 16

/* `who` is "exec:NAME", for messages. */
int gv_exec_read_list(const char *text, size_t n, const char *who,
		      struct gv_releases *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4, 5);
/* No candidate is no error.  `program` is who answers: it prints a `stream`; it
 * is copied. */
int gv_exec_read_candidates(const char *text, size_t n, const char *who, char *program,
			    struct gv_candidates *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4, 5, 6);

#endif
