// SPDX-License-Identifier: Apache-2.0
/*
 * How Go names a toolchain as a module (https://go.dev/ref/mod#toolchain):
 * golang.org/toolchain@v0.0.1-go1.22.5.linux-amd64
 */
#ifndef GV_TRUST_MODULE_H
#define GV_TRUST_MODULE_H

#include "core/base/attr.h"
#include "core/base/text.h"

#define GV_MODULE_PATH	      "golang.org/toolchain"
#define GV_MODULE_VERSION_MAX 160

/*
 * "v0.0.1-go1.22.5.linux-amd64" from "go1.22.5" and "linux-amd64".  -EINVAL when it is
 * too long or has characters that no version has: a name that came from outside becomes
 * part of URLs, of lines and of paths.
 */
int gv_module_version(const char *version, const char *platform,
		      char ret[GV_MODULE_VERSION_MAX]) GV_MUST GV_NONNULL(1, 2, 3);

/* Adds a module path or version as it stands in URLs and in the names of the module
 * cache: an upper-case letter is "!" and the lower-case one
 * (https://go.dev/ref/mod#goproxy-protocol). */
void gv_module_escape(struct gv_text *t, const char *s, size_t n) GV_NONNULL(1, 2);

#endif
