// SPDX-License-Identifier: Apache-2.0
/*
 * One character of UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above
 * U+10FFFF.
 */
#ifndef GV_WORKER_UNPACK_UTF8_H
#define GV_WORKER_UNPACK_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

/* The bytes that the character at [s, s+n) takes, *ret is the character; 0: not UTF-8, or
 * n is 0. */
size_t gv_utf8_next(const char *s, size_t n, uint32_t *ret) GV_MUST GV_NONNULL(1, 3);

#endif
