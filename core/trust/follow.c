// SPDX-License-Identifier: Apache-2.0
#include "core/trust/follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/trust/remembered.h"

int gv_compare_by_tiles(void *arg, const struct gv_head *a, const struct gv_head *b,
			struct gv_err *err)
{
	const struct gv_head *old = a->size < b->size ? a : b;
	const struct gv_head *new = old == a ? b : a;
	struct gv_tiles *tiles = arg;
	struct gv_hash root;
	int r;

	do
		r = gv_merkle_root_before(gv_tiles_read, tiles, new->size, &new->root,
					  old->size, &root);
	while (r == -GV_EVERIFY && gv_tiles_distrust(tiles));
	if (r == -GV_EVERIFY) {
		gv_err_set(err, r,
			   "the tiles of '%s' do not lead to its tree head of %llu "
			   "records",
			   tiles->db->key->name, (unsigned long long)new->size);
		return gv_err_hint(err, "ask the log by another GOPROXY");
	}
	if (r < 0)
		return r;
	return gv_hash_equal(&root, &old->root) ? 0 : 1;
}

static int set_newest(struct gv_newest *newest, const char *note, size_t n,
		      const struct gv_head *head, struct gv_err *err)
{
	newest->note = strndup(note, n);
	newest->head = *head;
	return newest->note ? 0 : gv_err_sys(err, -ENOMEM, "cannot keep the tree head");
}

int gv_newest_load(const struct gv_sumdb *db, struct gv_newest *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_remembered_release) struct gv_remembered was = {.head.size = 0};
	int r = gv_remembered_load(db, &was, err);

	if (r < 0)
		return r;
	*ret = (struct gv_newest){0};
	if (was.head.size == 0)
		return 0;
	return set_newest(ret, was.note.data, was.note.len, &was.head, err);
}

/*
 * Compares the head that came with an answer with the remembered one and saves the
 * larger. 1: the remembered one has changed meanwhile; try again.
 */
static int follow_once(const struct gv_sumdb *db, gv_compare_heads *compare, void *arg,
		       const char *note, size_t n, const struct gv_head *offered,
		       struct gv_newest *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_remembered_release) struct gv_remembered was = {.head.size = 0};
	int r = gv_remembered_load(db, &was, err);

	if (r < 0)
		return r;
#ifdef GV_WITHOUT_REMEMBERED_HEAD /* tests/controls: each answer begins anew */
	was.head.size = 0;
#endif
	if (was.head.size) {
		r = compare(arg, &was.head, offered, err);
		if (r == 1)
			return gv_remembered_fork(db, &was, note, n, err);
		if (r < 0)
			return r;
	}
	if (was.head.size >= offered->size)
		return set_newest(ret, was.note.data, was.note.len, &was.head, err);
	if (db->heads_dir >= 0 && !db->read_only) {
		r = gv_remembered_replace(db, &was, note, n, err);
		if (r != 0)
			return r;
	}
	return set_newest(ret, note, n, offered, err);
}

int gv_follow(const struct gv_sumdb *db, gv_compare_heads *compare, void *arg,
	      const char *note, size_t n, struct gv_newest *ret, struct gv_err *err)
{
	struct gv_head offered;
	int r = gv_head_open(note, n, db->key, &offered, err);

	if (r < 0)
		return r;
	if (offered.size == 0)
		return gv_err_set(err, -GV_EVERIFY,
				  "'%s' shows the tree head of an empty log",
				  db->key->name);
	do
		r = follow_once(db, compare, arg, note, n, &offered, ret, err);
	while (r == 1);
	return r;
}

int gv_prove_inclusion(struct gv_tiles *tiles, const struct gv_head *head,
		       struct gv_record *record)
{
	struct gv_hash leaf = gv_merkle_leaf(record->text, strlen(record->text));
	int r;

	do {
		r = gv_merkle_prove_inclusion(gv_tiles_read, tiles, head->size,
					      record->id, &record->proof);
		if (r == 0)
			r = gv_merkle_check_inclusion(&record->proof, head->size,
						      &head->root, record->id, &leaf);
	} while (r == -GV_EVERIFY && gv_tiles_distrust(tiles));
	return r;
}
