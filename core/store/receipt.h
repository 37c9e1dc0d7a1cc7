// SPDX-License-Identifier: Apache-2.0
/*
 * The receipt of a toolchain: how it was obtained and what was proved about it.
 *
 * Stored as JSON ("schema": 1), the manifest beside it as plain text.  Strings are on the
 * heap and owned by the receipt; NULL: not known.  A receipt is saved whole, durably, and
 * only beside a tree that it is true of; in the moments in which a tree is replaced by
 * another there is none.
 */
#ifndef GV_STORE_RECEIPT_H
#define GV_STORE_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/store/store.h"

enum gv_trust { GV_TRUST_UNPROVEN, GV_TRUST_CHECKSUMMED, GV_TRUST_PROVEN };

const char *gv_trust_name(enum gv_trust t); /* "unproven", "checksummed", "proven" */
int gv_trust_parse(const char *s, enum gv_trust *ret)
	GV_MUST GV_NONNULL(1, 2); /* -EINVAL */

/* The log's record as text, so that the store needs to know nothing of logs; written and
 * read by core/trust/record.h's users. */
struct gv_receipt_record {
	char *log; /* verifier key, "name+hash+key" */
	uint64_t id;
	char *text;   /* the record */
	char **proof; /* base64 hashes, bottom-up */
	size_t n_proof;
	char *head; /* the signed note */
};

void gv_receipt_record_release(struct gv_receipt_record *r);

/* Of one that was built here: from what. */
struct gv_receipt_patch {
	char *name;   /* of the file, without its directory */
	char *sha256; /* of its bytes; hex */
};

struct gv_receipt_build {
	char *base;	 /* "go1.22.5": whose source it was */
	char *source_h1; /* the source was an installed toolchain, and this its h1 ... */
	char *source_sha256; /* ... or an archive with this digest; neither: a directory */
	char *bootstrap;     /* "go1.22.5": what compiled it */
	struct gv_receipt_patch *patches; /* in the order in which they were applied */
	size_t n_patches;
};

void gv_receipt_build_release(struct gv_receipt_build *b);

struct gv_receipt {
	char name[GV_NAME_MAX]; /* "go1.22.5" */
	char platform[GV_PLATFORM_MAX];
	enum gv_trust trust;
	char *source;	      /* "goproxy", "godev", "dir", "build", "adopted" */
	char *origin;	      /* URL or path it came from; no credentials in it */
	char *h1;	      /* of the tree */
	char *archive_sha256; /* of the archive's bytes; hex */
	char *digest_origin;  /* checksummed: where the digest came from */
	uint64_t archive_bytes;
	uint64_t files, bytes; /* of the tree */
	int64_t installed_at;  /* seconds since 1970 */
	bool adopted;
	char *adopted_from; /* path; only when adopted */
	bool built;
	struct gv_receipt_build build; /* only when built */
	bool has_record;
	struct gv_receipt_record record; /* proven */
};

void gv_receipt_release(struct gv_receipt *r);

/* -GV_ENOTFOUND; -GV_EFORMAT naming the file when it is damaged. */
int gv_receipt_load(const struct gv_store *s, const char *name, struct gv_receipt *ret,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);
/* When it was written, by the clock of the file system (st_ctim).  -errno. */
int gv_receipt_time(const struct gv_store *s, const char *name, struct timespec *ret)
	GV_MUST GV_NONNULL(1, 2, 3);
int gv_receipt_save(struct gv_store *s, const struct gv_receipt *r, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
int gv_manifest_load(const struct gv_store *s, const char *name, struct gv_buf *ret,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);
int gv_manifest_save(struct gv_store *s, const char *name, const char *text, size_t n,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 5);

/* The text of a receipt: appended to `ret`; read from [text, text + n), -GV_EFORMAT with
 * the reason in *ret_why. */
int gv_receipt_format(const struct gv_receipt *r, struct gv_buf *ret)
	GV_MUST GV_NONNULL(1, 2);
int gv_receipt_parse(const char *text, size_t n, struct gv_receipt *ret,
		     const char **ret_why) GV_MUST GV_NONNULL(1, 3, 4);

/* The record alone, as receipts have it.  *ret owns its strings. */
struct gv_json;
struct gv_json *gv_receipt_record_object(const struct gv_receipt_record *r)
	GV_MUST GV_NONNULL(1);
int gv_receipt_record_take(const struct gv_json *j, struct gv_receipt_record *ret,
			   const char **ret_why) GV_MUST GV_NONNULL(2, 3);

#endif
