// SPDX-License-Identifier: Apache-2.0
/* Proofs that travel without the log: how they are met, and how they are made. */
#include "core/trust/sumdb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/trust/follow.h"
#include "core/trust/tile.h"

/* -- met ----------------------------------------------------------------------------- */

struct beginnings {
	const struct gv_sumdb *db;
	const struct gv_beginning *items;
	size_t n;
};

static int by_beginnings(void *arg, const struct gv_head *remembered,
			 const struct gv_head *offered, struct gv_err *err)
{
	const struct beginnings *b = arg;

	if (remembered->size == offered->size)
		return gv_hash_equal(&remembered->root, &offered->root) ? 0 : 1;
	for (size_t i = 0; i < b->n; i++) {
		const struct gv_head *old = &b->items[i].head;

		if (old->size != remembered->size)
			continue;
		if (gv_merkle_check_consistency(&b->items[i].proof, offered->size,
						&offered->root, old->size,
						&old->root) < 0)
			return gv_err_set(
				err, -GV_EVERIFY,
				"the tree of %llu records of '%s' is not proven to be "
				"the beginning of that of %llu records",
				(unsigned long long)old->size, b->db->key->name,
				(unsigned long long)offered->size);
		return gv_hash_equal(&old->root, &remembered->root) ? 0 : 1;
	}
	return gv_err_set(
		err, -GV_EREMOTE,
		"the tree head of '%s' with %llu records cannot be compared "
		"with the remembered one of %llu records without asking the log",
		b->db->key->name, (unsigned long long)offered->size,
		(unsigned long long)remembered->size);
}

int gv_sumdb_follow(const struct gv_sumdb *db, const char *note,
		    const struct gv_beginning *beginnings, size_t n, struct gv_err *err)
{
	struct beginnings b = {.db = db, .items = beginnings, .n = n};
	struct gv_newest newest = {0};
	int r = gv_follow(db, by_beginnings, &b, note, strlen(note), &newest, err);

	free(newest.note);
	return r;
}

/* -- made ---------------------------------------------------------------------------- */

static int follow_latest(const struct gv_sumdb *db, struct gv_tiles *tiles,
			 struct gv_newest *newest, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf note = GV_BUF_INIT(GV_NOTE_MAX);
	struct gv_newest latest = {0};
	int r = db->get(db->get_arg, "/latest", &note, err);

	if (r == 0)
		r = gv_follow(db, gv_compare_by_tiles, tiles, note.data ? note.data : "",
			      note.len, &latest, err);
	if (r < 0)
		return r;
	free(newest->note);
	*newest = latest;
	return 0;
}

/* The head in which all is to be proven. */
static int choose_head(const struct gv_sumdb *db, struct gv_tiles *tiles,
		       uint64_t at_least, struct gv_newest *ret, struct gv_err *err)
{
	int r = gv_newest_load(db, ret, err);

	if (r == 0 && (!ret->note || ret->head.size < at_least))
		r = follow_latest(db, tiles, ret, err);
	if (r == 0 && ret->head.size < at_least)
		r = gv_err_set(err, -GV_ENOTFOUND, "'%s' has %llu records, not %llu",
			       db->key->name, (unsigned long long)ret->head.size,
			       (unsigned long long)at_least);
	return r;
}

static int do_not_lead(const struct gv_sumdb *db, const struct gv_head *head,
		       struct gv_err *err)
{
	gv_err_set(err, -GV_EVERIFY,
		   "the tiles of '%s' do not lead to its tree head of %llu records",
		   db->key->name, (unsigned long long)head->size);
	return gv_err_hint(err, "ask the log by another GOPROXY");
}

static int renew_record(struct gv_tiles *tiles, const struct gv_newest *newest,
			struct gv_record *record, struct gv_err *err)
{
	struct gv_record renewed = *record;
	char *note;
	int r = gv_prove_inclusion(tiles, &newest->head, &renewed);

	if (r == -GV_EVERIFY)
		return do_not_lead(tiles->db, &newest->head, err);
	if (r < 0)
		return r;
	note = strdup(newest->note);
	if (!note)
		return gv_err_sys(err, -ENOMEM, "cannot keep the tree head");
	record->proof = renewed.proof;
	free(record->head);
	record->head = note;
	return 0;
}

static int prove_beginning(struct gv_tiles *tiles, const struct gv_head *head,
			   struct gv_beginning *b, struct gv_err *err)
{
	uint64_t size = b->head.size;
	int r;

	do
		r = gv_merkle_root_before(gv_tiles_read, tiles, head->size, &head->root,
					  size, &b->head.root);
	while (r == -GV_EVERIFY && gv_tiles_distrust(tiles));
	if (r == 0)
		r = gv_merkle_prove_consistency(gv_tiles_read, tiles, head->size, size,
						&b->proof);
	return r == -GV_EVERIFY ? do_not_lead(tiles->db, head, err) : r;
}

int gv_sumdb_renew(const struct gv_sumdb *db, struct gv_record *records, size_t n_records,
		   struct gv_beginning *beginnings, size_t n, struct gv_err *err)
{
	struct gv_err failed = GV_ERR_INIT;
	struct gv_tiles tiles = gv_tiles_of(db, &failed);
	struct gv_newest newest = {0};
	uint64_t at_least = 1;
	int r;

	for (size_t i = 0; i < n; i++)
		if (beginnings[i].head.size > at_least)
			at_least = beginnings[i].head.size;
	for (size_t i = 0; i < n_records; i++)
		if (records[i].id >= at_least)
			at_least = records[i].id + 1;
	r = choose_head(db, &tiles, at_least, &newest, &failed);
	for (size_t i = 0; i < n && r == 0; i++)
		r = prove_beginning(&tiles, &newest.head, &beginnings[i], &failed);
	for (size_t i = 0; i < n_records && r == 0; i++)
		r = renew_record(&tiles, &newest, &records[i], &failed);
	if (r == 0)
		gv_tiles_save(&tiles);
	gv_tiles_release(&tiles);
	free(newest.note);
	if (r < 0)
		*err = failed;
	return r;
}
