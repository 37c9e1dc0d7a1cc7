// SPDX-License-Identifier: Apache-2.0
/*
 * One HTTP request and its answer.
 */
#ifndef GV_WORKER_FETCH_EXCHANGE_H
#define GV_WORKER_FETCH_EXCHANGE_H

#include "core/worker/fetch/answer.h"
#include "core/worker/fetch/target.h"
#include "core/worker/fetch/transfer.h"

enum gv_outcome {
	GV_DONE,
	GV_AGAIN, /* err says why; may work the next time */
	GV_WHOLE, /* the range did not fit: at once again without it */
	GV_MOVED, /* to `location` */
	GV_FATAL, /* err says why */
	GV_ALONE, /* the parent is gone */
};

struct gv_exchange {
	struct gv_transfer *transfer;
	const struct gv_target *target;
	unsigned hop;			     /* redirects so far */
	const struct gv_target *credentials; /* whose may be sent; NULL: nobody's */

	struct gv_answer answer;
	long status;
	enum { BODY_UNSEEN, BODY_WANTED, BODY_SKIPPED } body;
	bool seen_byte;		 /* of a wanted body */
	enum gv_outcome stopped; /* when a callback ended it; else GV_DONE */
	uint64_t skipped;
	char says[160]; /* the first line of a text/plain answer that is not wanted */
	bool says_all;	/* of that line */
	const char *location; /* libcurl's, until the next request */
};

/* The caller sets the first four members. */
enum gv_outcome gv_exchange_run(struct gv_exchange *x) GV_MUST GV_NONNULL(1);

#endif
