// SPDX-License-Identifier: Apache-2.0
/*
 * The release feed of go.dev (https://go.dev/dl/?mode=json&include=all): an array of
 * releases, each with its files.  Only archives that can be installed count; the entries
 * of arch "bootstrap", versions that do not parse and everything of the wrong type are
 * passed over.  Order and completeness are not relied on; sha256 may be empty, size zero.
 *
 * To read its two million bytes takes a tenth of a second, so that is done once, when it
 * comes.  Kept is a line for each archive:
 *
 *	go1.22.5 linux-amd64 go1.22.5.linux-amd64.tar.gz 904b924d435eaea0… 68958123
 *
 * the platform in the feed's words, "-" for a digest that is not there, 0 for a size.
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

/* Adds the lines of a feed; -GV_EFORMAT when it is none. */
int gv_feed_condense(const char *json, size_t n, struct gv_buf *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4);

/* Adds the releases that have an archive for the platform. */
int gv_feed_releases(const char *lines, size_t n, const char *platform,
		     struct gv_releases *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4, 5);

/* The archive of one release.  -GV_ENOTFOUND (err is set too). */
int gv_feed_find(const char *lines, size_t n, const struct gv_version *v,
		 const char *platform, struct gv_feed_file *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4, 5, 6);

#endif
