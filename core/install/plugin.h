// SPDX-License-Identifier: Apache-2.0
/*
 * Programs of others that govern runs by their names (docs/PLUGINS.md): `govern-NAME` for
 * `govern NAME`, `govern-source-NAME` for the source exec:NAME.  They lie in the plugin
 * directory, <prefix>/libexec/govern/plugins, or in PATH, whose empty and relative
 * elements are passed over: nothing is ever taken from a working directory.
 */
#ifndef GV_INSTALL_PLUGIN_H
#define GV_INSTALL_PLUGIN_H

#include <limits.h>
#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* Lower-case letters, digits, "-" and "_", not beginning with "-", under 64 bytes. */
bool gv_plugin_name_valid(const char *name) GV_MUST GV_NONNULL(1);

/* The path of govern-`name`, absolute.  -ENOENT. */
int gv_plugin_find(const char *libexec, const char *name, char ret[PATH_MAX])
	GV_MUST GV_NONNULL(1, 2, 3);
/* The names of all subcommands that there are, each once, in bytewise order. */
int gv_plugin_list(const char *libexec, struct gv_list *ret) GV_MUST GV_NONNULL(1, 2);

/* Adds "NAME=VALUE"; NULL is "". */
int gv_plugin_env_add(struct gv_list *env, const char *name, const char *value)
	GV_MUST GV_NONNULL(1, 2);
/* Adds what all of them get: GOVERN_ROOT, GOVERN_PLATFORM and GOVERN_PROGRAM, which is
 * the govern that runs them. */
int gv_plugin_env(const char *root, const char *platform, struct gv_list *ret)
	GV_MUST GV_NONNULL(1, 2, 3);

/* A question to a source plugin: `VERB [VERSION] PLATFORM`. */
struct gv_plugin_call {
	const char *source;  /* "exec:NAME" */
	const char *program; /* its path */
	const char *verb;    /* "list", "locate", "fetch" */
	const char *version; /* or NULL */
	const char *platform;
	const char *root;
	long limit_ms, quiet_ms; /* as in core/base/supervise.h */
	/* Gets its stdout; when it answers with an error, it has set `err` itself. */
	int (*output)(void *arg, const char *data, size_t n);
	void *arg;
};

/* 0: it did its work.  -GV_EREMOTE: it could not, with the last that it said on
 * stderr; what `output` answered; -GV_EINTERRUPTED; -errno. */
int gv_plugin_call(const struct gv_plugin_call *call, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2);

#endif
