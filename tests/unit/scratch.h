// SPDX-License-Identifier: Apache-2.0
/*
 * A directory of a test's own, in $TMPDIR (tests/run puts that below the build
 * directory). The test removes it.
 */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>

/* Its path in `ret`; NULL when it could not be made. */
static inline char *make_scratch(char *ret, size_t cap)
{
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(ret, cap, "%s/govern.XXXXXX", tmp ? tmp : "/tmp");

	return n > 0 && (size_t)n < cap ? mkdtemp(ret) : NULL;
}

#endif
