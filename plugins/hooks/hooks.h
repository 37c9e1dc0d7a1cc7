// SPDX-License-Identifier: Apache-2.0
/*
 * Hooks: programs of the store's owner that run before and after a change
 * (docs/PLUGINS.md).  They lie in <root>/hooks/<event>.d/ and run one after the other, in
 * bytewise order of their names, with no lock held, so that they may run govern.
 *
 * One that must not be run (another user's, or one that anybody could change), that
 * cannot be (not executable) or that is an editor's or a package manager's leftover is
 * passed over and told of.  Within a hook no hooks run: GOVERN_HOOK is set there.
 */
#ifndef GV_PLUGINS_HOOKS_HOOKS_H
#define GV_PLUGINS_HOOKS_HOOKS_H

#include <stdbool.h>

#include "core/base/err.h"

enum gv_hook_event {
	GV_HOOK_PRE_INSTALL,
	GV_HOOK_POST_INSTALL,
	GV_HOOK_PRE_SWITCH,
	GV_HOOK_POST_SWITCH,
	GV_HOOK_PRE_REMOVE,
	GV_HOOK_POST_REMOVE,
	GV_HOOK_SMOKE, /* a check of a toolchain, which may say no as pre-* do */
};

/* What it is about; NULL: does not apply. */
struct gv_hook_subject {
	const char *version; /* "go1.22.5" */
	const char *pointer; /* switch: "default", "@prod" */
	const char *before;  /* switch: what it named until now */
	const char *path;    /* of the toolchain, where it is there */
	const char *trust, *source, *h1;
};

#define GV_HOOK_NAME_MAX 256

struct gv_hooks {
	const char *root, *platform;
	const char *command; /* "install" */
	long limit_ms;	     /* for each; 0: none */
	/* What a hook says; warnings; talk for --verbose.  A line, fit to be shown. */
	void (*say)(void *arg, const char *hook, const char *line);
	void (*warn)(void *arg, const char *line);
	void (*talk)(void *arg, const char *line);
	void *arg;
};

/* Whether there may be hooks for this event, and we are not within one. */
bool gv_hooks_any(const char *root, enum gv_hook_event event) GV_MUST GV_NONNULL(1);

/*
 * Runs them.  The first of a pre-* event, or of `smoke`, that fails ends it: -GV_EPOLICY
 * when it said no by its exit status, -GV_EFAILED when it was killed or took too long,
 * -errno when it could not be run; `ret_hook` is its name ("pre-install.d/10-x").  Of a
 * post-* event all run, and failures are warnings.  -GV_EINTERRUPTED from either.
 */
int gv_hooks_run(const struct gv_hooks *h, enum gv_hook_event event,
		 const struct gv_hook_subject *subject, char ret_hook[GV_HOOK_NAME_MAX],
		 struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4, 5);

#endif
