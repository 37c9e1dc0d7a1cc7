// SPDX-License-Identifier: Apache-2.0
/*
 * The shim proper, called by shim/start.c with the argv that lies at the top of the
 * stack. Returns the exit status, when it could not become the real program.
 */
#ifndef GV_SHIM_MAIN_H
#define GV_SHIM_MAIN_H

#include "core/base/attr.h"

int shim_main(char **argv) GV_MUST GV_NONNULL(1);

#endif
