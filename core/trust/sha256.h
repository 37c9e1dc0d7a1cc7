// SPDX-License-Identifier: Apache-2.0
/*
 * SHA-256 (FIPS 180-4): of a stream by libcrypto where it is installed, else and of short
 * texts by libsodium.  Needs no set-up call; any thread may call it.
 */
#ifndef GV_TRUST_SHA256_H
#define GV_TRUST_SHA256_H

#include <stdint.h>
#include <stddef.h>

#include "core/base/attr.h"

#define GV_SHA256_BYTES 32
#define GV_SHA256_HEX	65 /* 64 lower-case digits and a NUL */

struct gv_sha256 {
	_Alignas(16) unsigned char state[128]; /* opaque */
};

void gv_sha256_init(struct gv_sha256 *h) GV_NONNULL(1);
void gv_sha256_add(struct gv_sha256 *h, const void *data, size_t n) GV_NONNULL(1);
void gv_sha256_done(struct gv_sha256 *h, uint8_t ret[GV_SHA256_BYTES]) GV_NONNULL(1);
void gv_sha256_of(const void *data, size_t n, uint8_t ret[GV_SHA256_BYTES]);

void gv_sha256_to_hex(const uint8_t digest[GV_SHA256_BYTES], char ret[GV_SHA256_HEX]);
/* Exactly 64 lower-case hexadecimal digits in [s, s+n), else -EINVAL. */
int gv_sha256_from_hex(const char *s, size_t n, uint8_t ret[GV_SHA256_BYTES])
	GV_MUST GV_NONNULL(1);

#endif
