// SPDX-License-Identifier: Apache-2.0
/*
 * Programs in the directories of a PATH.
 */
#ifndef GV_BASE_PROGRAM_H
#define GV_BASE_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

#include "core/base/attr.h"

/* A file that we may execute; a directory can be "executed", too. */
bool gv_is_program(const char *path) GV_NONNULL(1);

/* The first one of that name in `dirs` ("/usr/bin:/bin"; NULL: there are none).  As Go,
 * it passes relative directories over; what is in `ret` when it answers false says
 * nothing. */
bool gv_program_find(const char *dirs, const char *name, char ret[PATH_MAX])
	GV_MUST GV_NONNULL(2, 3);

#endif
