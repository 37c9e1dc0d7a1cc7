// SPDX-License-Identifier: Apache-2.0
/*
 * What `fetch` and `unpack` do first, before they read a byte from anybody: give up all
 * that they do not need.  Called once, with one thread running.
 *
 * In this order: every fd that is not named is closed; no core dump, not dumpable
 * (another process of the user cannot ptrace it); limits on file size, memory and open
 * files; no new privileges; no capabilities; a Landlock domain (reads below the named
 * paths, writes below one directory or nowhere, no execve, no signals to the outside);
 * and a seccomp filter that refuses to change modes, owners, times and attributes by path
 * (Landlock lets that pass), to make an io_uring or another process (threads are
 * allowed), and without `network` to make a socket.
 *
 * A kernel without Landlock (before 5.13, or switched off) or without seccomp is not an
 * error: *ret says what holds, so that --verbose can say so.  What is and is not a
 * boundary is told in docs/SECURITY.md.
 *
 * https://docs.kernel.org/userspace-api/landlock.html
 */
#ifndef GV_WORKER_CONFINE_H
#define GV_WORKER_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

struct gv_confine {
	/* Files, or directories with all below them, that may be read.  One that is not
	 * there is passed over; a symbolic link counts as what it leads to. */
	const char *const *read;
	size_t n_read;
	int write_dir; /* files and directories may be made below it; -1: nowhere */
	bool network;
	bool keep_capabilities; /* a root that fills another user's directory needs them
				 */
	const int *fds;		/* to keep; all others are closed */
	size_t n_fds;
	uint64_t file_bytes;   /* size of a file it may write; 0: none */
	uint64_t memory_bytes; /* of private memory; 0: not limited */
	uint64_t open_files;
};

struct gv_confined {
	int landlock;	 /* version of its ABI that is in force; 0: none */
	bool no_network; /* not wanted, and seccomp holds */
};

/* -errno only when something failed that every supported kernel has. */
int gv_confine(const struct gv_confine *what, struct gv_confined *ret)
	GV_MUST GV_NONNULL(1, 2);

#endif
