// SPDX-License-Identifier: Apache-2.0
/*
 * Archives kept aside while they arrive, so that an interrupted download goes on where it
 * ended: <cache>/partial/<key>-<file name>.  With store.keep_cache a finished one stays
 * as <cache>/archives/<key>-<file name> and is used instead of the network.
 *
 * All of this may fail and nothing depends on it: without a cache, on a full disk, or
 * when another process has the file, there is simply nothing to go on from.  What is in
 * the cache is trusted no more than what comes over the network, and the real proxies
 * give no validator, so that two halves may not fit: whoever goes on from a partial must
 * be able to tell by a digest or the log, and begins again when it does not hold.
 */
#ifndef GV_INSTALL_PARTIAL_H
#define GV_INSTALL_PARTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/attr.h"

struct gv_partial {
	int cache_dir;	/* borrowed */
	int fd;		/* -1: none */
	char name[200]; /* without the directory */
	uint64_t size;	/* bytes in it when it was opened */
	bool complete;	/* a kept archive: it is all there */
};

#define GV_PARTIAL_INIT ((struct gv_partial){.cache_dir = -1, .fd = -1})

/* cache_dir may be -1. */
void gv_partial_open(int cache_dir, const char *url, struct gv_partial *ret)
	GV_NONNULL(2, 3);
/* From its beginning, in order; 0 at the end.  -errno. */
ssize_t gv_partial_read(struct gv_partial *p, void *data, size_t n) GV_MUST GV_NONNULL(1);
/* Adds at the end; what cannot be written ends the keeping. */
void gv_partial_add(struct gv_partial *p, const void *data, size_t n) GV_NONNULL(1);
/* Empty again. */
void gv_partial_restart(struct gv_partial *p) GV_NONNULL(1);
/* All bytes are there and were taken: removes it, or keeps it as an archive. */
void gv_partial_finish(struct gv_partial *p, bool keep) GV_NONNULL(1);
/* Removes it, and the archive kept under this name. */
void gv_partial_discard(struct gv_partial *p) GV_NONNULL(1);
/* Leaves what there is for another time. */
void gv_partial_close(struct gv_partial *p) GV_NONNULL(1);

#endif
