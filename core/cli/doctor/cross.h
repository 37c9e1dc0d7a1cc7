// SPDX-License-Identifier: Apache-2.0
/*
 * What a cgo build for another platform needs and lacks here: a compiler, its headers and
 * libraries, pkg-config, Go's settings; a small program is built with what there is, by
 * the toolchain in force.
 */
#ifndef GV_CLI_DOCTOR_CROSS_H
#define GV_CLI_DOCTOR_CROSS_H

#include "core/cli/cli.h"

/* Prints each finding, as text or JSON.  -GV_EFAILED: something is lacking;
 * -GV_EUSAGE: of that platform nothing is known. */
int gv_doctor_cross(struct gv_cli *cli, const char *platform, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
