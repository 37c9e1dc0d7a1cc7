// SPDX-License-Identifier: Apache-2.0
/*
 * Where a fuzz target keeps the file or directory that its parser wants to read: a name
 * of this process below $TMPDIR.
 */
#ifndef TESTS_FUZZ_SCRATCH_H
#define TESTS_FUZZ_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SCRATCH_MAX = 512 };

static void scratch_name(const char *what, char ret[SCRATCH_MAX])
{
	const char *tmp = getenv("TMPDIR");
	int n = snprintf(ret, SCRATCH_MAX, "%s/govern-fuzz-%s.%d",
			 tmp && *tmp ? tmp : "/tmp", what, (int)getpid());

	if (n < 0 || n >= SCRATCH_MAX)
		abort();
}

#endif
