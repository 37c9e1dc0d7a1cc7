// SPDX-License-Identifier: Apache-2.0
/*
 * The generations that are kept: what the pointers were, who changed them, and which of
 * these numbers go.
 *
 *	struct gv_history h = {0};
 *	gv_history_load(s, &h, &err)
 *	gv_history_release(&h)
 */
#ifndef GV_STORE_HISTORY_H
#define GV_STORE_HISTORY_H

#include "core/json/json.h"
#include "core/store/pointers.h"

struct gv_generation {
	struct gv_pointers pointers; /* and their number */
	/* generation.json: schema, generation, previous, time, user, host, command,
	 * reason, and returned_to of a rollback.  NULL: it cannot be read. */
	struct gv_json *note;
};

struct gv_history {
	struct gv_generation *items; /* the oldest first */
	size_t n;
	uint64_t current; /* the number in force; 0: none */
};

/* All that there are; none in a store that never had pointers. */
int gv_history_load(const struct gv_store *s, struct gv_history *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
void gv_history_release(struct gv_history *h);
/* The one with this number, or NULL. */
const struct gv_generation *gv_history_find(const struct gv_history *h, uint64_t number)
	GV_NONNULL(1);

#endif
