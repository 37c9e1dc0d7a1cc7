// SPDX-License-Identifier: Apache-2.0
/*
 * Options of mounted file systems, as proc(5) lists them in /proc/PID/mountinfo.
 */
#ifndef GV_BASE_MOUNT_H
#define GV_BASE_MOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/attr.h"

/* Whether the file system `dev` has one of the options, NULL-terminated, by the text of a
 * mountinfo. */
bool gv_mount_has_option(const char *mountinfo, size_t n, dev_t dev,
			 const char *const *options) GV_NONNULL(1, 4);

#endif
