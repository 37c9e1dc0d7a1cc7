// SPDX-License-Identifier: Apache-2.0
/*
 * Where the shim lies, and with that which store it serves and which program it is. Never
 * from argv[0], which anyone may set and Go sets to "go" (docs/ARCHITECTURE.md).
 */
#ifndef GV_SHIM_SELF_H
#define GV_SHIM_SELF_H

#include <limits.h>
#include <stdbool.h>

#include "core/base/attr.h"
#include "core/base/err.h"

struct shim_self {
	const char *program; /* its last component: "go" or "gofmt", a constant */
	const char *prefix;  /* <root>/<platform>: two levels up */
	bool guessed;	     /* by name: it may be none */
};

/*
 * By AT_EXECFN, the path that execve(2) was given, without asking anybody: where it is
 * absolute, has no odd components and ends with /<platform>/bin/go (or gofmt), it is cut
 * to the prefix.  A link of that name to another store's shim makes that wrong: who uses
 * the prefix finds no store there (GV_RESOLVE_ASTRAY), or a store, and then it is that
 * one which was meant.  False: nothing is guessed.
 */
bool shim_self_guess(char *execfn, struct shim_self *ret) GV_MUST GV_NONNULL(2);

/*
 * Behind shim_self_guess(): by AT_EXECFN where no link is on its way, else by
 * /proc/self/exe.  That costs a new process an inode and a dentry for itself and for the
 * link, and their removal when it ends: 24 µs, a third of what the whole shim takes.
 * Without a /proc (in a chroot) the guess stands, or an absolute AT_EXECFN that may hold
 * links.  `path` is what is written and cut.  Fails, with a message, when nothing says
 * where the shim is, or when the file has another name than go or gofmt.
 */
int shim_self_find(char *execfn, char path[PATH_MAX], struct shim_self *ret,
		   struct gv_err *err) GV_MUST GV_NONNULL(2, 3, 4);

#endif
