// SPDX-License-Identifier: Apache-2.0
#include "core/trust/sha256.h"

#include <errno.h>
#include <sodium.h>

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct gv_sha256),
	       "the opaque state has room for libsodium's");
_Static_assert(_Alignof(crypto_hash_sha256_state) <= _Alignof(struct gv_sha256),
	       "the opaque state is aligned for libsodium's");

static crypto_hash_sha256_state *state_of(struct gv_sha256 *h)
{
	return (crypto_hash_sha256_state *)(void *)h->state;
}

/* libsodium's SHA-256 functions always return 0. */
void gv_sha256_init(struct gv_sha256 *h)
{
	(void)crypto_hash_sha256_init(state_of(h));
}

void gv_sha256_add(struct gv_sha256 *h, const void *data, size_t n)
{
	(void)crypto_hash_sha256_update(state_of(h), data, n);
}

void gv_sha256_done(struct gv_sha256 *h, uint8_t ret[GV_SHA256_BYTES])
{
	(void)crypto_hash_sha256_final(state_of(h), ret);
}

void gv_sha256_of(const void *data, size_t n, uint8_t ret[GV_SHA256_BYTES])
{
	(void)crypto_hash_sha256(ret, data, n);
}

void gv_sha256_to_hex(const uint8_t digest[GV_SHA256_BYTES], char ret[GV_SHA256_HEX])
{
	(void)sodium_bin2hex(ret, GV_SHA256_HEX, digest, GV_SHA256_BYTES);
}

/* Not sodium_hex2bin(), which takes upper case too: a digest has one spelling. */
static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int gv_sha256_from_hex(const char *s, size_t n, uint8_t ret[GV_SHA256_BYTES])
{
	uint8_t digest[GV_SHA256_BYTES];

	if (n != GV_SHA256_HEX - 1)
		return -EINVAL;
	for (size_t i = 0; i < GV_SHA256_BYTES; i++) {
		int high = nibble(s[2 * i]), low = nibble(s[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		digest[i] = (uint8_t)(high << 4 | low);
	}
	for (size_t i = 0; i < GV_SHA256_BYTES; i++)
		ret[i] = digest[i];
	return 0;
}
