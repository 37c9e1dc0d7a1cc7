// SPDX-License-Identifier: Apache-2.0
/*
 * The way to the checksum database, as the go command finds it
 * (https://go.dev/ref/mod#checksum-database):
 *
 *   - a URL in GOSUMDB is asked directly, proxies or not;
 *   - else each entry of GOPROXY is asked for <proxy>/sumdb/<name>/supported: 200, and
 * this proxy is used for everything, with no way back; 404 or 410, and the next one is
 *     asked; another error ends it, unless "|" follows the entry;
 *   - at "direct", "off" or the end of the list the log is asked itself.
 *
 * The way is chosen with the first request.  One gv_log belongs to one thread; it has
 * a fetcher of its own.
 */
#ifndef GV_INSTALL_LOG_H
#define GV_INSTALL_LOG_H

#include "core/install/install.h"
#include "core/install/proxies.h"

struct gv_log {
	const struct gv_install *in;
	struct gv_fetcher *fetcher;
	struct gv_proxies proxies;
	struct gv_proxy way; /* where requests go, once `chosen`; url or path is owned */
	bool chosen;
};

int gv_log_open(const struct gv_install *in, struct gv_log *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
void gv_log_close(struct gv_log *log);

/* A gv_sumdb_get; `arg` is the gv_log. */
int gv_log_get(void *arg, const char *path, struct gv_buf *ret, struct gv_err *err);

/* The database in force as this store knows it, with no way to ask it: `get` is for the
 * caller to set, `heads_dir` to close.  -errno: without what is remembered any log
 * would be believed. */
int gv_log_db(const struct gv_install *in, struct gv_sumdb *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/* The network settings of the configuration. */
struct gv_net gv_install_net(const struct gv_install *in) GV_NONNULL(1);

#endif
