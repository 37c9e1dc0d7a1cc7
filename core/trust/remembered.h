// SPDX-License-Identifier: Apache-2.0
/*
 * The remembered head of a checksum database: the signed note itself, in the file
 * "<log's file name>" of db->heads_dir.
 */
#ifndef GV_TRUST_REMEMBERED_H
#define GV_TRUST_REMEMBERED_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/trust/note.h"
#include "core/trust/sumdb.h"

struct gv_remembered {
	struct gv_buf note; /* empty: nothing is remembered */
	struct gv_head head;
};

/* 0, also when nothing is remembered yet.  What is there and cannot be used, a damaged
 * file or one signed by another key, is an error: to trust whatever the log says now
 * would undo what the head is kept for. */
int gv_remembered_load(const struct gv_sumdb *db, struct gv_remembered *ret,
		       struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);
void gv_remembered_release(struct gv_remembered *r);

/*
 * Replaces `was` by a note that was shown to continue it.  0: done.  1: another process
 * has changed it meanwhile, nothing was done: load and compare again.
 */
int gv_remembered_replace(const struct gv_sumdb *db, const struct gv_remembered *was,
			  const char *note, size_t n, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 5);

/* For how many seconds the head has been what it is, by the clock of the file system; 0
 * when that cannot be told, and in a store that is only read, in which no head grows. */
int64_t gv_remembered_age(const struct gv_sumdb *db) GV_NONNULL(1);

/* The log has contradicted itself: leaves both notes on disk and says so.  Returns
 * -GV_EVERIFY. */
int gv_remembered_fork(const struct gv_sumdb *db, const struct gv_remembered *was,
		       const char *note, size_t n, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 5);

#endif
