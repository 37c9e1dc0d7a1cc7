// SPDX-License-Identifier: Apache-2.0
/*
 * The one tree head of a checksum database that this store believes in: the largest seen
 * so far.  Each new one is compared with it before anything else is believed, and takes
 * its place when it is larger.  For core/trust/ only.
 */
#ifndef GV_TRUST_FOLLOW_H
#define GV_TRUST_FOLLOW_H

#include "core/trust/sumdb.h"
#include "core/trust/tile.h"

/* Whether the smaller of two signed trees is the beginning of the larger one.  0: it
 * is; 1: it is not, which is a fork; negative, with err: that cannot be told. */
typedef int gv_compare_heads(void *arg, const struct gv_head *remembered,
			     const struct gv_head *offered, struct gv_err *err);

/* By tiles of the larger one; `arg` is a gv_tiles.  -GV_EVERIFY: the tiles do not lead to
 * its head; errors of reading them. */
int gv_compare_by_tiles(void *arg, const struct gv_head *remembered,
			const struct gv_head *offered, struct gv_err *err) GV_MUST;

/* The head to trust from now on. */
struct gv_newest {
	char *note; /* on the heap; NULL: there is none */
	struct gv_head head;
};

/* Opens the note, compares, and saves the larger one, which is *ret.  A fork is
 * -GV_EVERIFY, and left on disk. */
int gv_follow(const struct gv_sumdb *db, gv_compare_heads *compare, void *arg,
	      const char *note, size_t n, struct gv_newest *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 6, 7);
/* What is remembered; ret->note is NULL when nothing is. */
int gv_newest_load(const struct gv_sumdb *db, struct gv_newest *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/* Sets record->proof, of its id and text in the tree of `head`.  -GV_EVERIFY, without a
 * sentence: what the tiles give does not prove it. */
int gv_prove_inclusion(struct gv_tiles *tiles, const struct gv_head *head,
		       struct gv_record *record) GV_MUST GV_NONNULL(1, 2, 3);

#endif
