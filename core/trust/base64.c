// SPDX-License-Identifier: Apache-2.0
#include "core/trust/base64.h"

#include <errno.h>
#include <sodium.h>

int gv_base64_decode_some(const char *s, size_t n, uint8_t *ret, size_t cap,
			  size_t *ret_n)
{
	/* libsodium 1.0.18 takes every byte above ASCII for a "/". */
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] > 0x7f)
			return -EINVAL;
	if (sodium_base642bin(ret, cap, s, n, NULL, ret_n, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0)
		return -EINVAL;
	return 0;
}

int gv_base64_decode(const char *s, size_t n, uint8_t *ret, size_t size)
{
	size_t got = 0;
	int r = gv_base64_decode_some(s, n, ret, size, &got);

	return r == 0 && got != size ? -EINVAL : r;
}

void gv_base64_encode(const uint8_t *data, size_t n, char *ret)
{
	(void)sodium_bin2base64(ret, GV_BASE64_LEN(n) + 1, data, n,
				sodium_base64_VARIANT_ORIGINAL); /* returns ret */
}
