// SPDX-License-Identifier: Apache-2.0
#include "core/trust/base64.h"

#include <errno.h>
#include <sodium.h>

int gv_base64_decode(const char *s, size_t n, uint8_t *ret, size_t size)
{
	size_t got = 0;

	if (sodium_base642bin(ret, size, s, n, NULL, &got, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    got != size)
		return -EINVAL;
	return 0;
}

void gv_base64_encode(const uint8_t *data, size_t n, char *ret)
{
	(void)sodium_bin2base64(ret, GV_BASE64_LEN(n) + 1, data, n,
				sodium_base64_VARIANT_ORIGINAL); /* returns ret */
}
