// SPDX-License-Identifier: Apache-2.0
/*
 * "Did you mean": the candidate that a mistyped word was most likely meant to be.
 */
#ifndef GV_CONFIG_NEAREST_H
#define GV_CONFIG_NEAREST_H

#include <stddef.h>

#include "core/base/attr.h"

/*
 * How many insertions, deletions, replacements and swaps of neighbours lead from a to b
 * (optimal string alignment).  Words over 63 bytes are far from everything.
 */
size_t gv_edit_distance(const char *a, const char *b) GV_NONNULL(1, 2);

/* Keeps the better of two guesses: start with `best` NULL, offer each candidate in turn.
 * A candidate counts when at most a third of the word (and at least one letter) differs.
 */
const char *gv_nearer(const char *word, const char *best, const char *candidate)
	GV_NONNULL(1, 3);

#endif
