// SPDX-License-Identifier: Apache-2.0
/*
 * When a file was made: the one time of a file that nobody can set.
 */
#ifndef GV_BASE_BIRTH_H
#define GV_BASE_BIRTH_H

#include <stdint.h>

#include "core/base/attr.h"

/* Seconds since 1970, by the clock of the file system.  -ENODATA: that does not know;
 * -errno. */
int gv_birth_time(int dirfd, const char *path, int64_t *ret) GV_MUST GV_NONNULL(2, 3);

#endif
