// SPDX-License-Identifier: Apache-2.0
/*
 * The environment in which a toolchain is in force for a command: its bin directory comes
 * first in PATH, GOVERN_VERSION names it, so that any go below agrees, and the rest is as
 * the shim hands it on.
 *
 *	r = gv_running_init(cli, &spec, &running, err);
 *	r = gv_running_find(&running, "go", path, err);
 *	… execve(path, argv, running.envp) …
 *	gv_running_release(&running);
 */
#ifndef GV_CLI_RUNNING_H
#define GV_CLI_RUNNING_H

#include <limits.h>

#include "core/cli/cli.h"
#include "core/version/spec.h"

struct gv_running {
	char name[GV_NAME_MAX]; /* "go1.22.5", or "system" */
	char **envp; /* NULL-terminated; what is not in `own` is this process's environment */
	char *own; /* text of the variables that were set */
	char *version, *path;
};

#define GV_RUNNING_INIT ((struct gv_running){0})

/* For the newest installed toolchain that the spec asks for, or for `system`; nothing of
 * this process changes.  -GV_ENOTFOUND as gv_cli_find_installed(). */
int gv_running_init(struct gv_cli *cli, const struct gv_spec *spec,
		    struct gv_running *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);
void gv_running_release(struct gv_running *r);

/* Where execvp(3) would find a program with that PATH.  -GV_ENOTFOUND; -GV_ENOEXEC: it is
 * there, and may not be executed. */
int gv_running_find(const struct gv_running *r, const char *program, char ret[PATH_MAX],
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
