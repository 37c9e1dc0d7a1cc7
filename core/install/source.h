// SPDX-License-Identifier: Apache-2.0
/*
 * A source of toolchains: the one interface that everything in plugins/ implements.
 *
 * A source turns a version into candidates (where the bytes may be had, as what, and what
 * is known about them).  It decides nothing about trust and never sees the bytes of an
 * archive.
 */
#ifndef GV_INSTALL_SOURCE_H
#define GV_INSTALL_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/version/version.h"
#include "core/worker/fetcher.h"
#include "core/worker/unpacker.h"

struct gv_bundle;
struct gv_config;
struct gv_install;

#define GV_SOURCE_NAME_MAX 32 /* "exec:NAME" and a NUL */

/* What a source may use.  One per thread of work. */
struct gv_source_env {
	struct gv_fetcher *fetcher;
	const struct gv_config *config;
	int cache_dir;	     /* <cache>, or -1 */
	const char *goproxy; /* the GOPROXY value in force; NULL: none is known */
	const char *from;    /* --from, or NULL */
	const struct gv_bundle *bundle; /* that file's, or NULL */
	const char *source; /* who is asked, as sources.order names it: "exec:NAME" */
	const char *libexec, *root; /* for programs that are run */
	bool refresh;		    /* do not answer from a cache without asking */
	bool offline;
	/* For a source that makes the archive itself (plugins/build/): the installation,
	 * and a directory that goes when it ends. */
	const struct gv_install *in;
	const char *scratch; /* absolute */
};

struct gv_candidate {
	enum gv_archive kind; /* as far as the name says; the first bytes decide */
	char *url;	      /* https://, http://; or NULL */
	char *path;	      /* absolute path of a local archive; or NULL */
	char *program;	 /* that prints the archive (core/install/plugin.h); or NULL */
	uint64_t offset; /* of the archive in that file, `size` bytes long, ... */
	bool in_bundle;	 /* ... which is a bundle (core/install/bundle.h) */
	bool allow_http; /* the user configured this origin */
	char sha256[65]; /* of the archive, hex; "": none */
	char *digest_origin; /* host or file that gave the digest; NULL: none */
	bool digest_counts;  /* from an origin other than the bytes', not over plain http
				 from   another host, or given by the user: enough for
				 `checksummed` */
	uint64_t size;	     /* 0: not known */
	bool try_next_on_any_error; /* GOPROXY's "|"; else only on -GV_EGONE */
	bool off;		    /* GOPROXY's "off": nothing is asked from here on */
};

struct gv_candidates {
	struct gv_candidate *items;
	size_t n;
};

int gv_candidates_add(struct gv_candidates *l, const struct gv_candidate *c)
	GV_MUST GV_NONNULL(1, 2); /* copies the strings */
void gv_candidates_release(struct gv_candidates *l);

/* Releases a source can name, unsorted, maybe with repetitions. */
struct gv_releases {
	struct gv_version *items;
	size_t n, cap;
	int64_t fetched_at; /* seconds since 1970: the age of what this comes from */
	bool stale;	    /* from the cache, because the source could not be asked */
};

int gv_releases_add(struct gv_releases *l, const struct gv_version *v)
	GV_MUST GV_NONNULL(1, 2);
void gv_releases_sort(struct gv_releases *l); /* newest first, each once */
void gv_releases_release(struct gv_releases *l);

struct gv_source {
	const char *name;
	/* 0; 1: this source is not set up (no proxy known, no --from): ask the next one.
	 */
	int (*list)(const struct gv_source_env *env, const char *platform,
		    struct gv_releases *ret, struct gv_err *err);
	/* 0 and at least one candidate; 1 as above; -GV_ENOTFOUND: this source has no
	 * such version. */
	int (*locate)(const struct gv_source_env *env, const struct gv_version *v,
		      const char *platform, struct gv_candidates *ret,
		      struct gv_err *err);
	/* What it said led to nothing good: what it remembers is asked for anew the next
	 * time. */
	void (*doubt)(const struct gv_source_env *env);
};

/* plugins/<name>/<name>.c */
extern const struct gv_source gv_source_goproxy, gv_source_godev, gv_source_dir,
	gv_source_exec;
extern const struct gv_source gv_source_bundle; /* of --from only */
extern const struct gv_source gv_source_build;	/* of `govern build` only */

/* By name, "exec:NAME" with any NAME that a program may have; NULL. */
const struct gv_source *gv_source_find(const char *name) GV_NONNULL(1);

#endif
