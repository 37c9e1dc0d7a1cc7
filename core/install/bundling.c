// SPDX-License-Identifier: Apache-2.0
#include "core/install/bundling.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/install/evidence.h"
#include "core/install/log.h"
#include "core/install/talk.h"
#include "core/install/tarball.h"

/* -- what goes in -------------------------------------------------------------------- */

static int add_size(struct gv_bundling *b, uint64_t size)
{
	uint64_t *more;

	for (size_t i = 0; i < b->n_sizes; i++)
		if (b->sizes[i] == size)
			return 0;
	more = reallocarray(b->sizes, b->n_sizes + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	b->sizes = more;
	more[b->n_sizes++] = size;
	return 0;
}

int gv_bundling_since(struct gv_bundling *b, uint64_t size)
{
	b->since = true;
	return add_size(b, size);
}

static int cannot_bundle(const char *name, int r, struct gv_err *err)
{
	return gv_err_sys(err, r, "cannot bundle %s", name);
}

/* The manifest is kept beside the receipt: it says which files the proof is about. */
static int check_manifest(const struct gv_store *store, const char *name, const char *h1,
			  struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_MANIFEST_MAX);
	char found[GV_H1_LEN];
	int r = gv_manifest_load(store, name, &text, err);

	if (r < 0)
		return r;
	if (gv_manifest_h1(text.data ? text.data : "", text.len, found) == 0 &&
	    strcmp(found, h1) == 0)
		return 0;
	gv_err_set(err, -GV_EVERIFY, "the manifest of %s is not the one that was proven",
		   name);
	return gv_err_hint(err, "govern install --force %s", name + strlen("go"));
}

static int check_receipt(const struct gv_install *in, const struct gv_store *store,
			 const struct gv_receipt *receipt, struct gv_err *err)
{
	char h1[GV_H1_LEN];
	int r = 1;

	if (receipt->trust == GV_TRUST_PROVEN)
		r = gv_evidence_check(in, receipt, h1, err);
	if (r < 0)
		return r;
	if (r == 1) {
		gv_err_set(err, -GV_EPOLICY,
			   "%s is not proven by the log in force, so that nobody could "
			   "install it from a bundle",
			   receipt->name);
		return gv_err_hint(err, "govern verify %s", receipt->name + strlen("go"));
	}
	return check_manifest(store, receipt->name, h1, err);
}

static int add_item(struct gv_bundling *b, struct gv_receipt *receipt)
{
	struct gv_bundle_item *items =
		reallocarray(b->bundle.items, b->bundle.n + 1, sizeof(*items));
	struct gv_bundle_item *item;

	if (!items)
		return -ENOMEM;
	b->bundle.items = items;
	item = &items[b->bundle.n++];
	*item = (struct gv_bundle_item){.record = receipt->record};
	memcpy(item->name, receipt->name, sizeof(item->name));
	memcpy(item->platform, receipt->platform, sizeof(item->platform));
	receipt->record = (struct gv_receipt_record){0};
	b->trees += receipt->bytes;
	return 0;
}

/* How many records the tree has that the receipt is proven in; 0: it is not, by this
 * log. */
static uint64_t size_of_tree(const struct gv_install *in, const char *head)
{
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_head found;

	if (gv_head_open(head, strlen(head), &in->sumdb->key, &found, &ignored) < 0)
		return 0;
	return found.size;
}

/* Whoever got a toolchain from this store remembers the tree that its receipt tells
 * of. */
static int add_known_sizes(struct gv_bundling *b, const struct gv_store *store)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct gv_err ignored = GV_ERR_INIT;
	int r = 0;

	if (gv_store_list(store, &names, &ignored) < 0)
		return 0;
	for (size_t i = 0; i < names.n && r == 0; i++) {
		struct gv_receipt receipt;
		uint64_t size;

		if (gv_receipt_load(store, names.items[i], &receipt, &ignored) < 0)
			continue;
		size = receipt.has_record ? size_of_tree(b->in, receipt.record.head) : 0;
		if (size && b->n_sizes < GV_BUNDLE_ITEMS_MAX)
			r = add_size(b, size);
		gv_receipt_release(&receipt);
	}
	return r;
}

