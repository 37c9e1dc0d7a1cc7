// SPDX-License-Identifier: Apache-2.0
/*
 * The GOPROXY setting in Go's grammar (https://go.dev/ref/mod#environment-variables):
 * entries separated by "," (the next one only after 404 or 410) or "|" (after any error);
 * "off" and "direct" end the list.
 *
 * Used for two things: where toolchain modules are (plugins/goproxy/), and which way
 * leads to the checksum database (core/install/log.h).
 */
#ifndef GV_INSTALL_PROXIES_H
#define GV_INSTALL_PROXIES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/worker/fetcher.h"

/* What "direct" means for the toolchain module: what `golang.org/toolchain?go-get=1`
 * names. */
#define GV_TOOLCHAIN_DIRECT "https://go.dev/dl/mod"

enum gv_proxy_kind {
	GV_PROXY_HTTP,	 /* url: https, or http as the user wrote it */
	GV_PROXY_FILE,	 /* path */
	GV_PROXY_DIRECT, /* url is GV_TOOLCHAIN_DIRECT */
	GV_PROXY_OFF,
};

struct gv_proxy {
	enum gv_proxy_kind kind;
	char *url;  /* may hold credentials: for messages gv_url_public() */
	char *path; /* absolute */
	bool next_on_any_error;
};

struct gv_proxies {
	struct gv_proxy *items;
	size_t n;
};

/* -GV_EUSAGE names the entry.  A value without any entry is an error, as in Go. */
int gv_proxies_parse(const char *value, struct gv_proxies *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
void gv_proxies_release(struct gv_proxies *p);

/* Whether the entry behind this one may be asked after error `r`. */
bool gv_proxy_go_on(const struct gv_proxy *p, int r) GV_NONNULL(1);

/*
 * A small file of a proxy that answers by URL or by path, bounded by ret->max; "off" and
 * absent files are -GV_EGONE.
 */
int gv_proxy_get(const struct gv_proxy *p, struct gv_fetcher *f, const char *name,
		 struct gv_buf *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4, 5);

#endif
