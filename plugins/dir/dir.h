// SPDX-License-Identifier: Apache-2.0
/*
 * What --from may name beside a source: an archive (a path or a URL), a directory or a
 * URL below which archives lie under their usual names (core/install/names.h), the layout
 * of a module proxy's directory included.
 */
#ifndef GV_PLUGINS_DIR_DIR_H
#define GV_PLUGINS_DIR_DIR_H

#include "core/base/err.h"
#include "core/version/version.h"

/* The version that --from FILE (or the URL of an archive) is for, by its name.
 * -GV_EUSAGE when the name does not say, -GV_ENOTFOUND when it is for another platform.
 */
int gv_source_dir_version(const char *from, const char *platform, struct gv_version *ret,
			  struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
