// SPDX-License-Identifier: Apache-2.0
/*
 * A text that a server has and that seldom changes (a list of versions, the release
 * feed), remembered with its validators: asked again at most once an hour, and then
 * conditionally.
 *
 * Stored as <cache>/<dir>/<sha256 of the URL>: the ETag on the first line, Last-Modified
 * on the second, then what is kept of the text; one file, so they belong together.  Its
 * mtime is when the server last confirmed it.
 */
#ifndef GV_INSTALL_CACHED_H
#define GV_INSTALL_CACHED_H

#include "core/install/source.h"

/* What there is of <dir>; core/install/clean.h knows these. */
#define GV_CACHED_LISTS	   "lists"    /* of module proxies */
#define GV_CACHED_RELEASES "releases" /* of the release feed */

struct gv_cached {
	const char *dir;
	const char *url;
	bool allow_http;
	/* Adds to *ret what is kept of the text, which is all that gv_cached_get() gives.
	 * Nothing, or an error: it is no such text (an empty answer, what a portal
	 * says); that is the answer this once, and not remembered. */
	int (*condense)(const char *text, size_t n, struct gv_buf *ret,
			struct gv_err *err);
};

struct gv_cached_info {
	int64_t at; /* seconds since 1970: when the server last confirmed it */
	bool stale; /* the server could not be asked now */
};

/*
 * What is kept of the text, which has at most ret->max bytes.  When the server cannot be
 * asked (or env->offline) and it is remembered, that is the answer, marked stale; a
 * server's 404 is -GV_EGONE all the same.  Errors are those of gv_fetcher_get() and of
 * condense().
 */
int gv_cached_get(const struct gv_source_env *env, const struct gv_cached *what,
		  struct gv_buf *ret, struct gv_cached_info *ret_info, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4, 5);

/* From now on it is as old as can be: the next one who wants it asks the server. */
void gv_cached_doubt(const struct gv_source_env *env, const struct gv_cached *what)
	GV_NONNULL(1, 2);

#endif
