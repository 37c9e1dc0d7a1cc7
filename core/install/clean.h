// SPDX-License-Identifier: Apache-2.0
/*
 * What lies in the user's cache and is of no more use.  All of it could be fetched anew:
 * who loses something here loses time.
 *
 *	partial/    interrupted downloads: nobody went on with them for a week
 *	archives/   those kept by store.keep_cache: all, once that is off
 *	lists/, releases/, <database>/tile/, list-*   not renewed for 30 days
 *
 * Files that anybody else put there stay.
 */
#ifndef GV_INSTALL_CLEAN_H
#define GV_INSTALL_CLEAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/attr.h"

enum gv_clean_kind {
	GV_CLEAN_PARTIAL,
	GV_CLEAN_ARCHIVES,
	GV_CLEAN_LISTS,
	GV_CLEAN_TILES,
	GV_CLEAN_TEMPORARY,
	GV_CLEAN_KINDS,
};

struct gv_clean_sum {
	uint64_t files, bytes;
};

struct gv_clean {
	bool dry;	    /* only count */
	bool all;	    /* of whatever age; not what is being written */
	bool keep_archives; /* store.keep_cache */
	struct gv_clean_sum sums[GV_CLEAN_KINDS]; /* what went, or would go */
};

/* -errno; -GV_EINTERRUPTED.  `c->sums` is right as far as it came. */
int gv_clean_cache(int cache_dir, struct gv_clean *c) GV_MUST GV_NONNULL(2);

#endif
