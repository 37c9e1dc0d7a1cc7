// SPDX-License-Identifier: Apache-2.0
/*
 * The files of completions/ and core/cli/upgrade/smoke/, made into strings by the
 * Makefile.
 */
#ifndef GV_CLI_SCRIPTS_H
#define GV_CLI_SCRIPTS_H

extern const char gv_script_bash[], gv_script_zsh[], gv_script_fish[];
extern const char gv_script_smoke[], gv_script_smoke_test[], gv_script_smoke_cgo[];

#endif
