// SPDX-License-Identifier: Apache-2.0
/*
 * What lists show of a toolchain, without parsing its receipt each time: that takes 60 us
 * (JSON, and a proof of many hashes in it), and a store may have hundreds of them.
 *
 *	gv_summaries_open(store, cache_dir, &all);
 *	gv_summary_get(all, name, &summary, &err);	for each name
 *	gv_summaries_close(all);			remembers what was new
 *
 * Remembered in the user's cache, in one file for the receipts of a store and platform;
 * an entry counts as long as the receipt is the very file it was taken from (inode, size,
 * times of change: a receipt is only ever replaced by a rename, as git's index has it).
 * For showing only: whatever decides by the trust of a toolchain reads its receipt.
 */
#ifndef GV_STORE_SUMMARY_H
#define GV_STORE_SUMMARY_H

#include "core/store/receipt.h"

struct gv_summary {
	char name[GV_NAME_MAX];
	char source[GV_WORD_MAX]; /* "": not known */
	char h1[GV_WORD_MAX];
	enum gv_trust trust;
	bool adopted;
	uint64_t bytes;
	int64_t installed_at; /* seconds since 1970 */
};

struct gv_summaries;

/* `cache_dir` is borrowed; -1: nothing is remembered.  -ENOMEM. */
int gv_summaries_open(const struct gv_store *s, int cache_dir, struct gv_summaries **ret)
	GV_MUST GV_NONNULL(1, 3);
/* As gv_receipt_load(). */
int gv_summary_get(struct gv_summaries *all, const char *name, struct gv_summary *ret,
		   struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);
void gv_summaries_close(struct gv_summaries *all);

#endif
