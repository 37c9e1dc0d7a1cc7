// SPDX-License-Identifier: Apache-2.0
/*
 * Leaves a test out, with the reason that `make check` prints at its end.  Behind
 * cmocka.h.
 */
#ifndef TESTS_UNIT_SKIP_H
#define TESTS_UNIT_SKIP_H

#define skip_because(why)                              \
	do {                                           \
		print_message("# skipped: %s\n", why); \
		skip();                                \
	} while (0)

#endif
