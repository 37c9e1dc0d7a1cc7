// SPDX-License-Identifier: Apache-2.0
/*
 * Characters of UTF-8, and which of them may be shown to a person.
 */
#ifndef GV_BASE_UTF8_H
#define GV_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

/* The bytes that the character at [s, s+n) takes, *ret is the character; 0: not UTF-8
 * (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF), or n is 0. */
size_t gv_utf8_next(const char *s, size_t n, uint32_t *ret) GV_MUST GV_NONNULL(1, 3);

/* Whether it is text.  Not so are what a terminal obeys (C0, DEL, C1; ECMA-48) and what
 * makes a line look like another one: line and paragraph separators, and the controls of
 * direction (UAX #9), which show text in another order than it is. */
bool gv_utf8_is_text(uint32_t c) GV_MUST;

#endif
