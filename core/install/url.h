// SPDX-License-Identifier: Apache-2.0
/*
 * URLs as far as the installation needs them: which host, what may be shown, how to join.
 * They are taken apart for speaking to them in core/worker/fetch/ only.
 */
#ifndef GV_INSTALL_URL_H
#define GV_INSTALL_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

/* "scheme://…" */
bool gv_is_url(const char *s) GV_NONNULL(1);
bool gv_url_is_https(const char *url) GV_NONNULL(1);
bool gv_url_is_http(const char *url) GV_NONNULL(1); /* plain */

/* The host in lower case, without user, port or brackets; "" when there is none or it
 * does not fit. */
void gv_url_host(const char *url, char *ret, size_t cap) GV_NONNULL(1, 2);

/* What messages and receipts show: no user and password, no query, no fragment.  On the
 * heap, as all below; NULL: no memory. */
char *gv_url_public(const char *url) GV_MUST GV_NONNULL(1);
/* base and name with one slash between them. */
char *gv_url_join(const char *base, const char *name) GV_MUST GV_NONNULL(1, 2);

/* The absolute path of a file:// URL, decoded.  -EINVAL for a host, a relative path, a
 * query, or a NUL in it. */
int gv_url_file_path(const char *url, char **ret) GV_MUST GV_NONNULL(1, 2);

#endif
