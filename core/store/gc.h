// SPDX-License-Identifier: Apache-2.0
/*
 * What lies in a store, for all platforms, and nobody needs: the trash, the stages of
 * commands that were killed, their temporary files, and the oldest generations.
 */
#ifndef GV_STORE_GC_H
#define GV_STORE_GC_H

#include "core/store/store.h"

enum gv_gc_kind {
	GV_GC_TRASH,
	GV_GC_STAGING,
	GV_GC_TEMPORARY,
	GV_GC_GENERATIONS,
	GV_GC_KINDS
};

struct gv_gc_sum {
	uint64_t n, bytes; /* trees, or files */
};

struct gv_gc {
	bool dry;		   /* only look */
	uint64_t keep_generations; /* beside the one in force (core/store/expire.h) */
	/* Told of the store of each platform whose generations went, and the highest that
	 * did, when it is gone; NULL: nobody is. */
	void (*expired)(void *arg, const struct gv_store *s, uint64_t until);
	void *arg;
};

/*
 * Heals the store for each platform in it (gv_store_heal()) and empties the trash; a
 * stage that somebody fills, and what is open on NFS, stays.  Generations that are not
 * kept go.  With `dry` all that is only looked for.  ret[kind] is what went, or would go.
 * -errno: it could not be looked at.
 */
int gv_store_gc(struct gv_store *s, const struct gv_gc *how,
		struct gv_gc_sum ret[GV_GC_KINDS], struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
