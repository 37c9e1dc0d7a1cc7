// SPDX-License-Identifier: Apache-2.0
/*
 * Standard base64 with padding (RFC 4648 section 4), read strictly: no blanks, no line
 * breaks, no bits beyond the data, so that a value has exactly one spelling.
 */
#ifndef GV_TRUST_BASE64_H
#define GV_TRUST_BASE64_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

/* Characters for n bytes, without a NUL. */
#define GV_BASE64_LEN(n) (((n) + 2) / 3 * 4)

/* [s, s+n) must hold exactly `size` bytes, else -EINVAL. */
int gv_base64_decode(const char *s, size_t n, uint8_t *ret, size_t size)
	GV_MUST GV_NONNULL(1, 3);
/* As many bytes as [s, s+n) holds, at most `cap`. */
int gv_base64_decode_some(const char *s, size_t n, uint8_t *ret, size_t cap,
			  size_t *ret_n) GV_MUST GV_NONNULL(1, 3, 5);
/* Writes GV_BASE64_LEN(n) characters and a NUL. */
void gv_base64_encode(const uint8_t *data, size_t n, char *ret) GV_NONNULL(1, 3);

#endif
