// SPDX-License-Identifier: Apache-2.0
/*
 * A bundle: toolchains and what proves them in one file, for machines without a network
 * (`govern bundle`, `govern install --from FILE`).
 *
 *	govern bundle 1\n
 *	<archive><archive>...	for each toolchain a tar.gz as the release page has it: what
 *				is in it lies below go/; only files that the h1 covers
 *	\n
 *	<index>\n		JSON on one line, the last of the file
 *
 * so that `tail -n 1 FILE` tells what is in it.  The index:
 *
 *	schema		1
 *	toolchains[]	name, platform, bytes (of its archive; they lie in this order, with
 *			nothing between) and record, as in a receipt: log, id, text, proof,
 *			head
 *	beginnings[]	size, root, proof: older trees of the log, and the proof (RFC 6962,
 *			section 2.1.2) that the tree of `head` goes on from them
 *
 * Nothing in it is believed.  A record counts by the log's key that the installing
 * machine knows, the archive is parsed by the confined child, and the tree that comes out
 * of it has to have the h1 that the record states.  The head is compared with the one
 * that this store remembers: by a beginning of its size, or else by asking the log.  So
 * there is one head in a bundle, and all records are proven in its tree.
 *
 * `from` in these calls is a path or a file:// URL.
 */
#ifndef GV_INSTALL_BUNDLE_H
#define GV_INSTALL_BUNDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/store/receipt.h"
#include "core/trust/sumdb.h"

#define GV_BUNDLE_MAGIC	      "govern bundle 1\n"
#define GV_BUNDLE_INDEX_MAX   (16u << 20) /* bytes */
#define GV_BUNDLE_ITEMS_MAX   1024
#define GV_BUNDLE_ARCHIVE_MAX (UINT64_C(1) << 31)

struct gv_bundle_item {
	char name[GV_NAME_MAX];
	char platform[GV_PLATFORM_MAX];
	uint64_t at, bytes; /* of its archive in the file */
	struct gv_receipt_record record;
};

struct gv_bundle {
	char *path; /* absolute; NULL: made by parsing alone */
	struct gv_bundle_item *items;
	size_t n;
	struct gv_beginning *beginnings;
	size_t n_beginnings;
};

/* Whether it is a regular file that begins as a bundle does, of whatever version. */
bool gv_bundle_is(const char *from) GV_MUST GV_NONNULL(1);
/* Reads the index.  -GV_EVERIFY: it is damaged, cut off, or contradicts itself or the
 * file's size; -GV_EFAILED: of a later version; -errno. */
int gv_bundle_load(const char *from, struct gv_bundle *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
void gv_bundle_release(struct gv_bundle *b);

/* NULL: it has no such toolchain. */
const struct gv_bundle_item *gv_bundle_find(const struct gv_bundle *b, const char *name,
					    const char *platform)
	GV_MUST GV_NONNULL(1, 2, 3);

/* The index from its text, one line; `archives` is how many bytes there are of archives,
 * behind the first line.  -GV_EFORMAT with the reason. */
int gv_bundle_parse(const char *text, size_t n, uint64_t archives, struct gv_bundle *ret,
		    const char **ret_why) GV_MUST GV_NONNULL(1, 4, 5);
/* Adds that text. */
int gv_bundle_format(const struct gv_bundle *b, struct gv_buf *ret)
	GV_MUST GV_NONNULL(1, 2);

#endif
