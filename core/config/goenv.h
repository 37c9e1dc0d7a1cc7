// SPDX-License-Identifier: Apache-2.0
/*
 * Go's own settings, found as the go command finds them (cmd/go/internal/cfg): the
 * environment when not empty, then the user's file ($GOENV, else the user configuration
 * directory's go/env), then a GOROOT's go.env.
 */
#ifndef GV_CONFIG_GOENV_H
#define GV_CONFIG_GOENV_H

#include "core/base/buf.h"
#include "core/base/err.h"

/*
 * The value of `key` ("GOPROXY", "GOSUMDB") as a heap string, and where it came from.
 * `go_env_files` are paths of go.env files to look at last, in order, NULL-terminated.
 * 1 when nobody says anything.
 */
int gv_goenv_find(const char *key, const char *const *go_env_files, char **ret_value,
		  char **ret_origin, struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4, 5);

/* The same, by the user's file alone: what `go env -w` wrote. */
int gv_goenv_find_written(const char *key, char **ret_value, char **ret_origin,
			  struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

/* All that it wrote, as "KEY=VALUE", the last for each key; *ret_path stays NULL when
 * there is no such file, or it is switched off.  -ENOMEM. */
int gv_goenv_list_written(char **ret_path, struct gv_list *ret) GV_MUST GV_NONNULL(1, 2);

#endif
