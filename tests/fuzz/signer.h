// SPDX-License-Identifier: Apache-2.0
/*
 * A log's key of our own: what is behind a signature no fuzzer finds otherwise.
 */
#ifndef TESTS_FUZZ_SIGNER_H
#define TESTS_FUZZ_SIGNER_H

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/trust/note.h"

#define SIGNER_NAME "fuzz.example/log"

struct signer {
	struct gv_vkey key;
	unsigned char secret[crypto_sign_SECRETKEYBYTES];
	unsigned char hash[4];
};

static void signer_base64(const unsigned char *data, size_t n, char *ret, size_t cap)
{
	sodium_bin2base64(ret, cap, data, n, sodium_base64_VARIANT_ORIGINAL);
}

static const struct signer *signer(void)
{
	static const unsigned char seed[crypto_sign_SEEDBYTES] = {7};
	static struct signer s;
	unsigned char key[1 + crypto_sign_PUBLICKEYBYTES] = {1}, digest[32];
	crypto_hash_sha256_state state;
	char text[64], vkey[192];

	if (s.key.name[0])
		return &s;
	if (sodium_init() < 0 || crypto_sign_seed_keypair(key + 1, s.secret, seed) != 0)
		abort();
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const unsigned char *)SIGNER_NAME "\n",
				  sizeof(SIGNER_NAME));
	crypto_hash_sha256_update(&state, key, sizeof(key));
	crypto_hash_sha256_final(&state, digest);
	memcpy(s.hash, digest, sizeof(s.hash));
	signer_base64(key, sizeof(key), text, sizeof(text));
	snprintf(vkey, sizeof(vkey), SIGNER_NAME "+%02x%02x%02x%02x+%s", digest[0],
		 digest[1], digest[2], digest[3], text);
	if (gv_vkey_parse(vkey, &s.key) < 0)
		abort();
	return &s;
}

/* The text, which ends with a newline, as a signed note: on the heap. */
static char *signer_note(const struct signer *s, const char *text, size_t n)
{
	unsigned char signature[4 + crypto_sign_BYTES];
	struct gv_buf note = GV_BUF_INIT(0);
	char base64[128], *whole;

	memcpy(signature, s->hash, sizeof(s->hash));
	crypto_sign_detached(signature + 4, NULL, (const unsigned char *)text, n,
			     s->secret);
	signer_base64(signature, sizeof(signature), base64, sizeof(base64));
	gv_buf_add(&note, text, n);
	gv_buf_format(&note, "\n\xe2\x80\x94 %s %s\n", s->key.name, base64);
	whole = gv_buf_take(&note);
	if (!whole)
		abort();
	return whole;
}

#endif
