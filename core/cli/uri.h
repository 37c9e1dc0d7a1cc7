// SPDX-License-Identifier: Apache-2.0
/*
 * Names as references that other programs read.
 */
#ifndef GV_CLI_URI_H
#define GV_CLI_URI_H

#include "core/base/attr.h"
#include "core/base/buf.h"

/* Adds text of which only letters, digits, "-._~" and `also` stay as they are, all
 * else as %XX (RFC 3986, section 2.1). */
void gv_uri_add(struct gv_buf *to, const char *s, const char *also) GV_NONNULL(1, 2, 3);

/* "file:///…" of an absolute path, else a relative reference; on the heap, or NULL. */
char *gv_uri_of_path(const char *path) GV_MUST GV_NONNULL(1);

/*
 * The package URL of a Go module (https://github.com/package-url/purl-spec): its path in
 * lower case, as the type `golang` has it, and its version where it is one.  NULL for a
 * module that has no path of its own (a directory), and where there is no memory.
 */
char *gv_purl_of_module(const char *path, const char *version) GV_MUST GV_NONNULL(1, 2);

#endif
