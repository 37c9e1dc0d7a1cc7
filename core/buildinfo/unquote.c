// SPDX-License-Identifier: Apache-2.0
/* Literals of strings, https://go.dev/ref/spec#String_literals, as strconv reads them. */
#include <stdint.h>
#include <string.h>

#include "core/base/num.h"
#include "core/base/utf8.h"
#include "core/buildinfo/text.h"

/* n digits; -1: they are none. */
static int64_t number(const char *s, size_t n, int base)
{
	int64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		int d = gv_hex_digit(s[i]);

		if (d < 0 || d >= base)
			return -1;
		v = v * base + d;
	}
	return v;
}

/* Never longer than the escape that names it. */
static char *put_character(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	return to;
}

/* The escape behind a backslash; NULL: it is none. */
static const char *escape(const char *s, char **to)
{
	static const char letters[] = "abfnrtv\\\"", values[] = "\a\b\f\n\r\t\v\\\"";
	const char *letter = *s ? strchr(letters, *s) : NULL;
	size_t digits = *s == 'x' ? 2 : *s == 'u' ? 4 : *s == 'U' ? 8 : 0;
	int64_t v;

	if (letter) {
		*(*to)++ = values[letter - letters];
		return s + 1;
	}
	v = digits ? number(s + 1, digits, 16) : number(s, 3, 8);
	if (v <= 0)
		return NULL;
	if (digits > 2) {
		if (v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
			return NULL;
		*to = put_character(*to, (uint32_t)v);
	} else {
		if (v > 0xff)
			return NULL;
		*(*to)++ = (char)v;
	}
	return s + (digits ? 1 + digits : 3);
}

static int unquote_raw(char *s, char **ret_end)
{
	char *to = s;

	for (const char *p = s + 1; *p; p++) {
		if (*p == '`') {
			*ret_end = s + (p - s) + 1;
			*to = '\0';
			return 0;
		}
		if (*p != '\r')
			*to++ = *p;
	}
	return -GV_EFORMAT;
}

int gv_go_unquote(char *s, char **ret_end)
{
	const char *p = s + 1;
	char *to = s;

	if (*s == '`')
		return unquote_raw(s, ret_end);
	while (p && *p != '"') {
		uint32_t c;
		size_t n = gv_utf8_next(p, strnlen(p, 4), &c);

		if (n == 0 || *p == '\n')
			return -GV_EFORMAT; /* the end, too */
		if (*p == '\\') {
			p = escape(p + 1, &to);
			continue;
		}
		memmove(to, p, n);
		to += n;
		p += n;
	}
	if (!p)
		return -GV_EFORMAT;
	*ret_end = s + (p - s) + 1;
	*to = '\0';
	return 0;
}
