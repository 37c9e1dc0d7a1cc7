// SPDX-License-Identifier: Apache-2.0
/*
 * Every pin below a directory, and the one above it that is in force there: what
 * somebody's projects ask for, all words of each file, whether installed or not.
 *
 * Read are .go-version, else the golang and go lines of .tool-versions, as
 * core/resolve/ does, and the toolchain line, else the go line, of go.mod and go.work, by
 * which Go itself chooses one of our toolchains.  Links to directories are not followed,
 * .git and node_modules not entered.
 */
#ifndef GV_CLI_PINS_H
#define GV_CLI_PINS_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/version/spec.h"

struct gv_pins {
	/* A word of a pin.  A negative answer ends the scan and is returned. */
	int (*found)(void *arg, const struct gv_spec *spec, const char *file,
		     unsigned line);
	/* A word that is none; NULL: then it is a warning. */
	void (*invalid)(void *arg, const char *file, unsigned line, const char *why);
	/* What could not be read, and may hide a pin. */
	void (*warn)(void *arg, const char *message);
	/* Each directory that is looked into, with the names in it; NULL: nobody
	 * cares. */
	int (*directory)(void *arg, int dirfd, const char *path,
			 const struct gv_list *names);
	void *arg;
};

/* All words of the pin file that is in force in `dir` (rule 5 of
 * core/resolve/resolve.h).  1: there is none; what `found` answers; -ENOMEM.  One that
 * is not valid is warned of. */
int gv_pins_in_force(const struct gv_pins *pins, const char *dir)
	GV_MUST GV_NONNULL(1, 2);

/* -errno with the error set when `dir` itself cannot be read; -GV_EINTERRUPTED. */
int gv_pins_scan(const struct gv_pins *pins, const char *dir, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
