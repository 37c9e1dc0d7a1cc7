// SPDX-License-Identifier: Apache-2.0
/* The text of a receipt. */
#include "core/store/receipt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/json/json.h"
#include "core/store/layout.h"

enum { SCHEMA = 1, PROOF_MAX = 64, PATCHES_MAX = 256 };

/* -- writing ------------------------------------------------------------------------- */

static void put_text(struct gv_json *j, const char *key, const char *value)
{
	if (value)
		gv_json_set_str(j, key, value);
}

struct gv_json *gv_receipt_record_object(const struct gv_receipt_record *r)
{
	struct gv_json *j = gv_json_new_object(), *proof = gv_json_new_array();

	put_text(j, "log", r->log);
	gv_json_set_int(j, "id", (int64_t)r->id);
	put_text(j, "text", r->text);
	for (size_t i = 0; i < r->n_proof; i++)
		gv_json_append_str(proof, r->proof[i]);
	gv_json_set(j, "proof", proof);
	put_text(j, "head", r->head);
	return j;
}

static struct gv_json *build_object(const struct gv_receipt_build *b)
{
	struct gv_json *j = gv_json_new_object(), *patches = gv_json_new_array();

	put_text(j, "base", b->base);
	put_text(j, "source_h1", b->source_h1);
	put_text(j, "source_sha256", b->source_sha256);
	put_text(j, "bootstrap", b->bootstrap);
	for (size_t i = 0; i < b->n_patches; i++) {
		struct gv_json *patch = gv_json_new_object();

		put_text(patch, "name", b->patches[i].name);
		put_text(patch, "sha256", b->patches[i].sha256);
		gv_json_append(patches, patch);
	}
	gv_json_set(j, "patches", patches);
	return j;
}

int gv_receipt_format(const struct gv_receipt *r, struct gv_buf *ret)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *j = gv_json_new_object();
	char installed_at[GV_RFC3339_LEN];

	if (r->archive_bytes > INT64_MAX || r->files > INT64_MAX ||
	    r->bytes > INT64_MAX || (r->has_record && r->record.id > INT64_MAX))
		return -ERANGE;
	gv_clock_rfc3339((time_t)r->installed_at, installed_at);
	gv_json_set_int(j, "schema", SCHEMA);
	gv_json_set_str(j, "name", r->name);
	gv_json_set_str(j, "platform", r->platform);
	gv_json_set_str(j, "trust", gv_trust_name(r->trust));
	put_text(j, "source", r->source);
	put_text(j, "origin", r->origin);
	put_text(j, "h1", r->h1);
	put_text(j, "archive_sha256", r->archive_sha256);
	put_text(j, "digest_origin", r->digest_origin);
	gv_json_set_int(j, "archive_bytes", (int64_t)r->archive_bytes);
	gv_json_set_int(j, "files", (int64_t)r->files);
	gv_json_set_int(j, "bytes", (int64_t)r->bytes);
	gv_json_set_str(j, "installed_at", installed_at);
	gv_json_set_bool(j, "adopted", r->adopted);
	put_text(j, "adopted_from", r->adopted_from);
	if (r->built)
		gv_json_set(j, "build", build_object(&r->build));
	if (r->has_record)
		gv_json_set(j, "record", gv_receipt_record_object(&r->record));
	return gv_json_dump(j, true, ret);
}

/* -- reading ------------------------------------------------------------------------- */

/* What a receipt says, or why it says nothing: the first complaint stays. */
struct reader {
	const struct gv_json *j;
	const char *why;
};

static void complain(struct reader *in, const char *why)
{
	if (!in->why)
		in->why = why;
}

/* Text that may be absent, but nothing other than text. */
static char *take_text(struct reader *in, const char *key)
{
	const char *text = gv_json_str(in->j, key);
	char *copy;

	if (!text) {
		if (gv_json_get(in->j, key))
			complain(in, "what should be text is something else");
		return NULL;
	}
	copy = strdup(text);
	if (!copy)
		complain(in, "out of memory");
	return copy;
}

static uint64_t take_number(struct reader *in, const char *key)
{
	int64_t n = gv_json_int(in->j, key, gv_json_get(in->j, key) ? -1 : 0);

	if (n < 0)
		complain(in, "what should be a number is something else");
	return n < 0 ? 0 : (uint64_t)n;
}

static void take_name(struct reader *in, const char *key, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);

	gv_text_add(&t, gv_json_str(in->j, key) ? gv_json_str(in->j, key) : "");
	if (t.cut)
		complain(in, "a name is too long");
}

