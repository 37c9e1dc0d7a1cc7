// SPDX-License-Identifier: Apache-2.0
/*
 * The shim proper, called by shim/start.c with what the kernel gave.  Returns the exit
 * status, when it could not become the real program.
 */
#ifndef GV_SHIM_MAIN_H
#define GV_SHIM_MAIN_H

#include "core/base/attr.h"
#include "core/base/err.h"
#include "core/resolve/environ.h"
#include "core/resolve/resolve.h"
#include "shim/process.h"

/*
 * The big buffers.  A page that nobody touches costs nothing, one that somebody touches
 * costs as much as two system calls: what a run that succeeds writes is the beginning of
 * `choice`, all of it where shim/start.c has put it.
 */
struct shim_room {
	struct gv_choice choice;
	char path[PATH_MAX]; /* of the shim, where AT_EXECFN does not tell it */
	char text[GV_ENVIRON_TEXT];
	struct gv_err err;
};

int shim_main(struct shim_process *p, struct shim_room *room) GV_MUST GV_NONNULL(1, 2);

#endif
