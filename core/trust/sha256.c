// SPDX-License-Identifier: Apache-2.0
#include "core/trust/sha256.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

/*
 * libcrypto knows the SHA instructions of the processor, libsodium does not: 4.6 times as
 * fast where there are any, and hashing the tree is most of what a proven install costs
 * beside unpacking.  It is opened when the first stream is hashed and not before, because
 * to link it would double the time in which every command starts; where it is not there,
 * libsodium does it.  These functions and the room for their state (112 bytes) have not
 * changed since OpenSSL 0.9.8.
 */
enum { LONG = 256 << 10 }; /* bytes: libcrypto takes longer to open than it saves below */

struct streams {
	int (*init)(void *state);
	int (*update)(void *state, const void *data, size_t n);
	int (*final)(unsigned char *ret, void *state);
};

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct gv_sha256),
	       "the opaque state has room for libsodium's");
_Static_assert(_Alignof(crypto_hash_sha256_state) <= _Alignof(struct gv_sha256),
	       "the opaque state is aligned for libsodium's");

/* libsodium's SHA-256 functions always return 0, libcrypto's 1. */
static int plain_init(void *state)
{
	return crypto_hash_sha256_init(state);
}

static int plain_update(void *state, const void *data, size_t n)
{
	return crypto_hash_sha256_update(state, data, n);
}

static int plain_final(unsigned char *ret, void *state)
{
	return crypto_hash_sha256_final(state, ret);
}

static struct streams streams = {plain_init, plain_update, plain_final};
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* POSIX has dlsym() return what is a function as a pointer to an object. */
static bool find(void *library, const char *name, void *ret, size_t n)
{
	void *symbol = dlsym(library, name);

	memcpy(ret, &symbol, n);
	return symbol != NULL;
}

static void look_for_libcrypto(void)
{
	static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.1.1"};
	struct streams s;
	void *library = NULL;

	for (size_t i = 0; i < GV_COUNT(names) && !library; i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	/* It stays open: the process ends soon. */
	if (library && find(library, "SHA256_Init", &s.init, sizeof(s.init)) &&
	    find(library, "SHA256_Update", &s.update, sizeof(s.update)) &&
	    find(library, "SHA256_Final", &s.final, sizeof(s.final)))
		streams = s;
}

void gv_sha256_init(struct gv_sha256 *h)
{
	(void)pthread_once(&once, look_for_libcrypto);
	(void)streams.init(h->state);
}

void gv_sha256_add(struct gv_sha256 *h, const void *data, size_t n)
{
	(void)streams.update(h->state, data, n);
}

void gv_sha256_done(struct gv_sha256 *h, uint8_t ret[GV_SHA256_BYTES])
{
	(void)streams.final(ret, h->state);
}

void gv_sha256_of(const void *data, size_t n, uint8_t ret[GV_SHA256_BYTES])
{
	struct gv_sha256 h;

	if (n < LONG) {
		(void)crypto_hash_sha256(ret, data, n);
		return;
	}
	gv_sha256_init(&h);
	gv_sha256_add(&h, data, n);
	gv_sha256_done(&h, ret);
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
