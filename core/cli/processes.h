// SPDX-License-Identifier: Apache-2.0
/*
 * The Go programs that run on this machine, as far as /proc shows them to this user.
 *
 *	struct gv_processes all = {0};
 *	r = gv_processes_gather(&all);
 *	… all.items[i] …
 *	gv_processes_release(&all);
 */
#ifndef GV_CLI_PROCESSES_H
#define GV_CLI_PROCESSES_H

#include <sys/types.h>

#include "core/base/buf.h"
#include "core/buildinfo/buildinfo.h"

/* A program that processes run: read once, however many they are. */
struct gv_running_exe {
	dev_t dev;
	ino_t ino;
	bool is_go;
	struct gv_buildinfo info;
};

struct gv_process {
	pid_t pid;
	uid_t uid;
	char *exe;     /* its path, as its own mounts have it */
	bool exe_gone; /* that file was removed or replaced */
	char *cwd;     /* NULL: it may not be told, was deleted, or is in other mounts */
	char *goroot; /* of Go's own programs: where it lies; NULL: a program of somebody's */
	size_t known; /* what it runs: index into `known` */
	/* Those of its variables that choose a toolchain, NULL-terminated; they may
	 * not be told: only PATH, ours. */
	struct gv_list environment;
};

struct gv_processes {
	struct gv_process *items; /* in the order of their numbers */
	size_t n, cap;
	struct gv_running_exe *known;
	size_t n_known, cap_known;
	size_t hidden; /* processes of which this user may not know what they run */
};

/* -ENOMEM, -GV_EINTERRUPTED, or -errno of /proc. */
int gv_processes_gather(struct gv_processes *ret) GV_MUST GV_NONNULL(1);
void gv_processes_release(struct gv_processes *p);

const struct gv_buildinfo *gv_process_info(const struct gv_processes *all,
					   const struct gv_process *p) GV_NONNULL(1, 2);

#endif
