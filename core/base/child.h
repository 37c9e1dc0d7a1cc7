// SPDX-License-Identifier: Apache-2.0
/*
 * Child processes: started with exactly the fds that are named, waited for once.
 *
 * The child gets default signal dispositions and an empty mask, dies with us
 * (PR_SET_PDEATHSIG, where the kernel has it), and inherits no fd but those listed (and
 * 0, 1, 2 when `keep_stdio`; otherwise those that are not listed are /dev/null).
 * core/base/supervise.h runs what is not ours to trust.
 */
#ifndef GV_BASE_CHILD_H
#define GV_BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/attr.h"

struct gv_child_fd {
	int ours;   /* an open fd of this process */
	int theirs; /* its number in the child; 0 to 9 */
};

struct gv_child_spec {
	const char *program; /* path; PATH is not searched */
	char *const *argv;   /* NULL-terminated */
	char *const *envp;   /* NULL-terminated; NULL: our environment */
	const struct gv_child_fd *fds;
	size_t n_fds;
	bool keep_stdio;
	const char *directory; /* it starts there; NULL: where we are */
	bool own_group; /* a process group of its own, so that all of it can be killed */
	/* With own_group: when this process dies, by whatever, all of the group does. */
	bool guarded;
	bool no_network; /* gv_isolate_network() */
};

struct gv_child {
	pid_t pid;  /* 0: none */
	bool group; /* pid names its group, too */
};

#define GV_CHILD_INIT ((struct gv_child){0})

/* 0, or -errno: also when the program could not be executed. */
int gv_child_start(const struct gv_child_spec *spec, struct gv_child *ret)
	GV_MUST GV_NONNULL(1, 2);
/* Waits; *ret_status is the exit status 0..255, or 256 + the signal that killed it. */
int gv_child_wait(struct gv_child *c, int *ret_status) GV_MUST GV_NONNULL(1, 2);
/* 1: it has ended, and is still to be waited for; 0: it has not.  -errno. */
int gv_child_has_ended(const struct gv_child *c) GV_MUST GV_NONNULL(1);
/* A signal to all of its group, when it has one of its own; it is still to be waited
 * for. */
void gv_child_signal_group(const struct gv_child *c, int signal_number) GV_NONNULL(1);
void gv_child_kill_group(const struct gv_child *c) GV_NONNULL(1); /* SIGKILL */
/* SIGKILL, to its whole group where it has one, and wait.  For cleanup; does nothing when
 * there is none. */
void gv_child_kill(struct gv_child *c);

#endif
