// SPDX-License-Identifier: Apache-2.0
/* The index of a bundle, as text. */
#include "core/install/bundle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/json/json.h"
#include "core/version/version.h"

enum { SCHEMA = 1 };

/* -- reading ------------------------------------------------------------------------- */

static bool take_name(const struct gv_json *j, const char *key, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);
	const char *s = gv_json_str(j, key);

	gv_text_add(&t, s ? s : "");
	return s && !t.cut;
}

static int take_item(const struct gv_json *j, const struct gv_bundle *so_far,
		     struct gv_bundle_item *item, const char **ret_why)
{
	int64_t bytes = gv_json_int(j, "bytes", -1);
	struct gv_version v;

	*ret_why = "it does not name a toolchain";
	if (!take_name(j, "name", item->name, sizeof(item->name)) ||
	    !take_name(j, "platform", item->platform, sizeof(item->platform)) ||
	    gv_version_parse(item->name, strlen(item->name), &v) < 0 ||
	    strcmp(v.name, item->name) != 0 || !gv_platform_valid(item->platform))
		return -GV_EFORMAT;
	*ret_why = "it names a toolchain twice";
#ifndef GV_WITHOUT_BUNDLE /* tests/controls: the index is believed */
	if (gv_bundle_find(so_far, item->name, item->platform))
		return -GV_EFORMAT;
#endif
	*ret_why = "it does not say how long an archive is";
	if (bytes <= 0 || (uint64_t)bytes > GV_BUNDLE_ARCHIVE_MAX)
		return -GV_EFORMAT;
	item->bytes = (uint64_t)bytes;
	return gv_receipt_record_take(gv_json_get(j, "record"), &item->record, ret_why);
}

/* All archives, one behind the other, and nothing else. */
static int take_items(const struct gv_json *list, uint64_t archives, struct gv_bundle *b,
		      const char **ret_why)
{
	size_t n = gv_json_count(list);
	uint64_t at = sizeof(GV_BUNDLE_MAGIC) - 1, end = at + archives;

	*ret_why = "it holds no toolchain, or too many";
	if (!gv_json_is_array(list) || n == 0 || n > GV_BUNDLE_ITEMS_MAX)
		return -GV_EFORMAT;
	b->items = calloc(n, sizeof(*b->items));
	if (!b->items)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct gv_bundle_item *item = &b->items[i];
		int r = take_item(gv_json_at(list, i), b, item, ret_why);

		if (r < 0)
			return r;
		b->n++;
		item->at = at;
		at += item->bytes;
	}
	*ret_why = "its archives have another size than it says";
#ifndef GV_WITHOUT_BUNDLE
	if (at != end)
		return -GV_EFORMAT;
	/* Only with one head there is one comparison with what is remembered. */
	*ret_why = "its records are not proven in one tree";
	for (size_t i = 1; i < b->n; i++)
		if (strcmp(b->items[i].record.head, b->items[0].record.head) != 0)
			return -GV_EFORMAT;
#else
	(void)end;
#endif
	return 0;
}

static int take_hash(const char *text, struct gv_hash *ret)
{
	return text ? gv_hash_from_base64(text, strlen(text), ret) : -EINVAL;
}

static int take_beginning(const struct gv_json *j, struct gv_beginning *ret)
{
	const struct gv_json *proof = gv_json_get(j, "proof");
	size_t n = gv_json_count(proof);
	int64_t size = gv_json_int(j, "size", 0);

	if (size <= 0 || !gv_json_is_array(proof) || n > GV_PROOF_MAX ||
	    take_hash(gv_json_str(j, "root"), &ret->head.root) < 0)
		return -GV_EFORMAT;
	ret->head.size = (uint64_t)size;
	for (ret->proof.n = 0; ret->proof.n < n; ret->proof.n++)
		if (take_hash(gv_json_str_at(proof, ret->proof.n),
			      &ret->proof.hashes[ret->proof.n]) < 0)
			return -GV_EFORMAT;
	return 0;
}

static int take_beginnings(const struct gv_json *list, struct gv_bundle *b,
			   const char **ret_why)
{
	size_t n = gv_json_count(list);

	*ret_why = "its proofs of older trees are not what they should be";
	if (!gv_json_is_array(list) || n > GV_BUNDLE_ITEMS_MAX)
		return -GV_EFORMAT;
	b->beginnings = calloc(n + 1, sizeof(*b->beginnings));
	if (!b->beginnings)
		return -ENOMEM;
	for (; b->n_beginnings < n; b->n_beginnings++)
		if (take_beginning(gv_json_at(list, b->n_beginnings),
				   &b->beginnings[b->n_beginnings]) < 0)
			return -GV_EFORMAT;
	return 0;
}

int gv_bundle_parse(const char *text, size_t n, uint64_t archives, struct gv_bundle *ret,
		    const char **ret_why)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *j = gv_json_parse(text, n, NULL);
	struct gv_bundle got = {0};
	int r = -GV_EFORMAT;

	*ret_why = "its last line is no index";
	if (!gv_json_is_object(j))
		return r;
	*ret_why = "its schema is not one that this govern knows";
	if (gv_json_int(j, "schema", 0) != SCHEMA)
		return r;
	r = take_items(gv_json_get(j, "toolchains"), archives, &got, ret_why);
	if (r == 0)
		r = take_beginnings(gv_json_get(j, "beginnings"), &got, ret_why);
	if (r < 0)
		gv_bundle_release(&got);
	else
		*ret = got;
	return r;
}

/* -- writing ------------------------------------------------------------------------- */

static struct gv_json *item_object(const struct gv_bundle_item *item)
{
	struct gv_json *j = gv_json_new_object();

	gv_json_set_str(j, "name", item->name);
	gv_json_set_str(j, "platform", item->platform);
	gv_json_set_int(j, "bytes", (int64_t)item->bytes);
	gv_json_set(j, "record", gv_receipt_record_object(&item->record));
	return j;
}

static struct gv_json *beginning_object(const struct gv_beginning *b)
{
	struct gv_json *j = gv_json_new_object(), *proof = gv_json_new_array();
	char text[GV_HASH_BASE64];

	gv_json_set_int(j, "size", (int64_t)b->head.size);
	gv_hash_to_base64(&b->head.root, text);
	gv_json_set_str(j, "root", text);
	for (size_t i = 0; i < b->proof.n; i++) {
		gv_hash_to_base64(&b->proof.hashes[i], text);
		gv_json_append_str(proof, text);
	}
	gv_json_set(j, "proof", proof);
	return j;
}

int gv_bundle_format(const struct gv_bundle *b, struct gv_buf *ret)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *j = gv_json_new_object();
	struct gv_json *items = gv_json_new_array(), *beginnings = gv_json_new_array();

	gv_json_set_int(j, "schema", SCHEMA);
	for (size_t i = 0; i < b->n; i++)
		gv_json_append(items, item_object(&b->items[i]));
	gv_json_set(j, "toolchains", items);
	for (size_t i = 0; i < b->n_beginnings; i++)
		gv_json_append(beginnings, beginning_object(&b->beginnings[i]));
	gv_json_set(j, "beginnings", beginnings);
	return gv_json_dump(j, false, ret);
}
