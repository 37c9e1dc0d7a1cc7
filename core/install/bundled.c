// SPDX-License-Identifier: Apache-2.0
#include "core/install/bundled.h"

#include <errno.h>
#include <string.h>

#include "core/base/file.h"
#include "core/install/bundle.h"
#include "core/install/evidence.h"
#include "core/install/log.h"

/* One by another log says nothing here. */
static int check_log(const struct gv_install *in, const struct gv_bundle_item *item,
		     struct gv_err *err)
{
	const struct gv_vkey *key = &in->sumdb->key;
	const char *log = item->record.log;

#ifdef GV_WITHOUT_BUNDLE /* tests/controls: the bundle says whose key counts */
	return 0;
#endif
	if (strcmp(log, key->text) == 0)
		return 0;
	gv_err_set(err, -GV_EVERIFY,
		   "the proof of %s in '%s' is by the log '%.*s', and the one in force "
		   "here is '%s'",
		   item->name, in->bundle->path, (int)strcspn(log, "+"), log, key->name);
	return gv_err_hint(err, "govern env trust.sumdb");
}

/*
 * Whether this store has a toolchain that was proven in the tree of the very same head:
 * then they were compared.  So what an older bundle has can still be installed when the
 * head of a newer one is remembered.
 */
static bool met_before(const struct gv_install *in, const struct gv_record *record)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct gv_err ignored = GV_ERR_INIT;
	bool met = false;

	if (gv_store_list(in->store, &names, &ignored) < 0)
		return false;
	for (size_t i = 0; i < names.n && !met; i++) {
		struct gv_receipt r;

		if (gv_receipt_load(in->store, names.items[i], &r, &ignored) < 0)
			continue;
		met = r.has_record && strcmp(r.record.log, record->log) == 0 &&
		      strcmp(r.record.head, record->head) == 0;
		gv_receipt_release(&r);
	}
	return met;
}

static int follow(const struct gv_install *in, const struct gv_record *record,
		  struct gv_err *err)
{
	const struct gv_bundle *b = in->bundle;
	struct gv_err why = GV_ERR_INIT;
	struct gv_sumdb db;
	int r = gv_log_db(in, &db, err);

	if (r < 0)
		return r;
	r = gv_sumdb_follow(&db, record->head, b->beginnings, b->n_beginnings, &why);
	gv_close(&db.heads_dir);
	if (r == -GV_EREMOTE && met_before(in, record))
		return 0;
	if (r < 0)
		*err = why;
	if (r == -GV_EREMOTE)
		gv_err_hint(err,
			    "make another bundle, with --since and that last number");
	return r;
}

static int prove(const struct gv_install *in, const struct gv_bundle_item *item,
		 struct gv_record *ret, char ret_h1[GV_H1_LEN], struct gv_err *err)
{
	struct gv_record record;
	int r = gv_evidence_load(&item->record, &record);

	if (r == -GV_EFORMAT)
		return gv_err_set(err, -GV_EVERIFY, "the proof of %s in '%s' is damaged",
				  item->name, in->bundle->path);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s'", in->bundle->path);
	r = gv_record_check(&record, &in->sumdb->key, item->name, item->platform, ret_h1,
			    err);
	if (r == 0)
		r = follow(in, &record, err);
	if (r < 0)
		gv_record_release(&record);
	else
		*ret = record;
	/* A record that is none is no less of a contradiction. */
	return r == -GV_EFORMAT ? (err->code = -GV_EVERIFY) : r;
}

int gv_bundle_prove(const struct gv_install *in, const char *name, struct gv_record *ret,
		    char ret_h1[GV_H1_LEN], bool *ret_other, struct gv_err *err)
{
	const struct gv_bundle_item *item =
		gv_bundle_find(in->bundle, name, in->store->platform);
	int r;

	*ret_other = false;
	if (!item) /* nobody asks for what it does not have */
		return gv_err_set(err, -GV_ENOTFOUND, "the bundle '%s' has no %s for %s",
				  in->bundle->path, name, in->store->platform);
	r = check_log(in, item, err);
	*ret_other = r < 0;
	return r < 0 ? r : prove(in, item, ret, ret_h1, err);
}
