// SPDX-License-Identifier: Apache-2.0
#include "core/base/utf8.h"

size_t gv_utf8_next(const char *s, size_t n, uint32_t *ret)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *b = (const unsigned char *)s;
	uint32_t c;
	size_t len;

	if (n == 0)
		return 0;
	if (b[0] < 0x80) {
		*ret = b[0];
		return 1;
	}
	if (b[0] >= 0xf0)
		len = 4;
	else if (b[0] >= 0xe0)
		len = 3;
	else if (b[0] >= 0xc0)
		len = 2;
	else
		return 0;
	if (len > n || b[0] > 0xf4)
		return 0;
	c = b[0] & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (b[i] & 0x3f);
	}
	if (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return len;
}

bool gv_utf8_is_text(uint32_t c)
{
#ifdef GV_WITHOUT_VISIBLE /* tests/controls: what is found is shown as it is */
	return true;
#endif
	if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
		return false;
	return c != 0x61c && c != 0x200e && c != 0x200f &&
	       !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069);
}
