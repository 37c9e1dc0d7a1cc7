// SPDX-License-Identifier: Apache-2.0
/* CI files and Dockerfiles: each word found is a slice of the line that it is said to
 * be on. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli/policy/civersions.h"

struct text {
	const char *at;
	size_t n;
	unsigned last;
};

static int found(void *arg, const char *word, size_t n, unsigned line, bool among)
{
	struct text *t = arg;
	unsigned is = 1;

	(void)among;
	if (n == 0 || word < t->at || word + n > t->at + t->n || memchr(word, '\n', n))
		abort();
	for (const char *p = t->at; p < word; p++)
		is += *p == '\n';
	if (is != line || line < t->last)
		abort();
	t->last = line;
	return 0;
}

/* The first byte chooses what kind of file it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text t = {.at = (const char *)data + 1, .n = size - 1};

	if (size < 1)
		return 0;
	if (gv_ci_scan(data[0] % (GV_CI_DOCKERFILE + 1), t.at, t.n, found, &t) != 0)
		abort();
	return 0;
}
