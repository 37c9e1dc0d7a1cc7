// SPDX-License-Identifier: Apache-2.0
/* Two manifests, with a NUL between them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/trust/dirhash.h"

static void count(void *arg, enum gv_difference what, const char *path, size_t n)
{
	size_t *seen = arg;

	if (n == 0 || path[n - 1] == '\n' || what > GV_DIFF_EXTRA)
		abort();
	++*seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *a = (const char *)data, *b = memchr(data, '\0', size);
	size_t n_a = b ? (size_t)(b - a) : size, n_b = b ? size - n_a - 1 : 0;
	size_t there, back, seen = 0;
	char h1_a[GV_H1_LEN], h1_b[GV_H1_LEN];
	int bad_a = gv_manifest_h1(a, n_a, h1_a), bad_b;

	b = b ? b + 1 : "";
	bad_b = gv_manifest_h1(b, n_b, h1_b);
	there = gv_manifest_compare(a, n_a, b, n_b, count, &seen);
	back = gv_manifest_compare(b, n_b, a, n_a, NULL, NULL);
	if (seen != there)
		abort();
	if (bad_a || bad_b)
		return 0;
	if (!gv_h1_valid(h1_a, strlen(h1_a)) || there != back ||
	    (there == 0) != (strcmp(h1_a, h1_b) == 0))
		abort();
	return 0;
}
