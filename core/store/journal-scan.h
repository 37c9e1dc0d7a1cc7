// SPDX-License-Identifier: Apache-2.0
/*
 * One pass over a journal's bytes: what is a record, what is none, and whether each
 * record follows the one before it.  For core/store/ only.
 */
#ifndef GV_STORE_JOURNAL_SCAN_H
#define GV_STORE_JOURNAL_SCAN_H

#include <sys/types.h>

#include "core/store/journal.h"

/* Longest line that can be a record, in bytes. */
#define GV_JOURNAL_LINE_MAX (64u << 10)

/* What is noted of the end. */
struct gv_journal_head {
	uint64_t bytes;			/* behind the last record; 0: none was noted */
	char hash[GV_JOURNAL_HASH_LEN]; /* of it */
};

/* Where the chain has come to: what is known of the bytes before `at`. */
struct gv_journal_chain {
	uint64_t lines, records;
	uint64_t at;			/* behind the last record */
	char hash[GV_JOURNAL_HASH_LEN]; /* of it; "": none yet */
	struct {
		uint64_t bytes;			  /* behind it that are no record */
		char sha256[GV_JOURNAL_HASH_LEN]; /* of them */
		bool ended;			  /* by a newline */
		bool torn;			  /* looks as a crash leaves it */
	} rest;
};

/*
 * Reads `fd` from chain->at to its end, where chain->rest is set.  `visit` may be NULL.
 * With `head`, *ret_noted (not touched otherwise) says whether a record was the noted
 * one.
 */
int gv_journal_scan(int fd, struct gv_journal_chain *chain,
		    const struct gv_journal_head *head, bool *ret_noted,
		    gv_journal_visit *visit, void *arg) GV_MUST GV_NONNULL(2);

/* 0: it was read.  1: there is none.  -GV_EFORMAT: it does not say what it should. */
int gv_journal_head_load(const struct gv_store *s, struct gv_journal_head *ret)
	GV_MUST GV_NONNULL(1, 2);

/* The journal's fd, or -errno. */
int gv_journal_open(const struct gv_store *s, int flags) GV_MUST GV_NONNULL(1);

#define GV_JOURNAL_FILE "journal"
#define GV_JOURNAL_HEAD "log-heads/journal"
#define GV_JOURNAL_LOCK "locks/journal"

#endif
