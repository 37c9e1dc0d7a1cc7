// SPDX-License-Identifier: Apache-2.0
/*
 * Where the shim lies, and with that which store it serves and which program it is. Never
 * from argv[0], which anyone may set and Go sets to "go" (docs/ARCHITECTURE.md).
 */
#ifndef GV_SHIM_SELF_H
#define GV_SHIM_SELF_H

#include <limits.h>

#include "core/base/attr.h"
#include "core/base/err.h"

struct shim_self {
	const char *path;    /* of the shim file, absolute, links resolved */
	const char *program; /* its last component: "go" or "gofmt", a constant */
	const char *prefix;  /* <root>/<platform>: two levels up */
};

#define SHIM_SELF_TEXT (2 * PATH_MAX)

/*
 * `execfn` is AT_EXECFN; what *ret points to lies there or in `text` (the prefix at its
 * very end, so that it can share a page with what comes behind).  Fails, with a
 * message, when neither AT_EXECFN nor /proc says where the shim is, or when the file has
 * another name than go or gofmt.
 */
int shim_self_find(const char *execfn, char text[SHIM_SELF_TEXT], struct shim_self *ret,
		   struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
