// SPDX-License-Identifier: Apache-2.0
/*
 * The programs that a store holds so that it stands on its own, whatever becomes of the
 * govern that made it: bin/go and bin/gofmt (the shim), bin/govern, and libexec/govern/.
 * They are copies of those that belong to the running program.
 */
#ifndef GV_CLI_SETUP_PROGRAMS_H
#define GV_CLI_SETUP_PROGRAMS_H

#include "core/cli/cli.h"

struct gv_program {
	const char *to;	  /* below the prefix */
	const char *from; /* below libexec; NULL: the running program itself */
};

extern const struct gv_program gv_programs[]; /* ends with `to` NULL */

enum gv_program_is { GV_PROGRAM_SAME, GV_PROGRAM_OTHER, GV_PROGRAM_MISSING };

/* How the store's copy compares with the original.  -errno: that cannot be read. */
int gv_program_compare(const struct gv_store *s, const char *libexec,
		       const struct gv_program *p, enum gv_program_is *ret,
		       struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4, 5);

/* Writes those that are not the same, each at once and durably, and says so on stdout. */
int gv_programs_put(struct gv_cli *cli, const char *libexec, bool *ret_changed,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
