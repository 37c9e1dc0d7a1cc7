// SPDX-License-Identifier: Apache-2.0
/*
 * The fields of an answer's head that govern looks at (RFC 9110), line by line as they
 * come.
 */
#ifndef GV_WORKER_FETCH_ANSWER_H
#define GV_WORKER_FETCH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"
#include "core/worker/wire.h"

struct gv_answer {
	size_t head_bytes; /* all heads of this exchange, interim answers included */
	bool ended;	   /* the blank line behind the head has come */
	const char *contradicts; /* a field that is malformed or there twice; or NULL */
	bool has_length;
	uint64_t length;
	bool chunked;	/* has a Transfer-Encoding: `length` says nothing */
	bool has_range; /* a Content-Range with a range */
	uint64_t range_from, range_to; /* inclusive */
	bool unsatisfied;	       /* a Content-Range with a star for the range */
	uint64_t range_total;	       /* of both forms; 0: not told */
	long retry_after;	 /* seconds from now, capped at a year; -1: not there */
	char etag[GV_WIRE_ETAG]; /* ""; also when it is longer */
	char last_modified[GV_WIRE_DATE];
	char type[128];	   /* Content-Type */
	char encoding[32]; /* Content-Encoding */
};

void gv_answer_init(struct gv_answer *a) GV_NONNULL(1);
/* One line of the head, with or without its line end.  A status line begins a new answer.
 * False: this head does not end. */
bool gv_answer_line(struct gv_answer *a, const char *line, size_t n)
	GV_MUST GV_NONNULL(1, 2);

#endif
