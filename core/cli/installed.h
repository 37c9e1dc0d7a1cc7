// SPDX-License-Identifier: Apache-2.0
/*
 * Specs on the command line, and the toolchains that are there for them.
 */
#ifndef GV_CLI_INSTALLED_H
#define GV_CLI_INSTALLED_H

#include "core/cli/cli.h"
#include "core/resolve/resolve.h"
#include "core/version/spec.h"

/* One SPEC of the command line; -GV_EPIN. */
int gv_cli_spec(const char *arg, struct gv_spec *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/* Its suffix as it is written: "+auto", or "". */
const char *gv_cli_suffix(const struct gv_spec *spec) GV_NONNULL(1);

/* The names of all installed toolchains that the spec asks for, oldest first; a tag names
 * one.  The store is open.  An empty answer is no error. */
int gv_cli_matches(struct gv_cli *cli, const struct gv_spec *spec, struct gv_list *ret,
		   struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

/* The newest of them that runs and, where there are several, is not held
 * (core/store/pointers.h): an adopted one must still be what was adopted.
 * -GV_ENOTFOUND, with the command that would install it; -GV_EVERIFY: the only ones are
 * adopted, and other versions now. */
int gv_cli_find_installed(struct gv_cli *cli, const struct gv_spec *spec,
			  char ret_name[GV_NAME_MAX], struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);
/* The newest of them, whether it runs or not: to look at it, or to remove it. */
int gv_cli_find_listed(struct gv_cli *cli, const struct gv_spec *spec,
		       char ret_name[GV_NAME_MAX], struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

/* Says that nothing is installed, and what would change that. */
void gv_cli_none_yet(const struct gv_cli *cli) GV_NONNULL(1);

/* For whoever waits for the lock on a toolchain. */
void gv_cli_say_waiting(const struct gv_cli *cli, const char *name) GV_NONNULL(1, 2);
/* gv_store_lock() for as long as an install may take; says on stderr that it waits, or
 * that there are no locks.  0, also then; else the error is set. */
int gv_cli_lock(struct gv_cli *cli, const char *name, struct gv_lock *ret,
		struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

/* What would run here: gv_resolve() with the caller's environment, as the shim would.
 * `trace` may be NULL. */
int gv_cli_resolve(struct gv_cli *cli, const char *program, gv_resolve_trace *trace,
		   void *trace_arg, struct gv_choice *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 5, 6);

/* "/src/app/.go-version:1", "GOVERN_VERSION", "default", … : why a choice was made. */
#define GV_WHY_LEN (PATH_MAX + 32)
void gv_cli_why(const struct gv_choice *choice, char ret[GV_WHY_LEN]) GV_NONNULL(1);

/* The version of a choice: its toolchain's name, or for the system's go what the VERSION
 * file beside it says; "" when that is not known. */
void gv_cli_version_of(const struct gv_choice *choice, char ret[GV_NAME_MAX])
	GV_NONNULL(1);

/* The object that `current --json` and `which --json` print. */
struct gv_json *gv_cli_choice_json(const struct gv_choice *choice, const char *program,
				   bool installed) GV_NONNULL(1);

#endif
