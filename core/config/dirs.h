// SPDX-License-Identifier: Apache-2.0
/*
 * The directories that the environment names: the store's root, the cache, the user's
 * configuration.  XDG Base Directory Specification; a relative XDG_* value is ignored, as
 * it says.  Heap strings; -GV_EUSAGE when neither the variable nor HOME is set or
 * GOVERN_ROOT is not absolute.
 */
#ifndef GV_CONFIG_DIRS_H
#define GV_CONFIG_DIRS_H

#include <limits.h>

#include "core/base/err.h"

/* `given` is --root (relative to the working directory when it is), or NULL; *ret_origin
 * says what decided. */
int gv_dirs_root(const char *given, char **ret, const char **ret_origin,
		 struct gv_err *err) GV_MUST GV_NONNULL(2, 4);
/*
 * The working directory, as the go command has it and the shim walks up from it: $PWD
 * when that names it and has no "." or ".." component, else as the kernel knows it.
 * -errno.
 */
int gv_dirs_working(char ret[PATH_MAX]) GV_MUST;
int gv_dirs_cache(char **ret, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
int gv_dirs_config(char **ret, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);

#endif
