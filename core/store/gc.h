// SPDX-License-Identifier: Apache-2.0
/*
 * What lies in a store, for all platforms, and nobody needs: the trash, the stages of
 * commands that were killed, and their temporary files.
 */
#ifndef GV_STORE_GC_H
#define GV_STORE_GC_H

#include "core/store/store.h"

enum gv_gc_kind { GV_GC_TRASH, GV_GC_STAGING, GV_GC_TEMPORARY, GV_GC_KINDS };

struct gv_gc_sum {
	uint64_t n, bytes; /* trees, or files */
};

/*
 * Heals the store for each platform in it (gv_store_heal()) and empties the trash; a stage
 * that somebody fills, and what is open on NFS, stays.  With `dry` all that is only looked
 * for.  ret[kind] is what went, or would go.  -errno: it could not be looked at.
 */
int gv_store_gc(struct gv_store *s, bool dry, struct gv_gc_sum ret[GV_GC_KINDS],
		struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4);

#endif
