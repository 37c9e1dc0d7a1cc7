// SPDX-License-Identifier: Apache-2.0
/*
 * The text that notes and records are made of.
 */
#ifndef GV_TRUST_UTF8_H
#define GV_TRUST_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

/* Whether [s, s+n) is valid UTF-8 (no overlong forms, no surrogates, nothing above
 * U+10FFFF) without control characters below U+0020 other than newline. */
bool gv_text_is_plain(const char *s, size_t n) GV_MUST;

#endif
