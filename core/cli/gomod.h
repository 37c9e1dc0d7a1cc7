// SPDX-License-Identifier: Apache-2.0
/*
 * The `go` and `toolchain` lines of a go.mod, as the go command looks them up before it
 * decides which toolchain runs (cmd/go/internal/gover, GoModLookup): the first line that,
 * blanks trimmed, begins with the word.  No more of the file is understood, nor need be.
 */
#ifndef GV_CLI_GOMOD_H
#define GV_CLI_GOMOD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/version/spec.h"

/* Largest go.mod that is read, in bytes. */
#define GV_GOMOD_MAX (64u << 10)

/* The value behind `word`, without a comment; NULL when there is no such line. */
const char *gv_gomod_find(const char *text, size_t n, const char *word, size_t *ret_len)
	GV_NONNULL(1, 3, 4);

/* What go.work or go.mod of the working directory ask for, as a spec: their toolchain
 * line, or the go line where that is newer or the only one.  Where both files are, Go
 * goes by go.work; GOFLAGS=-modfile=FILE names another go.mod.  -GV_ENOTFOUND: neither
 * file or line is there; -GV_EPIN: it is no version. */
int gv_gomod_asks(struct gv_spec *ret, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);

/* The version that Go has to have at least in the working directory, and the file that
 * says so: go.mod here or above; in a workspace go.work, whose line is no less than
 * that of each go.mod.  False: nobody says. */
bool gv_gomod_floor(char ret_file[PATH_MAX], struct gv_version *ret) GV_NONNULL(1, 2);

#endif
