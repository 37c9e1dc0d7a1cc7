// SPDX-License-Identifier: Apache-2.0
#include "core/cli/gomod.h"

#include <stdbool.h>
#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

const char *gv_gomod_find(const char *text, size_t n, const char *word, size_t *ret_len)
{
	const char *end = text + n;
	size_t len = strlen(word);

	for (const char *line = text; line < end;) {
		const char *eol = memchr(line, '\n', (size_t)(end - line));
		const char *p = line, *stop = eol ? eol : end;

		line = eol ? eol + 1 : end;
		while (p < stop && is_blank(*p))
			p++;
		if ((size_t)(stop - p) <= len || memcmp(p, word, len) != 0 ||
		    (p[len] != ' ' && p[len] != '\t'))
			continue;
		p += len;
		for (const char *c = p; c + 1 < stop; c++) {
			if (c[0] == '/' && c[1] == '/') {
				stop = c;
				break;
			}
		}
		while (p < stop && is_blank(*p))
			p++;
		while (stop > p && is_blank(stop[-1]))
			stop--;
		*ret_len = (size_t)(stop - p);
		return p;
	}
	return NULL;
}
