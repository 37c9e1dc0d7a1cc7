// SPDX-License-Identifier: Apache-2.0
/*
 * Somebody else's program (a hook, a source plugin), run to its end: with nothing on its
 * stdin, its stdout and stderr read through pipes, and in a process group of its own.
 * However it ends, by itself, at a limit or because the caller wants no more of it,
 * nothing of that group goes on afterwards; what a process put into another group
 * (setsid(2)) is no longer ours to know.
 *
 * That a process it started keeps the pipes open holds up nobody: it has ended when the
 * program itself has.
 */
#ifndef GV_BASE_SUPERVISE_H
#define GV_BASE_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"
#include "core/base/buf.h"

/* Gets what was written to stdout (fd 1) or stderr (fd 2), as it comes.  A negative
 * answer ends the program and is returned. */
typedef int gv_supervise_output(void *arg, int fd, const char *data, size_t n);

struct gv_supervise {
	const char *program; /* absolute path */
	char *const *argv;
	const char *directory; /* it starts there; NULL: "/" */
	const struct gv_list
		*set;	   /* "NAME=VALUE": our environment with these in it; or NULL */
	char *const *envp; /* all of it, instead of that; or NULL */
	bool guarded, no_network;    /* as in core/base/child.h */
	long limit_ms;		     /* all in all; 0: none */
	long quiet_ms;		     /* without a byte on stdout; 0: none */
	gv_supervise_output *output; /* NULL: nobody wants to know */
	void *arg;
};

/*
 * 0: it ended by itself, *ret_status as of gv_child_wait().  -ETIMEDOUT: a limit was
 * reached; -GV_EINTERRUPTED; what `output` answered; -errno: it could not be started.
 */
int gv_supervise(const struct gv_supervise *what, int *ret_status)
	GV_MUST GV_NONNULL(1, 2);

#endif
