// SPDX-License-Identifier: Apache-2.0
/*
 * Whom to ask, in which order: the source that --from names, else sources.order.  The
 * next one is asked only when the former has no such version or cannot answer.
 */
#ifndef GV_INSTALL_ASKING_H
#define GV_INSTALL_ASKING_H

#include "core/install/install.h"

#define GV_SOURCES_MAX 8

struct gv_asking {
	struct gv_source
		sources[GV_SOURCES_MAX]; /* under the names they were asked for by */
	char names[GV_SOURCES_MAX][GV_SOURCE_NAME_MAX];
	size_t n, next;
	const char *platform;
	char without[128];     /* names of those that have no such version */
	struct gv_err none;    /* the last of their answers */
	struct gv_err failure; /* the first failure to answer; code 0: none */
};

/* The environment of the sources: `from` only where it is not a source's name. */
struct gv_source_env gv_asking_env(const struct gv_install *in,
				   struct gv_fetcher *fetcher) GV_NONNULL(1);

/* -GV_EUSAGE: sources.order names one that does not exist. */
int gv_asking_init(struct gv_asking *a, const struct gv_install *in, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* The next source, or NULL. */
const struct gv_source *gv_asking_next(struct gv_asking *a) GV_NONNULL(1);
/* Whether to ask on after error `r`, which is remembered. */
bool gv_asking_go_on(struct gv_asking *a, const struct gv_source *source, int r,
		     const struct gv_err *why) GV_NONNULL(1, 2, 4);
/* Everybody was asked: the error for `what` ("go1.22.5"). */
int gv_asking_failed(const struct gv_asking *a, const char *what, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
