// SPDX-License-Identifier: Apache-2.0
#include "core/store/receipt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/store/layout.h"

enum { RECEIPT_BYTES_MAX = 1 << 20, MANIFEST_BYTES_MAX = 64 << 20 };

static const char *const trust_names[] = {
	[GV_TRUST_UNPROVEN] = "unproven",
	[GV_TRUST_CHECKSUMMED] = "checksummed",
	[GV_TRUST_PROVEN] = "proven",
};

const char *gv_trust_name(enum gv_trust t)
{
	return trust_names[t];
}

int gv_trust_parse(const char *s, enum gv_trust *ret)
{
	for (size_t i = 0; i < GV_COUNT(trust_names); i++) {
		if (strcmp(s, trust_names[i]) != 0)
			continue;
		*ret = (enum gv_trust)i;
		return 0;
	}
	return -EINVAL;
}

void gv_receipt_record_release(struct gv_receipt_record *r)
{
	if (!r)
		return;
	for (size_t i = 0; r->proof && i < r->n_proof; i++)
		free(r->proof[i]);
	free(r->proof);
	free(r->log);
	free(r->text);
	free(r->head);
	*r = (struct gv_receipt_record){0};
}

void gv_receipt_build_release(struct gv_receipt_build *b)
{
	if (!b)
		return;
	for (size_t i = 0; b->patches && i < b->n_patches; i++) {
		free(b->patches[i].name);
		free(b->patches[i].sha256);
	}
	free(b->patches);
	free(b->base);
	free(b->source_h1);
	free(b->source_sha256);
	free(b->bootstrap);
	*b = (struct gv_receipt_build){0};
}

void gv_receipt_release(struct gv_receipt *r)
{
	if (!r)
		return;
	gv_receipt_record_release(&r->record);
	gv_receipt_build_release(&r->build);
	free(r->source);
	free(r->origin);
	free(r->h1);
	free(r->archive_sha256);
	free(r->digest_origin);
	free(r->adopted_from);
	*r = (struct gv_receipt){0};
}

int gv_receipt_load(const struct gv_store *s, const char *name, struct gv_receipt *ret,
		    struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(RECEIPT_BYTES_MAX);
	struct gv_path path = gv_receipt_path(s, name);
	struct gv_receipt got = {0};
	const char *why;
	int r;

	r = gv_store_name_valid(name) ? gv_read_file(s->root_fd, path.s, &text) : -ENOENT;
	if (r == -ENOENT)
		return gv_err_set(err, -GV_ENOTFOUND,
				  "there is no receipt for %s in '%s'", name, s->root);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s/%s'", s->root, path.s);
	r = gv_receipt_parse(text.data ? text.data : "", text.len, &got, &why);
	if (r == 0 &&
	    (strcmp(got.name, name) != 0 || strcmp(got.platform, s->platform) != 0)) {
		why = "it is for another toolchain";
		r = -GV_EFORMAT;
		gv_receipt_release(&got);
	}
	if (r < 0) {
		gv_store_damaged(s, path.s, why, err);
		return gv_err_hint(err, "govern install --force %s", name + strlen("go"));
	}
	*ret = got;
	return 0;
}

int gv_receipt_time(const struct gv_store *s, const char *name, struct timespec *ret)
{
	struct stat st;

	if (!gv_store_name_valid(name))
		return -ENOENT;
	if (fstatat(s->root_fd, gv_receipt_path(s, name).s, &st, 0) < 0)
		return -errno;
	*ret = st.st_ctim;
	return 0;
}

int gv_receipt_save(struct gv_store *s, const struct gv_receipt *receipt,
		    struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(RECEIPT_BYTES_MAX);
	int r = gv_receipt_format(receipt, &text);

	if (r == 0)
		r = gv_save_file(s->root_fd, gv_receipt_path(s, receipt->name).s,
				 text.data, text.len, 0644 | GV_MODE_EXACT);
	return r < 0 ? gv_store_refused(s, r, "save a receipt", err) : 0;
}

int gv_manifest_load(const struct gv_store *s, const char *name, struct gv_buf *ret,
		     struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(MANIFEST_BYTES_MAX);
	struct gv_path path = gv_manifest_path(s, name);
	int r = gv_store_name_valid(name) ? gv_read_file(s->root_fd, path.s, &text)
					  : -ENOENT;

	if (r == -ENOENT)
		return gv_err_set(err, -GV_ENOTFOUND,
				  "there is no manifest of %s in '%s'", name, s->root);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s/%s'", s->root, path.s);
	gv_buf_release(ret);
	*ret = text;
	text = GV_BUF_INIT(0);
	return 0;
}

int gv_manifest_save(struct gv_store *s, const char *name, const char *text, size_t n,
		     struct gv_err *err)
{
	int r = gv_save_file(s->root_fd, gv_manifest_path(s, name).s, text, n,
			     0644 | GV_MODE_EXACT);

	return r < 0 ? gv_store_refused(s, r, "save a manifest", err) : 0;
}
