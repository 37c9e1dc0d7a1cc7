// SPDX-License-Identifier: Apache-2.0
#include "core/config/nearest.h"

#include <string.h>

#define WORD_MAX 63
#define FAR	 1000

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t gv_edit_distance(const char *a, const char *b)
{
	/* The rows of the matrix for i - 2, i - 1 and i. */
	unsigned char rows[3][WORD_MAX + 1];
	unsigned char *before = rows[0], *last = rows[1], *row = rows[2];
	size_t n = strlen(a), m = strlen(b);

	if (n > WORD_MAX || m > WORD_MAX)
		return FAR;
	for (size_t j = 0; j <= m; j++)
		last[j] = (unsigned char)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned char *spare = before;

		row[0] = (unsigned char)i;
		for (size_t j = 1; j <= m; j++) {
			size_t d = last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u);

			d = least(d, least(last[j], row[j - 1]) + 1u);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d = least(d, before[j - 2] + 1u);
			row[j] = (unsigned char)d;
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[m];
}

const char *gv_nearer(const char *word, const char *best, const char *candidate)
{
	size_t n = strlen(word), d = gv_edit_distance(word, candidate);

	if (d > (n < 3 ? 1 : n / 3) || d >= strlen(candidate))
		return best;
	return best && gv_edit_distance(word, best) <= d ? best : candidate;
}
