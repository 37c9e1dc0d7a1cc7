// SPDX-License-Identifier: Apache-2.0
/*
 * Everything that core/install/ wants to be told, gathered from options, configuration
 * and Go's own settings.
 *
 *	struct gv_pipeline p;
 *	r = gv_pipeline_open(cli, &p, err);	the store is open already
 *	… gv_install_one(&p.in, …) …
 *	gv_pipeline_close(&p);
 */
#ifndef GV_CLI_PIPELINE_H
#define GV_CLI_PIPELINE_H

#include <stdatomic.h>

#include "core/cli/cli.h"
#include "core/install/bundle.h"
#include "core/install/install.h"

/* GOPROXY or GOSUMDB as in force, and what said so. */
struct gv_found_setting {
	char *value; /* NULL: nobody says anything */
	char *origin;
};

/*
 * GOPROXY (trust.sumdb: GOSUMDB) as CLI.md orders it: govern.ini, the environment, Go's
 * env file, the go.env of installed toolchains, newest first, then of the go in PATH and
 * of /usr/local/go.  A project's files never count.
 */
int gv_find_goproxy(struct gv_cli *cli, struct gv_found_setting *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
int gv_find_gosumdb(struct gv_cli *cli, struct gv_found_setting *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* Any other, as Go would find it; value NULL: nobody says anything. */
int gv_find_go_setting(struct gv_cli *cli, const char *key, struct gv_found_setting *ret,
		       struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);
void gv_found_setting_release(struct gv_found_setting *s);

/* An fd of the user's cache, made when it is not there; -1, said with --verbose: there is
 * none, and all works without it, only not so well. */
int gv_open_cache(const struct gv_cli *cli) GV_MUST GV_NONNULL(1);

struct gv_pipeline {
	struct gv_install in;
	struct gv_cli *cli;
	atomic_bool warned[GV_WARNINGS];
	char *libexec;
	struct gv_found_setting goproxy, gosumdb;
	struct gv_sumdb_setting sumdb;
	struct gv_bundle bundle;
	int cache_dir;
};

int gv_pipeline_open(struct gv_cli *cli, struct gv_pipeline *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* Where --from names a bundle: its index is read here, once for all toolchains in it. */
int gv_pipeline_open_bundle(struct gv_pipeline *p, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2);
void gv_pipeline_close(struct gv_pipeline *p);

#endif
