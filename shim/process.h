// SPDX-License-Identifier: Apache-2.0
/*
 * What the kernel gave this process, as it lies at the top of the stack: arguments,
 * environment and auxiliary vector, one behind the other (System V ABI, "Initial Process
 * Stack").  The shim edits it in place and hands it on, so that it needs neither a heap
 * nor a limit on the number of variables: the auxiliary vector is read first, once, and
 * its room (more than 30 words) then serves as the spare room of the environment.
 *
 *	struct shim_process p;
 *	shim_process_read(argv, &p);
 */
#ifndef GV_SHIM_PROCESS_H
#define GV_SHIM_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

struct shim_process {
	char **argv; /* NULL-terminated; may be empty */
	size_t argc;
	char **envp; /* NULL-terminated */
	size_t n_env;
	size_t env_room;      /* entries that fit at envp, the NULL included */
	char *execfn;	      /* the path that execve(2) was given; NULL: not known */
	bool secure;	      /* AT_SECURE: set-id, or capabilities gained */
	unsigned long hwcap2; /* AT_HWCAP2: what the processor can, by architecture */
};

/* `argv` is the one at the top of the stack, as main() gets it.  Calls nothing of libc
 * that sets errno: there may be no thread pointer yet. */
void shim_process_read(char **argv, struct shim_process *ret) GV_NONNULL(1, 2);

/* Puts `n` words in front of argv[at]: the rest of argv and the environment move up.
 * -E2BIG when the room is used up. */
int shim_process_insert(struct shim_process *p, size_t at, const char *const *words,
			size_t n) GV_MUST GV_NONNULL(1, 3);
/* Sets one variable, given as "NAME=value".  -E2BIG. */
int shim_process_set_env(struct shim_process *p, char *entry) GV_MUST GV_NONNULL(1, 2);

#endif
