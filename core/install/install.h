// SPDX-License-Identifier: Apache-2.0
/*
 * The pipeline: source -> fetch -> hash -> unpack -> verify -> publish, for one
 * toolchain.
 *
 * The bytes are hashed as they pass and unpacked while they arrive; the record of the
 * checksum database is looked up meanwhile by a second thread.  Nothing is published
 * before everything holds.
 */
#ifndef GV_INSTALL_INSTALL_H
#define GV_INSTALL_INSTALL_H

#include "core/config/config.h"
#include "core/install/build.h"
#include "core/install/source.h"
#include "core/store/receipt.h"
#include "core/store/store.h"
#include "core/trust/sumdb.h"
#include "core/version/spec.h"

enum gv_warning {
	GV_WARNING_QUIET_LOG, /* it shows no newer head */
	GV_WARNING_NO_LOCKS,  /* two commands may do the same work */
	GV_WARNING_NETWORK,   /* a build has one */
	GV_WARNINGS,
};

enum gv_step {
	GV_STEP_WAIT,
	GV_STEP_LOCATE,
	GV_STEP_BUILD,
	GV_STEP_FETCH,
	GV_STEP_VERIFY,
	GV_STEP_SYNC,
	GV_STEP_DONE
};

/* From the thread that installs; must be quick and thread-safe. */
typedef void gv_install_progress(void *arg, enum gv_step step, uint64_t done,
				 uint64_t total);

struct gv_bundle;

struct gv_install {
	struct gv_store *store;
	const struct gv_config *config;
	const char *libexec;
	const char *root; /* the store's, also when it is not there yet */
	const char *from; /* --from: source name, file, directory or URL; or NULL */
	const struct gv_bundle *bundle; /* what that file is, read once; or NULL */
	struct gv_build *build; /* it is made from source; NULL: the sources are asked */
	enum gv_trust minimum;
	bool force;   /* install again what is there */
	bool offline; /* no request is made: local files, and see lookup.h */
	int cache_dir;
	const char *goproxy; /* as in gv_source_env */
	const struct gv_sumdb_setting *sumdb;
	gv_install_progress *progress;
	void *progress_arg;
	/* talk for --verbose, and warnings: one line, no newline; from any thread; or
	 * NULL.  A warning may come for each toolchain anew. */
	void (*talk)(void *arg, const char *line);
	void *talk_arg;
	void (*warn)(void *arg, enum gv_warning what, const char *line);
	void *warn_arg;
};

struct gv_installed {
	char name[GV_NAME_MAX];
	enum gv_trust trust;
	char source[32];
	char h1[GV_H1_LEN];
	int64_t milliseconds;
	uint64_t bytes_downloaded;
	bool already; /* it was there */
};

/* Whether gv_install_one() would bring it in: 1.  0: what is there is good enough.
 * Errors are those of gv_install_one(). */
int gv_install_wants(const struct gv_install *in, const struct gv_version *v,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);

/*
 * Brings one exact version in.  Pointers are not touched: the caller changes them once
 * for all that it installed. -GV_ENOTFOUND: no source has it; -GV_EVERIFY, -GV_EPOLICY;
 * -GV_EREMOTE; -errno.
 */
int gv_install_one(const struct gv_install *in, const struct gv_version *v,
		   struct gv_installed *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

/*
 * The newest release that a spec of any kind but tag and system asks for and that policy
 * allows, from the sources' lists (cached as they allow).  An exact version is returned
 * as it is.  -GV_EPOLICY: there are such releases, and none is allowed.
 */
int gv_install_choose(const struct gv_install *in, const struct gv_spec *spec,
		      struct gv_version *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

/* All releases that the sources name for this platform, newest first. */
int gv_install_releases(const struct gv_install *in, bool refresh,
			struct gv_releases *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4);

enum gv_finding_kind {
	GV_FINDING_CHANGED,
	GV_FINDING_MISSING,
	GV_FINDING_EXTRA,
	GV_FINDING_MODE
};
typedef void gv_finding(void *arg, enum gv_finding_kind kind, const char *path);

struct gv_verified {
	enum gv_trust trust;  /* now */
	enum gv_trust before; /* as the receipt had it */
	char h1[GV_H1_LEN];
	size_t findings;
	bool from_log; /* the log was asked now, not the receipt's proof */
};

/*
 * Recomputes an installed toolchain's h1 and checks it against the receipt's proof, and,
 * unless offline, against the log.  Raises the level in the receipt when it can.
 * -GV_EVERIFY when anything differs: each file is reported to `finding` first.
 */
int gv_verify_one(const struct gv_install *in, const char *name, gv_finding *finding,
		  void *arg, struct gv_verified *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 5, 6);

#endif
