// SPDX-License-Identifier: Apache-2.0
/*
 * A client of Go's checksum database (https://go.dev/design/25530-sumdb).
 *
 * The client parses and decides; bytes come through a callback, so that it knows nothing
 * of HTTP, proxies or files.  The tree head seen last is remembered in a directory of the
 * store, "<log's file name>", and must only grow; a head that does not fit is a fork:
 * both notes are left beside it ("<log>.fork-<digits>", never overwritten), the message
 * prints them, and nothing else is asked.  Answers with heads older than the remembered
 * one are normal: they must be the beginning of it.
 *
 * A log that cannot be reached is an error of its own kind (what the callback returned),
 * never a proof; one that contradicts is -GV_EVERIFY.
 */
#ifndef GV_TRUST_SUMDB_H
#define GV_TRUST_SUMDB_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/trust/record.h"

/*
 * The GOSUMDB setting, in Go's grammar: "name", "name+hash+key", either followed by a
 * blank and a URL; "off"; sum.golang.google.cn is an alias of sum.golang.org at its own
 * URL. A name alone must be one whose key is built in.
 */
struct gv_sumdb_setting {
	bool off;
	struct gv_vkey key;
	char url[1024]; /* given explicitly: asked directly, without proxies; else "" */
	char direct[1024]; /* where the log answers itself, "https://<name>" */
};

/* -GV_EUSAGE with a message that names the value. */
int gv_sumdb_setting_parse(const char *s, struct gv_sumdb_setting *ret,
			   struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);

/*
 * Fetches `path` ("/lookup/…", "/tile/8/…", "/latest") of the log, at most ret->max
 * bytes. -GV_EGONE for 404 and 410; other failures as they are, with err set.
 */
typedef int gv_sumdb_get(void *arg, const char *path, struct gv_buf *ret,
			 struct gv_err *err);

/*
 * A log has no expiry: whoever stands between can show an old head for ever and hide what
 * was recorded since.  When the remembered head has not grown for so long, the log is
 * also asked for "/latest"; when that does not help, the caller is told.
 */
enum { GV_LOG_QUIET_DAYS = 7 };

struct gv_sumdb {
	const struct gv_vkey *key;
	gv_sumdb_get *get;
	void *get_arg;
	int heads_dir;	/* <root>/log-heads, or -1: nothing is remembered */
	bool read_only; /* heads are compared with, not saved */
	int cache_dir;	/* for full tiles, below "<log's file name>/tile/8/"; or -1 */
	/* When not NULL: for how many days the head has not grown, once they are
	 * GV_LOG_QUIET_DAYS; else 0. */
	unsigned *ret_quiet_days;
};

/*
 * Looks up the toolchain module, follows the head, proves the record.  0 and *ret (the
 * caller releases it) with the h1 that the log states; -GV_EVERIFY for any contradiction;
 * -GV_ENOTFOUND when the log does not know the version.
 */
int gv_sumdb_lookup(const struct gv_sumdb *db, const char *version, const char *platform,
		    struct gv_record *ret, char ret_h1[GV_H1_LEN], struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4, 6);

/* A tree that is the beginning of another one, and the proof of that. */
struct gv_beginning {
	struct gv_head head;
	struct gv_proof proof;
};

/*
 * A head that came without the log, with proofs of which trees are the beginnings of its
 * own: compared with the remembered one, and remembered when it is larger.  Nothing is
 * asked.  -GV_EVERIFY: a fork, a bad signature, or a proof that does not hold;
 * -GV_EREMOTE: none of the proofs is about the remembered tree.
 */
int gv_sumdb_follow(const struct gv_sumdb *db, const char *note,
		    const struct gv_beginning *beginnings, size_t n, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 5);

/*
 * Proves `records`, which were proven in older trees, anew, all in one: the remembered
 * tree, or the log's present one when a size is beyond that.  Their heads and proofs are
 * replaced; gv_record_check() has the last word on them.  beginnings[i].head.size is the
 * size of a tree, the rest is filled in: what gv_sumdb_follow() wants of who remembers
 * that tree.  Errors are those of gv_sumdb_lookup(); -GV_ENOTFOUND: a size is beyond the
 * log's.
 */
int gv_sumdb_renew(const struct gv_sumdb *db, struct gv_record *records, size_t n_records,
		   struct gv_beginning *beginnings, size_t n, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 6);

#endif
