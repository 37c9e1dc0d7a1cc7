// SPDX-License-Identifier: Apache-2.0
#include "core/trust/utf8.h"

#include "core/base/utf8.h"

bool gv_text_is_plain(const char *s, size_t n)
{
	uint32_t c = 0;
	size_t i = 0;

	while (i < n) {
		size_t length = gv_utf8_next(s + i, n - i, &c);

		if (length == 0 || (c < 0x20 && c != '\n'))
			return false;
		i += length;
	}
	return true;
}
