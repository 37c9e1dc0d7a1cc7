// SPDX-License-Identifier: Apache-2.0
/*
 * The platforms for which a cgo build is looked at (core/cli/doctor/cross.h): what their
 * C compilers are called, and where they come from.
 */
#ifndef GV_CLI_DOCTOR_CROSSTARGETS_H
#define GV_CLI_DOCTOR_CROSSTARGETS_H

#include <stddef.h>

#include "core/base/err.h"

struct gv_cross_target {
	const char *platform;	 /* "linux-arm64" */
	const char *triplet;	 /* GNU's name, before "-gcc"; NULL: none is usual */
	const char *condition;	 /* for #if: holds in a compiler for it */
	const char *packages[3]; /* of apt-get, dnf and pacman; "": none */
};

/* -GV_EUSAGE: it is this machine's own, has no cgo, or nothing is known of it. */
int gv_cross_target_find(const char *platform, const struct gv_cross_target **ret,
			 struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);

#endif
