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
	const char *program; /* its last component: "go" or "gofmt", a constant */
	const char *prefix;  /* <root>/<platform>: two levels up, links resolved */
};

/*
 * `execfn` is AT_EXECFN or NULL; it is cut to the prefix, or `path` is written and cut.  Fails,
 * with a message, when neither AT_EXECFN nor /proc says where the shim is, or when the
 * file has another name than go or gofmt.
 */
int shim_self_find(char *execfn, char path[PATH_MAX], struct shim_self *ret,
		   struct gv_err *err) GV_MUST GV_NONNULL(2, 3, 4);

#endif
