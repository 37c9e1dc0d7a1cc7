// SPDX-License-Identifier: Apache-2.0
/*
 * A URL that is about to be asked, and the rules about which may be.
 *
 * https always; http where the request allows it.  From https a redirect leads to https
 * only, from http to https or to http on the same host.  User and password of a URL go to
 * that scheme, host and port and nowhere else, and not over plain http except on this
 * machine.
 */
#ifndef GV_WORKER_FETCH_TARGET_H
#define GV_WORKER_FETCH_TARGET_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/worker/wire.h"

struct gv_target {
	char scheme[8];
	char host[256]; /* an IPv6 address in brackets */
	char port[8];
	char url[GV_WIRE_URL];	 /* to ask for: no user, no password, no fragment */
	char shown[GV_WIRE_URL]; /* for people: without the query too, which may hold a
				    key */
	char *user;		 /* NULL: none */
	char *password;
};

/* -GV_EREMOTE: no URL, or none that may be asked. */
int gv_target_parse(const char *url, bool allow_http, struct gv_target *ret,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4);
/* Where the answer of `from` sends us.  User and password of `location` are dropped. */
int gv_target_redirect(const struct gv_target *from, const char *location,
		       bool allow_http, struct gv_target *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4, 5);
void gv_target_release(struct gv_target *t);

bool gv_target_is_http(const struct gv_target *t) GV_MUST GV_NONNULL(1);
bool gv_target_same_host(const struct gv_target *a, const struct gv_target *b)
	GV_MUST GV_NONNULL(1, 2);
/* Scheme, host and port. */
bool gv_target_same_origin(const struct gv_target *a, const struct gv_target *b)
	GV_MUST GV_NONNULL(1, 2);

#endif
