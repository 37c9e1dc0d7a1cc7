// SPDX-License-Identifier: Apache-2.0
/*
 * What `govern build` asks for: a toolchain that is made here, from source.
 *
 * With `build` in its struct gv_install, gv_install_one() asks plugins/build/ and nobody
 * else: that makes the archive, and from there on all is as with an archive that was
 * fetched.  What was built under the name of a release is what the checksum database has
 * of it, or is refused; what has a suffix in its name (go1.22.5-corp) no database is
 * asked about, and its receipt says what went into it.
 *
 *	struct gv_build b = {.base = v};
 *	r = gv_patch_load(path, &b, &err);	plugins/build/build.h; for each patch
 *	in.build = &b;
 *	r = gv_install_one(&in, &named, &done, &err);
 *	gv_build_release(&b);
 */
#ifndef GV_INSTALL_BUILD_H
#define GV_INSTALL_BUILD_H

#include "core/store/receipt.h"
#include "core/trust/dirhash.h"
#include "core/trust/sha256.h"
#include "core/version/version.h"

/* Read once: what the receipt has the digest of is what is applied. */
struct gv_patch {
	char *name; /* of the file, without its directory */
	char *text;
	size_t n;
	char sha256[GV_SHA256_HEX];
};

struct gv_build {
	struct gv_version base; /* whose source it is */
	/* --source: a file, a directory or a URL; NULL: the installed toolchain
	 * `base`. */
	const char *from;
	char bootstrap[GV_NAME_MAX]; /* an installed toolchain, which compiles it */
	struct gv_patch *patches;    /* owned */
	size_t n_patches;
	long limit_ms;	 /* of make.bash, all in all */
	const char *log; /* where its output is kept when it fails; NULL: nowhere */
	/* By plugins/build/: what the source was, as in struct gv_receipt_build. */
	char source_h1[GV_H1_LEN], source_sha256[GV_SHA256_HEX];
};

void gv_build_release(struct gv_build *b);

/* -ENOMEM.  *ret owns its strings. */
int gv_build_save(const struct gv_build *b, struct gv_receipt_build *ret)
	GV_MUST GV_NONNULL(1, 2);
/* Whether a receipt is of the same base with the same patches; of the source
 * gv_build_is_from() tells. */
bool gv_build_is_alike(const struct gv_build *b, const struct gv_receipt *receipt)
	GV_MUST GV_NONNULL(1, 2);

#endif
