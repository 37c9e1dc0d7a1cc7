// SPDX-License-Identifier: Apache-2.0
/*
 * The release feed of go.dev (https://go.dev/dl/?mode=json&include=all): an array of
 * releases, each with its files.  Only archives that can be installed count; the entries
 * of arch "bootstrap", versions that do not parse and everything of the wrong type are
 * passed over.  Order and completeness are not relied on; sha256 may be empty, size zero.
 */
#ifndef GV_PLUGINS_GODEV_FEED_H
#define GV_PLUGINS_GODEV_FEED_H

#include "core/install/source.h"

/* Largest feed that is read, in bytes; in 2026 it has about two million. */
#define GV_FEED_MAX (16u << 20)

struct gv_feed_file {
	char name[256];	 /* one path component */
	char sha256[65]; /* "": the feed has none */
	uint64_t size;	 /* 0: the feed does not say */
};

/* Whether it is a feed, of whatever releases. */
bool gv_feed_is_one(const char *data, size_t n) GV_MUST GV_NONNULL(1);

/* Adds the releases that have an archive for the platform.  -GV_EFORMAT when it is no
 * feed. */
int gv_feed_releases(const char *data, size_t n, const char *platform,
		     struct gv_releases *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4, 5);

/* The archive of one release.  -GV_ENOTFOUND (err is set too). */
int gv_feed_find(const char *data, size_t n, const struct gv_version *v,
		 const char *platform, struct gv_feed_file *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4, 5, 6);

#endif
