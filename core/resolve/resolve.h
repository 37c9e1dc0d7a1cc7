// SPDX-License-Identifier: Apache-2.0
/*
 * Which toolchain runs here: the one implementation, linked into the shim and into the
 * manager.  `govern which` calls what the shim calls, so they cannot disagree.
 *
 * No heap, no stdio, no writes, no locks, no directory listings: paths are composed from
 * parsed versions and opened.  The rules, in order (docs/ARCHITECTURE.md tells them whole):
 *
 *   1 +SPEC   2 inside a running go command   3 GOVERN_VERSION   4 an exact GOTOOLCHAIN
 *   5 the nearest pin file   6 the store's default   7 the next go in PATH
 *
 * Use: fill a gv_request, call gv_resolve(), read the gv_choice; to run it, hand the
 * environment to gv_choice_environ() (core/resolve/environ.h).
 */
#ifndef GV_RESOLVE_RESOLVE_H
#define GV_RESOLVE_RESOLVE_H

#include <limits.h>
#include <stdbool.h>

#include "core/base/err.h"
#include "core/version/spec.h"

enum gv_kind {
	GV_KIND_ARGUMENT,    /* rule 1 */
	GV_KIND_NESTED,	     /* rule 2 */
	GV_KIND_ENVIRONMENT, /* rule 3 */
	GV_KIND_GOTOOLCHAIN, /* rule 4 */
	GV_KIND_FILE,	     /* rule 5 */
	GV_KIND_DEFAULT,     /* rule 6 */
	GV_KIND_SYSTEM,	     /* rule 7 */
};

/* The name that `current --json` gives it: "argument", "file", … */
const char *gv_kind_name(enum gv_kind kind);

/*
 * Called for every place looked at, in order, when it is set: `place` is a rule, a variable
 * or a path, `what` says what was found or decided there.  For `which --explain`.
 */
typedef void gv_resolve_trace(void *arg, const char *place, const char *what);

struct gv_request {
	const char *prefix;	  /* <root>/<platform>, absolute */
	const char *program;	  /* "go" or "gofmt" */
	const char *self;	  /* path of the running shim file, to recognise it in PATH; or NULL */
	char *const *argv;	  /* as the shim got it: argv[0] is ignored; may be NULL */
	char *const *envp;	  /* NULL-terminated */
	gv_resolve_trace *trace;  /* or NULL */
	void *trace_arg;
};

struct gv_choice {
	enum gv_kind kind;
	struct gv_spec spec;	    /* what was asked for; for default and system: kind only */
	char file[PATH_MAX];	    /* rule 5: the pin file; else "" */
	unsigned line;		    /* rule 5: its line; else 0 */
	char name[GV_NAME_MAX];	    /* the toolchain, "go1.22.5"; "" for system */
	char goroot[PATH_MAX];	    /* its real directory in the store; "" for system */
	char program[PATH_MAX];	    /* what to execute */
	bool explicit_pin;	    /* a pin decided (rules 1, 3, 5), `system` included */
	bool skip_argument;	    /* argv[1] was +SPEC: leave it out */
	/* The environment of what runs; see core/resolve/environ.h. */
	const char *gotoolchain;    /* export this; NULL: leave it as it is */
	bool drop_gotoolchain;	    /* what is there was ours and no longer holds: remove it */
	bool set_goroot;	    /* Go <= 1.9, or no /proc: GOROOT=goroot; else it is removed */
	char behind[PATH_MAX];	    /* system: the PATH directory handed over to; else "" */
};

/*
 * 0 and the choice; the program in it was seen to be there.
 *   -GV_EPIN       a pin (file, variable, argument) is not valid; file and line are set
 *   -GV_ENOTFOUND  what was asked for is not installed, or nothing was found at all; on
 *                  return ret->spec, kind, file, line still say what was asked for, so that
 *                  auto-install can act (`ret->spec.text` is "" when nothing was)
 *   -GV_ENOEXEC    it is there and cannot be executed, or leads back to a shim
 * The message is the whole line that the shim prints, the hint the command that helps.
 */
int gv_resolve(const struct gv_request *req, struct gv_choice *ret, struct gv_err *err) GV_MUST
	GV_NONNULL(1, 2, 3);

/*
 * As rule 5 alone, from directory `dir` (absolute): the pin file in force.  0 and file,
 * line, spec (of the first word) in *ret; 1 when there is none; -GV_EPIN.
 */
int gv_resolve_pin(const char *dir, struct gv_choice *ret, struct gv_err *err) GV_MUST
	GV_NONNULL(1, 2, 3);

/*
 * The toolchain that a spec of pin grammar names in this store, as rule 5 would take it:
 * for commands given a SPEC (`run`, `which`, `default`, `uninstall`).  Same errors.
 */
int gv_resolve_spec(const char *prefix, const struct gv_spec *spec, char ret_name[GV_NAME_MAX],
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
