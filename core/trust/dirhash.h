// SPDX-License-Identifier: Apache-2.0
/*
 * The h1 directory hash of a toolchain tree, and the manifest it is computed over.
 *
 * Format: golang.org/x/mod/sumdb/dirhash, Hash1.  For each regular file a line
 * "<sha256 hex>  golang.org/toolchain@v0.0.1-<version>.<platform>/<path>\n", where a last
 * component go.mod is written _go.mod; sorted bytewise by name; h1 is "h1:" and the
 * base64 of the SHA-256 over all lines.  Those lines are the manifest, kept beside the
 * receipt.
 *
 * The toolchain module does not have the top-level directories api, doc, misc and test of
 * the tarball, nor the .github of old ones.  Our own trees never hold them (core/worker/
 * leaves them out), so that every byte in the store is covered by the hash; an adopted
 * GOROOT may (GV_DIRHASH_FOREIGN).  So may it what other managers put beside, where Go
 * never looks: golang.org/dl and goup .unpacked-success and the archive, gvm a file
 * manifest, goenv caches go-build-*, vfox packages.  Modes, times and empty directories
 * are not covered.
 *
 * A file that is called _go.mod on disk would stand for go.mod in the hash, so that a
 * tree with its go.mod renamed had the right h1: it is refused.  Only in a foreign tree
 * it may stand beside a go.mod of the same content, as the go command leaves them in its
 * module cache; then it is passed over.
 */
#ifndef GV_TRUST_DIRHASH_H
#define GV_TRUST_DIRHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

#define GV_H1_LEN 48 /* "h1:", 44 of base64, a NUL */

/* Largest manifest that is read or made, in bytes. */
#define GV_MANIFEST_MAX (64u << 20)

enum {
	GV_DIRHASH_OURS = 0,	/* api, doc and so on are directories like others */
	GV_DIRHASH_FOREIGN = 1, /* they, and other managers' leftovers, are passed over */
};

struct gv_dirhash {
	char h1[GV_H1_LEN];
	struct gv_buf manifest; /* released by the caller */
	uint64_t files;
	uint64_t bytes;
};

/* Called now and then while hashing, from any thread; NULL: not. */
typedef void gv_dirhash_progress(void *arg, uint64_t bytes_more);

struct gv_dirhash_opts {
	const char *version;  /* "go1.22.5" */
	const char *platform; /* "linux-amd64" */
	unsigned flags;
	unsigned threads; /* 0: one for each processor, at most 8 */
	gv_dirhash_progress *progress;
	void *progress_arg;
};

/*
 * Hashes the tree on disk.  -GV_EVERIFY when it holds anything but regular files and
 * directories (the link is named), a name that the format cannot hold (newline), a
 * _go.mod (see above), or no file at all; -GV_EINTERRUPTED; -errno.
 */
int gv_dirhash_tree(int treefd, const struct gv_dirhash_opts *opts,
		    struct gv_dirhash *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(2, 3, 4);
void gv_dirhash_release(struct gv_dirhash *d);

/* The h1 of a manifest's text.  -GV_EFORMAT when a line is not of the form, is out of
 * order or twice there. */
int gv_manifest_h1(const char *manifest, size_t n, char ret[GV_H1_LEN])
	GV_MUST GV_NONNULL(1);

enum gv_difference { GV_DIFF_CHANGED, GV_DIFF_MISSING, GV_DIFF_EXTRA };
/* `path` as it is in the tree, relative to GOROOT. */
typedef void gv_manifest_diff(void *arg, enum gv_difference what, const char *path,
			      size_t n);

/* Compares two manifests of the same version and platform; returns how many differences.
 */
size_t gv_manifest_compare(const char *recorded, size_t n_recorded, const char *found,
			   size_t n_found, gv_manifest_diff *diff, void *arg)
	GV_NONNULL(1, 3);

/* Whether s is "h1:" and the 44 characters of a base64 SHA-256. */
bool gv_h1_valid(const char *s, size_t n) GV_NONNULL(1);

#endif
