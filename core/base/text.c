// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"

#include <stdint.h>
#include <string.h>

#include "core/base/utf8.h"

struct gv_text gv_text_in(char *buf, size_t cap)
{
	buf[0] = '\0';
	return (struct gv_text){.at = buf, .cap = cap};
}

void gv_text_add_n(struct gv_text *t, const char *s, size_t n)
{
	size_t room = t->cap - 1 - t->len;

	if (n > room) {
		n = room;
		t->cut = true;
	}
	if (n)
		memcpy(t->at + t->len, s, n);
	t->len += n;
	t->at[t->len] = '\0';
}

void gv_text_add_visible(struct gv_text *t, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t c = 0;
		size_t len = gv_utf8_next(s + i, n - i, &c);

		if (!len || !gv_utf8_is_text(c))
			gv_text_add_n(t, "?", 1);
		else if (len <= t->cap - 1 - t->len)
			gv_text_add_n(t, s + i, len);
		else
			t->cut = true;
		if (t->cut)
			return; /* nothing after half a character */
		i += len ? len : 1;
	}
}

static void add_number(struct gv_text *t, uint64_t value, unsigned base, bool negative)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative)
		digits[--at] = '-';
	gv_text_add_n(t, digits + at, sizeof(digits) - at);
}

/* The length of s, not looking further than `limit` bytes (a %.*s may be unterminated).
 */
static size_t bounded_length(const char *s, size_t limit)
{
	size_t n = 0;

	while (n < limit && s[n])
		n++;
	return n;
}

enum size { SIZE_INT, SIZE_LONG, SIZE_LONG_LONG, SIZE_SIZE };

static uint64_t take_unsigned(va_list *ap, enum size size)
{
	switch (size) {
	case SIZE_LONG:
		return va_arg(*ap, unsigned long);
	case SIZE_LONG_LONG:
		return va_arg(*ap, unsigned long long);
	case SIZE_SIZE:
		return va_arg(*ap, size_t);
	case SIZE_INT:
		break;
	}
	return va_arg(*ap, unsigned int);
}

static int64_t take_signed(va_list *ap, enum size size)
{
	switch (size) {
	case SIZE_LONG:
		return va_arg(*ap, long);
	case SIZE_LONG_LONG:
		return va_arg(*ap, long long);
	case SIZE_SIZE:
		return va_arg(*ap, ptrdiff_t);
	case SIZE_INT:
		break;
	}
	return va_arg(*ap, int);
}

/* One conversion, `f` behind its "%"; returns the place behind it. */
static const char *convert(struct gv_text *t, const char *f, va_list *ap, bool visible)
{
	size_t limit = SIZE_MAX;
	enum size size = SIZE_INT;

	if (f[0] == '.' && f[1] == '*') {
		int given = va_arg(*ap, int);

		limit = given < 0 ? SIZE_MAX : (size_t)given;
		f += 2;
	}
	if (f[0] == 'l') {
		size = f[1] == 'l' ? SIZE_LONG_LONG : SIZE_LONG;
		f += size == SIZE_LONG_LONG ? 2 : 1;
	} else if (f[0] == 'z') {
		size = SIZE_SIZE;
		f++;
	}
	switch (*f) {
	case 's': {
		const char *s = va_arg(*ap, const char *);

		if (!s)
			s = "(none)";
		if (visible)
			gv_text_add_visible(t, s, bounded_length(s, limit));
		else
			gv_text_add_n(t, s, bounded_length(s, limit));
		break;
	}
	case 'c': {
		char c = (char)va_arg(*ap, int);

		if (visible)
			gv_text_add_visible(t, &c, 1);
		else
			gv_text_add_n(t, &c, 1);
		break;
	}
	case 'd':
	case 'i': {
		int64_t value = take_signed(ap, size);

		add_number(t, value < 0 ? -(uint64_t)value : (uint64_t)value, 10,
			   value < 0);
		break;
	}
	case 'u':
		add_number(t, take_unsigned(ap, size), 10, false);
		break;
	case 'x':
		add_number(t, take_unsigned(ap, size), 16, false);
		break;
	case '%':
		gv_text_add_n(t, "%", 1);
		break;
	default: /* a format that this file does not know: show it, touch no argument */
		gv_text_add_n(t, "%", 1);
		return f;
	}
	return f + 1;
}

static void format(struct gv_text *t, const char *fmt, va_list *ap, bool visible)
{
	while (*fmt) {
		size_t plain = strcspn(fmt, "%");

		gv_text_add_n(t, fmt, plain);
		fmt += plain;
		if (*fmt == '%')
			fmt = convert(t, fmt + 1, ap, visible);
	}
}

void gv_text_vformat(struct gv_text *t, const char *fmt, va_list ap)
{
	va_list copy;

	va_copy(copy, ap);
	format(t, fmt, &copy, false);
	va_end(copy);
}

void gv_text_vformat_visible(struct gv_text *t, const char *fmt, va_list ap)
{
	va_list copy;

	va_copy(copy, ap);
	format(t, fmt, &copy, true);
	va_end(copy);
}

void gv_text_format(struct gv_text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	gv_text_vformat(t, fmt, ap);
	va_end(ap);
}

const char *gv_after_prefix(const char *s, const char *prefix)
{
	for (; *prefix; s++, prefix++)
		if (*s != *prefix)
			return NULL;
	return s;
}

bool gv_has_suffix(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

bool gv_path_is_clean(const char *path)
{
	const char *p = path;

	if (*p != '/')
		return false;
	if (p[1] == '\0')
		return true;
	for (; *p; p++)
		if (*p == '/' &&
		    (p[1] == '/' || p[1] == '\0' ||
		     (p[1] == '.' && (p[2] == '/' || p[2] == '\0' ||
				      (p[2] == '.' && (p[3] == '/' || p[3] == '\0'))))))
			return false;
	return true;
}
