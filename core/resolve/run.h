// SPDX-License-Identifier: Apache-2.0
/*
 * One resolution while it runs: what the files of core/resolve hand to each other.
 * Everybody else uses resolve.h.
 */
#ifndef GV_RESOLVE_RUN_H
#define GV_RESOLVE_RUN_H

#include <sys/stat.h>

#include "core/resolve/resolve.h"
#include "core/resolve/walk.h"
#include "core/resolve/words.h"

/* The variables that mean something to us, read once; NULL: not set. */
struct gv_variables {
	const char *gotoolchain, *exported, *version, *behind;
	const char *goroot, *gotooldir, *goversion;
	const char *path, *pwd;
};

struct gv_run {
	const struct gv_request *req;
	struct gv_variables env;
	struct gv_choice *choice;
	struct gv_err *err;
	bool anonymous;	      /* the request has no place that a message could name */
	bool careful;	      /* not `at_once` */
	bool nested;	      /* it is about what runs already */
	bool inside;	      /* something was found in the prefix: it is a store's */
	bool astray;	      /* the prefix is a guess that is not good enough */
	int error;	      /* errno behind GV_CANNOT_EXECUTE */
	struct gv_walk *walk; /* the pin file in force: on this level … */
	const char *pin;      /* … and with this name */
	struct gv_version version;     /* choice->name in parts, where that is not "" */
	char pointer[GV_NAME_MAX + 1]; /* that was followed last: "1.22", "@prod" */
	char wanted[GV_NAME_MAX];      /* rule 4 leaves this one to Go */
};

/* A rule has nothing to say: the next one. */
enum { GV_NEXT = 1 };

/* -- run.c --------------------------------------------------------------------------- */
/* Before the first rule; of `choice` only what is used later is written. */
void gv_run_init(struct gv_run *run) GV_NONNULL(1);
/* What the rules so far found does not count any more. */
void gv_run_forget(struct gv_run *run) GV_NONNULL(1);
void gv_run_trace(const struct gv_run *run, const char *place, const char *what)
	GV_NONNULL(1, 2, 3);

/* -- find.c: what a spec names in the store ------------------------------------------ */
enum gv_found {
	GV_FOUND,	   /* choice->name, goroot and program are set */
	GV_NO_POINTER,	   /* no such line, tag, latest or default */
	GV_BAD_POINTER,	   /* it does not lead to a toolchain */
	GV_OTHER_VERSION,  /* the tag leads to choice->name, the spec says another */
	GV_NOT_INSTALLED,  /* choice->name is not there */
	GV_DENIED,	   /* choice->name is there, and the store denies it
			    * (core/store/denied.h): by one access(2), which fails for all
			    * others */
	GV_DAMAGED,	   /* choice->name is there, choice->program is not */
	GV_CANNOT_EXECUTE, /* choice->program is there */
	GV_LEADS_BACK,	   /* choice->program is a shim */
	GV_NONE_IN_PATH,   /* `system`, and no other go in PATH */
};

enum gv_found gv_find_toolchain(struct gv_run *run, const struct gv_version *v)
	GV_NONNULL(1, 2);
enum gv_found gv_find_pointer(struct gv_run *run, const char *pointer) GV_NONNULL(1, 2);
/* And the toolchain that it leads to. */
enum gv_found gv_follow_pointer(struct gv_run *run, const char *pointer) GV_NONNULL(1, 2);
enum gv_found gv_find_spec(struct gv_run *run, const struct gv_spec *spec)
	GV_NONNULL(1, 2);

/* -- search.c: PATH ------------------------------------------------------------------ */
/* GV_FOUND (choice->program and behind are set) or GV_NONE_IN_PATH. */
enum gv_found gv_search_path(struct gv_run *run) GV_NONNULL(1);
/* Whether the file is this store's shim or, when it is worth a look inside, that of
 * another store. `st` is of the file itself, not of a link to it. */
bool gv_is_shim(const struct gv_run *run, const char *path, const struct stat *st,
		bool look) GV_NONNULL(1, 2, 3);

/* -- choose.c: fallbacks ------------------------------------------------------------- */
/* Parses all words, then takes the first one that is there, or with `only_parse` stops
 * behind the parsing.  GV_NEXT: there are no words. */
int gv_choose(struct gv_run *run, struct gv_words words, bool only_parse)
	GV_MUST GV_NONNULL(1);

/* -- explain.c: sentences ------------------------------------------------------------ */
/* Sets the error for a choice->spec that was not found; returns its code. */
int gv_explain(struct gv_run *run, enum gv_found found) GV_NONNULL(1) GV_COLD;
/* A word that is not a spec: run->err is what gv_spec_parse() said; adds the place. */
int gv_explain_word(struct gv_run *run, unsigned line) GV_NONNULL(1) GV_COLD;
/* A pin file that is none: "it is empty", "it is not a regular file".  -GV_EPIN. */
int gv_explain_file(struct gv_run *run, unsigned line, const char *why)
	GV_NONNULL(1, 3) GV_COLD;
/* Why a file cannot be read or executed; there is no strerror(3) in the shim. */
const char *gv_explain_errno(int error) GV_COLD;
/* The end of a path that is too long for a message; *ret_dots what to put before it. */
const char *gv_path_tail(const char *path, const char **ret_dots) GV_NONNULL(1, 2);

#endif
