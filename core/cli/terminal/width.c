// SPDX-License-Identifier: Apache-2.0
#include "core/cli/terminal/width.h"

#include <locale.h>
#include <pthread.h>
#include <stdbool.h>
#include <wchar.h>

#include "core/base/utf8.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t utf8; /* 0: there is none, and all is one column wide */

static void load_locale(void)
{
	utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!utf8)
		utf8 = newlocale(LC_CTYPE_MASK, "en_US.UTF-8", (locale_t)0);
}

static bool is_ascii(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

static size_t width_of(uint32_t c)
{
	int w = c < 0x80 || !utf8 ? 1 : wcwidth((wchar_t)c);

	return w < 0 ? 1 : (size_t)w;
}

/* Walks over what fits into `columns`; *ret_bytes of it, and the columns they take. */
static size_t walk(const char *s, size_t n, size_t columns, size_t *ret_bytes)
{
	locale_t before;
	size_t taken = 0, i = 0;

	if (is_ascii(s, n)) {
		*ret_bytes = n < columns ? n : columns;
		return *ret_bytes;
	}
	(void)pthread_once(&once, load_locale);
	before = utf8 ? uselocale(utf8) : (locale_t)0;
	while (i < n) {
		uint32_t c = '?';
		size_t len = gv_utf8_next(s + i, n - i, &c);
		size_t w = width_of(c);

		if (w > columns - taken)
			break;
		taken += w;
		i += len ? len : 1;
	}
	if (utf8)
		(void)uselocale(before);
	*ret_bytes = i;
	return taken;
}

size_t gv_width(const char *s, size_t n)
{
	size_t bytes;

	return walk(s, n, (size_t)-1, &bytes);
}

size_t gv_width_fit(const char *s, size_t n, size_t columns)
{
	size_t bytes;

	(void)walk(s, n, columns, &bytes);
	return bytes;
}
