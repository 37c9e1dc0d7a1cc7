// SPDX-License-Identifier: Apache-2.0
#include "core/cli/setup/rclines.h"

#include <stdlib.h>
#include <string.h>

const char *gv_rc_assigned(const char *line, size_t n, const char *name, size_t *ret_n)
{
	const char *p = line, *end = line + n;
	size_t len = strlen(name);

	while (p < end && strchr(" \t", *p))
		p++;
	if ((size_t)(end - p) > 7 && memcmp(p, "export ", 7) == 0)
		p += 7;
	if ((size_t)(end - p) <= len || memcmp(p, name, len) != 0 || p[len] != '=')
		return NULL;
	p += len + 1;
	if (p < end && (*p == '"' || *p == '\'')) {
		char quote = *p++;
		const char *close = memchr(p, quote, (size_t)(end - p));

		end = close ? close : end;
	} else {
		const char *stop = p;

		while (stop < end && !strchr(" \t;#\r", *stop))
			stop++;
		end = stop;
	}
	*ret_n = (size_t)(end - p);
	return p;
}

void gv_rc_expand(const char *word, size_t n, struct gv_text *t)
{
	static const struct {
		const char *begin, *variable, *below_home;
	} known[] = {
		{"$HOME", "HOME", ""},
		{"${HOME}", "HOME", ""},
		{"~", "HOME", ""},
		{"$XDG_CONFIG_HOME", "XDG_CONFIG_HOME", "/.config"},
		{"${XDG_CONFIG_HOME}", "XDG_CONFIG_HOME", "/.config"},
		{"${XDG_CONFIG_HOME:-$HOME/.config}", "XDG_CONFIG_HOME", "/.config"},
		{"${XDG_CONFIG_HOME:-~/.config}", "XDG_CONFIG_HOME", "/.config"},
	};

	for (size_t i = 0; i < GV_COUNT(known); i++) {
		const char *value = getenv(known[i].variable), *home = getenv("HOME");
		size_t len = strlen(known[i].begin);

		if (n < len || memcmp(word, known[i].begin, len) != 0 ||
		    (n > len && word[len] != '/'))
			continue;
		if (value && value[0] == '/') {
			gv_text_add(t, value);
		} else if (home) {
			gv_text_add(t, home);
			gv_text_add(t, known[i].below_home);
		}
		word += len;
		n -= len;
		break;
	}
	gv_text_add_n(t, word, n);
}