static bool has_platform(const struct gv_bundle *b, const char *platform)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->items[i].platform, platform) == 0)
			return true;
	return false;
}

int gv_bundling_add(struct gv_bundling *b, const struct gv_store *store, const char *name,
		    struct gv_err *err)
{
	struct gv_receipt receipt;
	int r;

	if (gv_bundle_find(&b->bundle, name, store->platform))
		return 0;
	if (b->bundle.n == GV_BUNDLE_ITEMS_MAX)
		return gv_err_set(err, -GV_EUSAGE, "a bundle holds at most %d toolchains",
				  GV_BUNDLE_ITEMS_MAX);
	r = gv_receipt_load(store, name, &receipt, err);
	if (r < 0)
		return r;
	r = check_receipt(b->in, store, &receipt, err);
	if (r == 0 && ((!has_platform(&b->bundle, store->platform) &&
			add_known_sizes(b, store) < 0) ||
		       add_item(b, &receipt) < 0))
		r = cannot_bundle(name, -ENOMEM, err);
	gv_receipt_release(&receipt);
	return r;
}

/* -- proofs -------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct proving {
	struct gv_record *records;
	struct gv_beginning *beginnings;
};

static void release_proving(struct proving *p, size_t n)
{
	for (size_t i = 0; p->records && i < n; i++)
		gv_record_release(&p->records[i]);
	free(p->records);
	free(p->beginnings);
}

static int renew(struct gv_bundling *b, struct proving *p, struct gv_err *err)
{
	struct gv_sumdb db;
	struct gv_log log;
	int r = gv_log_db(b->in, &db, err);

	if (r < 0)
		return r;
	r = gv_log_open(b->in, &log, err);
	if (r == 0) {
		db.get = gv_log_get;
		db.get_arg = &log;
		r = gv_sumdb_renew(&db, p->records, b->bundle.n, p->beginnings,
				   b->n_sizes, err);
		gv_log_close(&log);
	}
	gv_close(&db.heads_dir);
	return r;
}

/* What was proven anew takes the place of what the receipts said. */
static int take_records(struct gv_bundling *b, const struct proving *p,
			struct gv_err *err)
{
	for (size_t i = 0; i < b->bundle.n; i++) {
		struct gv_bundle_item *item = &b->bundle.items[i];
		struct gv_receipt_record renewed = {0};
		char h1[GV_H1_LEN];
		int r = gv_record_check(&p->records[i], &b->in->sumdb->key, item->name,
					item->platform, h1, err);

		if (r == 0 && gv_evidence_save(&p->records[i], &renewed) < 0)
			r = cannot_bundle(item->name, -ENOMEM, err);
		if (r < 0)
			return r;
		gv_receipt_record_release(&item->record);
		item->record = renewed;
	}
	return 0;
}

static int prove_by_log(struct gv_bundling *b, struct proving *p, struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < b->bundle.n && r == 0; i++)
		r = gv_evidence_load(&b->bundle.items[i].record, &p->records[i]);
	for (size_t i = 0; i < b->n_sizes; i++)
		p->beginnings[i].head.size = b->sizes[i];
	if (r < 0)
		return gv_err_sys(err, r, "cannot write the bundle");
	r = renew(b, p, err);
	return r < 0 ? r : take_records(b, p, err);
}

static bool in_one_tree(const struct gv_bundle *b)
{
	for (size_t i = 1; i < b->n; i++)
		if (strcmp(b->items[i].record.head, b->items[0].record.head) != 0)
			return false;
	return true;
}

uint64_t gv_bundling_records(const struct gv_bundling *b)
{
	return b->bundle.n ? size_of_tree(b->in, b->bundle.items[0].record.head) : 0;
}

