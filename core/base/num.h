// SPDX-License-Identifier: Apache-2.0
/*
 * Numbers in text.
 */
#ifndef GV_BASE_NUM_H
#define GV_BASE_NUM_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

/* The one checked number parser: decimal digits only, the whole of [s, s+n), no sign,
 * no blanks, no empty text, at most `max`.  -EINVAL for anything else, -ERANGE above
 * `max`. */
int gv_num_parse(const char *s, size_t n, uint64_t max, uint64_t *ret)
	GV_MUST GV_NONNULL(1, 4);

/* The value of a hexadecimal digit, of either case; -1: it is none. */
int gv_hex_digit(char c) GV_MUST;

#endif
