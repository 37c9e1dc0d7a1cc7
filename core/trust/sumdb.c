// SPDX-License-Identifier: Apache-2.0
#include "core/trust/sumdb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/trust/follow.h"
#include "core/trust/module.h"
#include "core/trust/remembered.h"
#include "core/trust/tile.h"

/* -- asking -------------------------------------------------------------------------- */

static int ask(const struct gv_sumdb *db, const char *module_version,
	       struct gv_buf *answer, struct gv_answer *ret, struct gv_err *err)
{
	char path[64 + 2 * GV_MODULE_VERSION_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));
	int r;

	gv_text_add(&t, "/lookup/" GV_MODULE_PATH "@");
	gv_module_escape(&t, module_version, strlen(module_version));
	r = db->get(db->get_arg, path, answer, err);
	if (r == -GV_EGONE)
		return gv_err_set(err, -GV_ENOTFOUND, "'%s' does not know %s %s",
				  db->key->name, GV_MODULE_PATH, module_version);
	if (r < 0)
		return r;
	if (!answer->data || gv_answer_parse(answer->data, answer->len, ret) < 0)
		return gv_err_set(err, -GV_EFORMAT,
				  "the answer of '%s' about %s is not a record",
				  db->key->name, module_version);
	return 0;
}

/* -- proving ------------------------------------------------------------------------- */

static int follow(const struct gv_sumdb *db, struct gv_tiles *tiles, const char *note,
		  size_t n, struct gv_newest *ret, struct gv_err *err)
{
	return gv_follow(db, gv_compare_by_tiles, tiles, note, n, ret, err);
}

/*
 * An answer about an old record may come from a cache, with the head of its day; only
 * "/latest" has to be new.  What does not answer properly there leaves all as it is: the
 * head that we have is signed, and the caller is told of its age.
 */
static int follow_latest(const struct gv_sumdb *db, struct gv_tiles *tiles,
			 struct gv_newest *newest, struct gv_err *err)
{
	enum { DAY_S = 24 * 60 * 60 };
	GV_CLEANUP(gv_buf_release) struct gv_buf note = GV_BUF_INIT(GV_NOTE_MAX);
	struct gv_newest latest = {0};
	int r;

	*db->ret_quiet_days = 0;
	if (gv_remembered_age(db) < GV_LOG_QUIET_DAYS * DAY_S)
		return 0;
	r = db->get(db->get_arg, "/latest", &note, err);
	if (r == 0)
		r = follow(db, tiles, note.data ? note.data : "", note.len, &latest, err);
	if (r == -GV_EVERIFY || r == -GV_EINTERRUPTED)
		return r;
	if (r == 0) {
		free(newest->note);
		*newest = latest;
	} else {
		*err = GV_ERR_INIT;
	}
	*db->ret_quiet_days = (unsigned)(gv_remembered_age(db) / DAY_S);
	return 0;
}

static int lookup(const struct gv_sumdb *db, struct gv_tiles *tiles,
		  const struct gv_answer *a, const char *version, const char *platform,
		  struct gv_record *record, char ret_h1[GV_H1_LEN], struct gv_err *err)
{
	struct gv_newest newest = {0};
	int r = follow(db, tiles, a->note, a->note_len, &newest, err);

	if (r == 0 && db->ret_quiet_days)
		r = follow_latest(db, tiles, &newest, err);
	if (r < 0) {
		free(newest.note);
		return r;
	}
	record->head = newest.note;
	record->id = a->id;
	record->text = strndup(a->text, a->text_len);
	if (!record->text)
		return gv_err_sys(err, -ENOMEM, "cannot keep the record");
	_Static_assert(sizeof(record->log) == sizeof(db->key->text), "room for the key");
	memcpy(record->log, db->key->text, sizeof(record->log));
	r = gv_prove_inclusion(tiles, &newest.head, record);
	if (r < 0 && r != -GV_EVERIFY)
		return r;
	/* The last word, here as offline years later; it also says what is wrong with a
	 * proof that does not hold. */
	return gv_record_check(record, db->key, version, platform, ret_h1, err);
}

int gv_sumdb_lookup(const struct gv_sumdb *db, const char *version, const char *platform,
		    struct gv_record *ret, char ret_h1[GV_H1_LEN], struct gv_err *err)
{
	struct gv_buf answer = GV_BUF_INIT(GV_RECORD_MAX + GV_NOTE_MAX + 64);
	struct gv_record record = {.id = 0};
	char module_version[GV_MODULE_VERSION_MAX];
	/* What fails on the way may succeed at the second try: the caller's error is
	 * touched only at the end. */
	struct gv_err failed = GV_ERR_INIT;
	struct gv_tiles tiles = gv_tiles_of(db, &failed);
	struct gv_answer a;
	int r;

	if (gv_module_version(version, platform, module_version) < 0)
		r = gv_err_set(&failed, -GV_ENOTFOUND, "'%s' cannot know '%s' for '%s'",
			       db->key->name, version, platform);
	else
		r = ask(db, module_version, &answer, &a, &failed);
	if (r == 0)
		r = lookup(db, &tiles, &a, version, platform, &record, ret_h1, &failed);
	if (r == 0)
		gv_tiles_save(&tiles);
	gv_tiles_release(&tiles);
	gv_buf_release(&answer);
	if (r < 0) {
		*err = failed;
		gv_record_release(&record);
	} else {
		*ret = record;
	}
	return r;
}
