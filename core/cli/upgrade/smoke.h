// SPDX-License-Identifier: Apache-2.0
/*
 * The smoke check: whether a toolchain works on this machine and for these projects,
 * asked before anything leads to it.
 *
 *   standard   a program of ours is vetted, built, run and tested, with nobody's settings
 *              and without a network; one with C in it, where a C compiler works; and
 *              `go env` says what it should
 *   hooks      <root>/hooks/smoke.d/, with GOVERN_HOOK_VERSION and GOVERN_HOOK_PATH
 *   projects   a command of the user's in a copy of each directory
 *
 * The first that fails ends it; the last lines that it wrote go to stderr.
 */
#ifndef GV_CLI_UPGRADE_SMOKE_H
#define GV_CLI_UPGRADE_SMOKE_H

#include "core/cli/scratch.h"

struct gv_smoke {
	struct gv_cli *cli; /* the store is open, no lock is held */
	const char *version;
	const struct gv_list *projects; /* directories */
	const char *check; /* a line for sh(1); NULL: go build ./... && go test ./... */
	/* Whether this toolchain is for that directory; NULL: it is for all. */
	bool (*concerns)(void *arg, const char *project, const char *version);
	void *arg;
};

enum {
	GV_SMOKE_STANDARD = 1,
	GV_SMOKE_HOOKS = 2,
	GV_SMOKE_PROJECTS = 4,
	GV_SMOKE_ALL = 7,
};

/* -GV_EFAILED: a check says no, and the error which; -GV_EINTERRUPTED; -errno: there
 * is no room for it. */
int gv_smoke(const struct gv_smoke *what, unsigned parts, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3);

/* One part each, for core/cli/upgrade/smoke.c. */
int gv_smoke_project(const struct gv_smoke *what, const struct gv_scratch *s,
		     const char *dir, struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

/* What a failed job said, its last lines, to stderr. */
void gv_smoke_show(const struct gv_cli *cli, const struct gv_scratch_result *result)
	GV_NONNULL(1, 2);

#endif
