// SPDX-License-Identifier: Apache-2.0
/*
 * Text in a buffer of fixed size, without stdio and without the heap, for the shim and
 * for every path and message of bounded length.
 *
 *	char buf[PATH_MAX];
 *	struct gv_text t = gv_text_in(buf, sizeof(buf));
 *	gv_text_format(&t, "%s/toolchains/%s", dir, name);
 *	if (t.cut)
 *		return -ENAMETOOLONG;
 *
 * The buffer always ends with NUL.  What does not fit is dropped and `cut` is set: the
 * caller looks once, at the end.
 */
#ifndef GV_BASE_TEXT_H
#define GV_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "core/base/attr.h"

struct gv_text {
	char *at;
	size_t cap; /* of the buffer, the NUL included; at least 1 */
	size_t len; /* without the NUL */
	bool cut;
};

struct gv_text gv_text_in(char *buf, size_t cap) GV_MUST GV_NONNULL(1);
void gv_text_add_n(struct gv_text *t, const char *s, size_t n) GV_NONNULL(1);

/* In place, so that the bytes of a constant are counted by the compiler. */
__attribute__((always_inline)) static inline void gv_text_add(struct gv_text *t,
							      const char *s)
{
	gv_text_add_n(t, s, strlen(s));
}

/* As gv_text_add_n(), `?` in the place of each character that is no text
 * (gv_utf8_is_text()) and each byte that is no UTF-8; a character that does not fit is
 * left out whole.  For anything from the network or a file that a terminal will show. */
void gv_text_add_visible(struct gv_text *t, const char *s, size_t n)
	GV_NONNULL(1) GV_COLD;

/* The formats of core/base/err.h.  gv_text_vformat_visible() cleans the %s arguments. */
void gv_text_format(struct gv_text *t, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3) GV_COLD;
void gv_text_vformat(struct gv_text *t, const char *fmt, va_list ap)
	GV_NONNULL(1, 2) GV_PRINTF(2, 0) GV_COLD;
void gv_text_vformat_visible(struct gv_text *t, const char *fmt, va_list ap)
	GV_NONNULL(1, 2) GV_PRINTF(2, 0) GV_COLD;

/* Prefix and suffix tests; the answer points behind the prefix, or is NULL. */
const char *gv_after_prefix(const char *s, const char *prefix) GV_MUST GV_NONNULL(1, 2);
bool gv_has_suffix(const char *s, const char *suffix) GV_MUST GV_NONNULL(1, 2);
/* Absolute, without "", "." and ".." components; "/" is. */
bool gv_path_is_clean(const char *path) GV_MUST GV_NONNULL(1);

#endif
