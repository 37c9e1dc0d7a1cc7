// SPDX-License-Identifier: Apache-2.0
/*
 * Which toolchain runs here: the one implementation, linked into the shim and into the
 * manager.  `govern which` calls what the shim calls, so they cannot disagree.
 *
 * No heap, no stdio, no writes, no locks, no directory listings: paths are composed from
 * parsed versions and opened.  The rules, in order (docs/ARCHITECTURE.md tells them
 * whole):
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
 * Called for every place looked at, in order, when it is set: `place` is a rule, a
 * variable or a path, `what` says what was found or decided there.  For `which
 * --explain`.
 */
typedef void gv_resolve_trace(void *arg, const char *place, const char *what);

struct gv_request {
	const char *prefix;  /* <root>/<platform>, absolute */
	const char *program; /* "go", "gofmt" or another file of a GOROOT's bin */
	char *const *argv;   /* as the shim got it: argv[0] is ignored; may be NULL */
	char *const *envp;   /* NULL-terminated */
	bool no_proc;	     /* Go cannot find its GOROOT by /proc/self/exe: set it */
	bool unnamed;	     /* choice->file is not wanted: only errors name it */
	bool guessed;	     /* `prefix` may be none: see GV_RESOLVE_ASTRAY */
	bool at_once;	     /* execve(2) comes next: what it will tell (that the program
				  * is one, and may be executed) is not asked for before.
				  * When it fails: once more without this, which
				  * explains */
	gv_resolve_trace *trace; /* or NULL */
	void *trace_arg;
};

/* Room for the paths below, the content of a .go-version among them. */
#define GV_CHOICE_TEXT (6 * PATH_MAX)

/*
 * The paths lie in `text`, one close behind the other, because each page that the shim
 * touches costs it: so the struct is not to be copied.  None of them is ever NULL.
 */
struct gv_choice {
	enum gv_kind kind;
	unsigned line;	       /* rule 5: the line of the pin; else 0 */
	bool explicit_pin;     /* a pin decided (rules 1, 3, 5), `system` included */
	bool skip_argument;    /* argv[1] was +SPEC: leave it out */
	bool drop_gotoolchain; /* what is there was ours and no longer holds: remove it */
	bool set_goroot;       /* Go <= 1.9, or no /proc: GOROOT=goroot; else remove it */
	const char *gotoolchain; /* export this; NULL: leave it as it is */
	const char *file;	 /* rule 5: the pin file; else "" */
	const char *goroot;	 /* its real directory in the store; "" for system */
	const char *program;	 /* what to execute */
	const char *behind;	 /* system, when what was found may search PATH again: the
				  * directory handed over to; else "" */
	char name[GV_NAME_MAX];	 /* the toolchain, "go1.22.5"; "" for system */
	struct gv_spec spec;	 /* what was asked for; text is "" for default, system */
	size_t used;		 /* bytes of text that are taken */
	char text[GV_CHOICE_TEXT];
};

/* With `guessed`: `prefix` is not that of a store.  Nothing else is said. */
enum { GV_RESOLVE_ASTRAY = 1 };

/*
 * 0 and the choice; the program in it was seen to be there.
 *   -GV_EPIN       a pin (file, variable, argument) is not valid, or its tag leads to
 *                  another version than it says; file and line are set
 *   -GV_ENOTFOUND  what was asked for is not installed, or nothing was found at all; on
 *                  return ret->spec, kind, file, line still say what was asked for, so
 *                  that auto-install can act (`ret->spec.text` is "" when nothing was)
 *   -GV_ENOEXEC    it is there and cannot be executed, or leads back to a shim
 *   -GV_EPOLICY    the store denies it
 * The message is the whole line that the shim prints behind "govern: ", the hint the
 * command that helps.
 */
int gv_resolve(const struct gv_request *req, struct gv_choice *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/*
 * As rule 5 alone, from directory `dir` (absolute): the pin file in force.  0 and file,
 * line, spec (of the first word) in *ret; 1 when there is none; -GV_EPIN.
 */
int gv_resolve_pin(const char *dir, struct gv_choice *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/*
 * The toolchain that a spec of pin grammar names in this store, as rule 5 would take it:
 * for commands given a SPEC (`run`, `which`, `default`, `uninstall`).  Same errors;
 * -GV_EUSAGE for `system` and for specs that need the list of releases.
 */
int gv_resolve_spec(const char *prefix, const struct gv_spec *spec,
		    char ret_name[GV_NAME_MAX], struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
