// SPDX-License-Identifier: Apache-2.0
/*
 * What `govern policy check` looks at, and what it finds.
 *
 *	gv_policing_machine()		installed toolchains, default and tags, Go's settings
 *	gv_policing_repositories()	pins, modules, CI files and Dockerfiles below a directory;
 *					and by gv_policing_module() vendor and go.sum
 *
 * A finding has the id of its rule, as SARIF and JSON name it: the key of govern.ini that
 * is broken ("policy.deny"), or one of those below.
 */
#ifndef GV_CLI_POLICY_POLICING_H
#define GV_CLI_POLICY_POLICING_H

#include <limits.h>

#include "core/cli/policy/allowed.h"

/* A file names another version than the pin that is in force beside it. */
#define GV_RULE_OTHER_VERSION "other-version"
/* A pin that is not valid, or a file that cannot be read and may hold one. */
#define GV_RULE_UNREADABLE "unreadable"

/* A vendored file is not what go.mod and the modules say. */
#define GV_RULE_VENDOR "vendor"
/* A module in Go's cache is not what it was, or not what go.sum says. */
#define GV_RULE_MODULE_CHANGED "module-changed"
/* Neither of the two could be looked at: which is not the same as right. */
#define GV_RULE_UNVERIFIED "unverified"

struct gv_breach {
	const char *rule;
	char *message;
	char *file; /* absolute; "": of no file */
	unsigned line;
};

struct gv_policing {
	struct gv_cli *cli;
	struct gv_facts facts;
	struct gv_breach *items;
	size_t n;
	bool no_memory;	   /* something was found that could not be kept */
	size_t top_length; /* of the path of the directory that is looked below */
};

/* One more; `file` may be "". */
void gv_policing_add(struct gv_policing *p, const char *rule, const char *file,
		     unsigned line, const char *message) GV_NONNULL(1, 2, 3, 5);
void gv_policing_release(struct gv_policing *p);

/* One sentence for each rule. */
const char *gv_policing_about(const char *rule) GV_NONNULL(1);

/* The configuration is loaded; the store is open, or there is none. */
int gv_policing_machine(struct gv_policing *p, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2);
int gv_policing_repositories(struct gv_policing *p, const char *dir, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* Of the directory of a go.mod, or of the go.work of a workspace.  Costs nothing without
 * a vendor directory or a go.sum; else a go may be run.  -GV_EINTERRUPTED, -ENOMEM; all
 * else is a finding. */
int gv_policing_module(struct gv_policing *p, int dirfd, const char *dir, bool workspace)
	GV_MUST GV_NONNULL(1, 3);
/* Of Go's settings alone. */
int gv_policing_settings(struct gv_policing *p, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2);

#endif