static void take_record(struct reader *in, struct gv_receipt_record *ret)
{
	const struct gv_json *proof = gv_json_get(in->j, "proof");
	size_t n = gv_json_count(proof);

	ret->log = take_text(in, "log");
	ret->id = take_number(in, "id");
	ret->text = take_text(in, "text");
	ret->head = take_text(in, "head");
	if (!ret->log || !ret->text || !ret->head || !gv_json_is_array(proof) ||
	    n > PROOF_MAX)
		complain(in, "its record is not complete");
	ret->proof = in->why ? NULL : calloc(n + 1, sizeof(*ret->proof));
	if (!ret->proof)
		complain(in, "out of memory");
	while (!in->why && ret->n_proof < n) {
		const char *hash = gv_json_str_at(proof, ret->n_proof);
		char *copy = hash ? strdup(hash) : NULL;

		if (copy)
			ret->proof[ret->n_proof++] = copy;
		else
			complain(in, "its proof is not a list of text");
	}
}

static void take_build(struct reader *in, struct gv_receipt_build *ret)
{
	const struct gv_json *patches = gv_json_get(in->j, "patches");
	size_t n = gv_json_count(patches);

	ret->base = take_text(in, "base");
	ret->source_h1 = take_text(in, "source_h1");
	ret->source_sha256 = take_text(in, "source_sha256");
	ret->bootstrap = take_text(in, "bootstrap");
	if (!ret->base || !gv_json_is_array(patches) || n > PATCHES_MAX)
		complain(in, "it does not say what it was built from");
	ret->patches = in->why ? NULL : calloc(n + 1, sizeof(*ret->patches));
	if (!ret->patches)
		complain(in, "out of memory");
	while (!in->why && ret->n_patches < n) {
		struct reader patch = {.j = gv_json_at(patches, ret->n_patches)};
		struct gv_receipt_patch *p = &ret->patches[ret->n_patches++];

		p->name = take_text(&patch, "name");
		p->sha256 = take_text(&patch, "sha256");
		if (!p->name || !p->sha256)
			complain(in, "it does not say what it was built from");
	}
}

int gv_receipt_record_take(const struct gv_json *j, struct gv_receipt_record *ret,
			   const char **ret_why)
{
	struct gv_receipt_record got = {0};
	struct reader in = {.j = j};

	take_record(&in, &got);
	if (in.why) {
		gv_receipt_record_release(&got);
		*ret_why = in.why;
		return -GV_EFORMAT;
	}
	*ret = got;
	return 0;
}

static void take_all(struct reader *in, struct gv_receipt *ret)
{
	const char *trust = gv_json_str(in->j, "trust");
	const char *installed_at = gv_json_str(in->j, "installed_at");
	time_t when = 0;

	if (gv_json_int(in->j, "schema", 0) != SCHEMA)
		complain(in, "its schema is not one that this govern knows");
	take_name(in, "name", ret->name, sizeof(ret->name));
	take_name(in, "platform", ret->platform, sizeof(ret->platform));
	if (!gv_store_name_valid(ret->name) || !gv_platform_valid(ret->platform))
		complain(in, "it does not name a toolchain");
	if (!trust || gv_trust_parse(trust, &ret->trust) < 0)
		complain(in, "it does not say how far the toolchain is trusted");
	if (!installed_at || gv_clock_parse(installed_at, &when) < 0)
		complain(in, "it does not say when it was written");
	ret->installed_at = when;
	ret->source = take_text(in, "source");
	ret->origin = take_text(in, "origin");
	ret->h1 = take_text(in, "h1");
	ret->archive_sha256 = take_text(in, "archive_sha256");
	ret->digest_origin = take_text(in, "digest_origin");
	ret->archive_bytes = take_number(in, "archive_bytes");
	ret->files = take_number(in, "files");
	ret->bytes = take_number(in, "bytes");
	ret->adopted = gv_json_bool(in->j, "adopted", false);
	ret->adopted_from = take_text(in, "adopted_from");
	ret->built = gv_json_get(in->j, "build") != NULL;
	if (ret->built) {
		struct reader build = {.j = gv_json_get(in->j, "build")};

		take_build(&build, &ret->build);
		if (build.why)
			complain(in, build.why);
	}
	ret->has_record = gv_json_get(in->j, "record") != NULL;
	if (ret->has_record) {
		struct reader record = {.j = gv_json_get(in->j, "record")};

		take_record(&record, &ret->record);
		if (record.why)
			complain(in, record.why);
	}
}

int gv_receipt_parse(const char *text, size_t n, struct gv_receipt *ret,
		     const char **ret_why)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *j = gv_json_parse(text, n, NULL);
	struct reader in = {.j = j};
	struct gv_receipt got = {0};

	if (!gv_json_is_object(j))
		complain(&in, "it is not a JSON object");
	else
		take_all(&in, &got);
	if (in.why) {
		gv_receipt_release(&got);
		*ret_why = in.why;
		return -GV_EFORMAT;
	}
	*ret = got;
	return 0;
}
