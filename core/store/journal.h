// SPDX-License-Identifier: Apache-2.0
/*
 * The journal: what changed in a store, when, and by whom.
 *
 * <root>/journal has one JSON object a line, only ever added to:
 *
 *	schema    1
 *	previous  SHA-256 of the line before it, its newline included; null in the first
 *	skipped   {bytes, sha256} of what lies between the two, when a crash cut a line off
 *	time, user, host, platform, command
 *	event     install, build, adopt, uninstall, default, tag, tag-delete, hold, hold-delete,
 *	          rollback, expire (of generations), upgrade, upgrade-undone, promote,
 *	          verify, setup, setup-remove; deny, allow: by policy, whose rule `source`
 *	          names; refused: by the hook that `source` names
 *	and what is known of version, tag, before, h1, trust, source, generation, reason
 *
 * so that nothing but the end can be changed, left out or moved without a trace, and
 * `sed -n 41p journal | sha256sum` is what line 42 must say.  What the end is, is noted
 * beside it, in log-heads/journal ("<bytes> <SHA-256 of the last line>\n"), after each
 * line.  The next line goes on from that note and not from what is found: so a line that
 * was lost or changed is still seen when others have followed it.
 *
 * Who adds a line holds the lock locks/journal, on all machines where locks reach.  The
 * line is durable when the call returns.  A crash leaves it, a part of it, or nothing,
 * and the note at most behind it: all of these are as good as whole.
 */
#ifndef GV_STORE_JOURNAL_H
#define GV_STORE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/json/json.h"
#include "core/store/store.h"

/* What one line tells.  NULL: nothing to tell. */
struct gv_journal_entry {
	const char *command; /* as it was typed, without secrets */
	const char *event;   /* never NULL */
	const char *version; /* "go1.22.5" */
	const char *tag;     /* without "@" */
	const char
		*before; /* what the default or the tag named, or the trust, until now */
	const char *h1, *trust, *source;
	const char *reason;  /* why, in the user's words */
	uint64_t generation; /* of pointers, that was gone back to; 0: none */
};

/* Adds it; does nothing in a store that cannot be written.  What it tells of is done:
 * the error is worth a warning, and undoes nothing. */
int gv_journal_append(const struct gv_store *s, const struct gv_journal_entry *e,
		      struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);
/* The same; `ret`, which is empty, gets the line as it was written, and stays empty where
 * nothing was. */
int gv_journal_append_line(const struct gv_store *s, const struct gv_journal_entry *e,
			   struct gv_buf *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

#define GV_JOURNAL_HASH_LEN 65 /* 64 hexadecimal digits and a NUL */

/* A record; or a stretch of lines that are none, which is told when its end is known. */
struct gv_journal_line {
	uint64_t number; /* of the line, or the first of the stretch; from 1 */
	const struct gv_json *record; /* NULL: none */
	bool torn;	   /* none, because a crash cut it off: no harm was done */
	const char *wrong; /* why it is not as it was written; NULL: it is */
	char hash[GV_JOURNAL_HASH_LEN]; /* of the line; "": no record */
};

/* Makes durable what was read, which another process may just have written: what is
 * signed, or noted elsewhere, must outlive a loss of power with what it is of. */
int gv_journal_sync(const struct gv_store *s, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2);

/* A negative answer ends the reading and is returned. */
typedef int gv_journal_visit(void *arg, const struct gv_journal_line *line);

struct gv_journal_end {
	uint64_t records;
	char head[GV_JOURNAL_HASH_LEN]; /* of the last of them; "": there is none */
	const char *wrong; /* why this is not the end that was noted; NULL: it is */
};

/*
 * Reads all of it, oldest first, and follows the chain.  Takes no lock: a line that is
 * being written may be seen as torn.  A store without a journal has an empty one.
 */
int gv_journal_read(const struct gv_store *s, gv_journal_visit *visit, void *arg,
		    struct gv_journal_end *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4, 5);

#endif
