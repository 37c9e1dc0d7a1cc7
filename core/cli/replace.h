// SPDX-License-Identifier: Apache-2.0
/*
 * Replacing a file that belongs to the user (a pin, a shell's rc file): through a link to
 * where the file really lies, atomically, its mode and owner kept.
 */
#ifndef GV_CLI_REPLACE_H
#define GV_CLI_REPLACE_H

#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* Reads it; 1: there is none.  Whatever is not a regular file, or a link that leads
 * nowhere, is refused: -GV_EFAILED. */
int gv_user_file_load(const char *path, struct gv_buf *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* Makes durable that it is as it is, or gone: who saw to that may have been killed before
 * it was. */
int gv_user_file_sync(const char *path, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
/* A new one gets mode 0644 less the umask. */
int gv_user_file_save(const char *path, const char *data, size_t n, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 4);

#endif