int gv_bundling_prove(struct gv_bundling *b, struct gv_err *ret_why, struct gv_err *err)
{
	struct proving p = {0};
	struct gv_err why = GV_ERR_INIT;
	int r;

	if (b->n_sizes)
		qsort(b->sizes, b->n_sizes, sizeof(*b->sizes), by_size);
	p.records = calloc(b->bundle.n + 1, sizeof(*p.records));
	p.beginnings = calloc(b->n_sizes + 1, sizeof(*p.beginnings));
	if (!p.records || !p.beginnings) {
		release_proving(&p, 0);
		return gv_err_sys(err, -ENOMEM, "cannot write the bundle");
	}
	if (b->in->sumdb->off)
		r = gv_err_set(&why, -GV_EREMOTE, "GOSUMDB=off: no log is asked");
	else
		r = prove_by_log(b, &p, &why);
	if (r == 0) {
		b->bundle.beginnings = p.beginnings;
		b->bundle.n_beginnings = b->n_sizes;
		p.beginnings = NULL;
		/* Sorted: the last may be the whole tree. */
		if (b->n_sizes && b->sizes[b->n_sizes - 1] == gv_bundling_records(b))
			b->bundle.n_beginnings--;
	}
	release_proving(&p, b->bundle.n);
	if (r == 0)
		return 0;
	if (r != -GV_EVERIFY && r != -GV_EINTERRUPTED && !b->since &&
	    in_one_tree(&b->bundle)) {
		b->alone = true;
		*ret_why = why;
		return 0;
	}
	*err = why;
	return r;
}

/* -- the file ------------------------------------------------------------------------ */

struct packing {
	struct gv_bundling *bundling;
	struct gv_unpacker *child;
};

static int hand_on(void *arg, const void *data, size_t n, struct gv_err *err)
{
	struct packing *p = arg;

	p->bundling->packed += n;
	gv_step(p->bundling->in, GV_STEP_FETCH, p->bundling->packed, p->bundling->trees);
	return gv_unpacker_write(p->child, data, n, err);
}

static int pack_tree(struct gv_bundling *b, const struct gv_store *store,
		     struct gv_bundle_item *item, int fd, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release)
	struct gv_buf manifest = GV_BUF_INIT(GV_MANIFEST_MAX);
	GV_CLEANUP(gv_close) int tree = -1;
	struct packing p = {.bundling = b};
	struct gv_unpacked packed;
	int r = gv_manifest_load(store, item->name, &manifest, err);

	if (r < 0)
		return r;
	tree = r = gv_store_open_toolchain(store, item->name, err);
	if (r >= 0)
		r = gv_packer_start(b->in->libexec, fd, &p.child, err);
	if (r < 0)
		return r;
	r = gv_tarball_write(tree, item->name, manifest.data ? manifest.data : "",
			     manifest.len, hand_on, &p, err);
	if (r == 0)
		r = gv_unpacker_finish(p.child, &packed, err);
	gv_unpacker_close(p.child);
	if (r == 0)
		item->bytes = packed.bytes;
	return r;
}

static int pack(struct gv_bundling *b, struct gv_bundle_item *item, int fd,
		struct gv_err *err)
{
	struct gv_store store;
	int r = gv_store_open(b->in->store->root, item->platform, GV_STORE_READ, &store,
			      err);

	if (r < 0)
		return r;
	gv_talk(b->in, "%s: packing for %s", item->name, item->platform);
	r = pack_tree(b, &store, item, fd, err);
	gv_store_close(&store);
	return r;
}

int gv_bundling_write(struct gv_bundling *b, int fd, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf tail = GV_BUF_INIT(GV_BUNDLE_INDEX_MAX);
	int r = gv_write_all(fd, GV_BUNDLE_MAGIC, strlen(GV_BUNDLE_MAGIC));

	if (r < 0)
		return gv_err_sys(err, r, "cannot write the bundle");
	b->bytes = strlen(GV_BUNDLE_MAGIC);
	for (size_t i = 0; i < b->bundle.n; i++) {
		r = pack(b, &b->bundle.items[i], fd, err);
		if (r < 0)
			return r;
		b->bytes += b->bundle.items[i].bytes;
	}
	gv_buf_add(&tail, "\n", 1);
	r = gv_bundle_format(&b->bundle, &tail);
	if (r == 0)
		r = gv_write_all(fd, tail.data, tail.len);
	b->bytes += tail.len;
	return r < 0 ? gv_err_sys(err, r, "cannot write the bundle") : 0;
}

void gv_bundling_release(struct gv_bundling *b)
{
	if (!b)
		return;
	gv_bundle_release(&b->bundle);
	free(b->sizes);
	*b = (struct gv_bundling){0};
}
