// SPDX-License-Identifier: Apache-2.0
#include "core/trust/utf8.h"

/* Table 3-7 of the Unicode standard: by first byte, how many follow, and what the first
 * of these may be; the others are 80 to BF. */
struct sequence {
	unsigned char from, to, follow, low, high;
};

static const struct sequence sequences[] = {
	{0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf},
	{0xe1, 0xec, 2, 0x80, 0xbf}, {0xed, 0xed, 2, 0x80, 0x9f},
	{0xee, 0xef, 2, 0x80, 0xbf}, {0xf0, 0xf0, 3, 0x90, 0xbf},
	{0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

/* Bytes of the character of several bytes at s, 0: there is none. */
static size_t sequence_length(const unsigned char *s, size_t n)
{
	for (size_t i = 0; i < GV_COUNT(sequences); i++) {
		const struct sequence *q = &sequences[i];

		if (s[0] < q->from || s[0] > q->to)
			continue;
		if (n <= q->follow || s[1] < q->low || s[1] > q->high)
			return 0;
		for (size_t k = 2; k <= q->follow; k++)
			if (s[k] < 0x80 || s[k] > 0xbf)
				return 0;
		return q->follow + 1u;
	}
	return 0;
}

bool gv_text_is_plain(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t i = 0;

	while (i < n) {
		size_t length = p[i] < 0x80 ? 1 : sequence_length(p + i, n - i);

		if (length == 0 || (p[i] < 0x20 && p[i] != '\n'))
			return false;
		i += length;
	}
	return true;
}
