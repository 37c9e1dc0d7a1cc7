// SPDX-License-Identifier: Apache-2.0
/*
 * What the chosen toolchain gets as its environment.  GOROOT is removed (or set, for
 * Go <= 1.9 and without /proc); GOTOOLCHAIN is exported for a pin; the two private
 * variables below travel with it; everything else is passed on as it came, byte for byte
 * and in order.
 */
#ifndef GV_RESOLVE_ENVIRON_H
#define GV_RESOLVE_ENVIRON_H

#include "core/resolve/resolve.h"

/* Repeats the GOTOOLCHAIN value that we exported: a shim further down that sees both
 * equal knows that the value is ours and not the user's, and decides afresh. */
#define GV_VAR_EXPORTED "GOVERN_EXPORTED_GOTOOLCHAIN"
/* The PATH directory that rule 7 handed over to: the search goes on behind it. */
#define GV_VAR_BEHIND "GOVERN_BEHIND"

/* Bytes that gv_choice_environ() may need in `text` for the variables it sets. */
#define GV_ENVIRON_TEXT (2 * PATH_MAX + 256)

/*
 * Writes the environment for `choice` into out[0..n_out) (pointers into envp and into
 * `text`).  At most 5 entries more than envp has, the NULL included; -E2BIG when out is
 * too small.  `out` may be envp itself: nothing is written ahead of the entry being read.
 */
int gv_choice_environ(const struct gv_choice *choice, char *const *envp, char **out,
		      size_t n_out, char text[GV_ENVIRON_TEXT])
	GV_MUST GV_NONNULL(1, 2, 3, 5);

/* The value of NAME in envp; NULL when it is not there. */
const char *gv_environ_get(char *const *envp, const char *name) GV_MUST GV_NONNULL(1, 2);

#endif
