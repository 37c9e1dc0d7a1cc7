// SPDX-License-Identifier: Apache-2.0
/* Guesses for the hint.  Each is offered only when it is a spec itself. */
#include "core/version/spec-parts.h"

#include <string.h>

#include "core/base/text.h"

static bool try(const char *s, size_t n, char ret[GV_MEANT_MAX])
{
	struct gv_spec spec;
	struct gv_text t;

	if (n == 0 || n > GV_WORD_MAX || gv_spec_read(s, n, GV_SPEC_PIN, &spec) < 0)
		return false;
	t = gv_text_in(ret, GV_MEANT_MAX);
	gv_text_add_n(&t, s, n);
	return true;
}

/* "1.22", and ^1.22.3 and ~1.22.3 ask for the same line. */
static size_t line_length(const char *s, size_t n)
{
	size_t i, dots = 0;

	for (i = 0; i < n; i++)
		if (s[i] == '.' && ++dots == 2)
			break;
	return i;
}

static bool without_operator(const char *s, size_t n, char ret[GV_MEANT_MAX])
{
	bool line = s[0] == '^' || s[0] == '~';
	size_t skip = 0;

	while (skip < n && memchr("^~=", s[skip], 3))
		skip++;
	if (!skip)
		return false;
	s += skip;
	n -= skip;
	return line ? try(s, line_length(s, n), ret) : try(s, n, ret);
}

/* "1.22.X", "1.22.*", "*", "1.22." */
static bool without_wildcard(const char *s, size_t n, char ret[GV_MEANT_MAX])
{
	if (n == 1 && s[0] == '*')
		return try("latest", 6, ret);
	while (n && memchr("*Xx.", s[n - 1], 4))
		n--;
	return try(s, n, ret);
}

/* Others write pre-releases as 1.14.0-rc.1, 1.14-rc1 and the like: Go's is 1.14rc1. */
static bool as_prerelease(const char *s, size_t n, char ret[GV_MEANT_MAX])
{
	static const char *const kinds[] = {"rc", "beta", "alpha"};
	char word[GV_WORD_MAX + 1];
	struct gv_text t = gv_text_in(word, sizeof(word));
	size_t at = 0, kind = 0;

	while (at < n && ((s[at] >= '0' && s[at] <= '9') || s[at] == '.' ||
			  (at == 0 && s[at] == 'v')))
		at++;
	gv_text_add_n(&t, s, at);
	while (at < n && (s[at] == '-' || s[at] == '.' || s[at] == '_'))
		at++;
	while (t.len && word[t.len - 1] == '.')
		t.len--;
	if (t.len > 2 && word[t.len - 1] == '0' && word[t.len - 2] == '.' &&
	    line_length(word, t.len) < t.len)
		t.len -= 2;
	while (kind < GV_COUNT(kinds) &&
	       (n - at < strlen(kinds[kind]) ||
		memcmp(s + at, kinds[kind], strlen(kinds[kind])) != 0))
		kind++;
	if (kind == GV_COUNT(kinds))
		return false;
	gv_text_add(&t, kinds[kind]);
	at += strlen(kinds[kind]);
	while (at < n && (s[at] == '.' || s[at] == '-'))
		at++;
	gv_text_add_n(&t, s + at, n - at);
	return try(word, t.len, ret);
}

/* "22" and "22.5" leave out what never changes. */
static bool with_major(const char *s, size_t n, char ret[GV_MEANT_MAX])
{
	char word[GV_WORD_MAX + 3];
	struct gv_text t = gv_text_in(word, sizeof(word));

	if (n == 0 || s[0] < '2' || s[0] > '9')
		return false;
	gv_text_add(&t, "1.");
	gv_text_add_n(&t, s, n);
	return try(word, t.len, ret);
}

static bool guess(const char *s, size_t n, char ret[GV_MEANT_MAX])
{
	if (n == 3 && memcmp(s, "tip", 3) == 0)
		return try("@tip", 4, ret);
	if (n > 2 && (s[0] == '"' || s[0] == '\'') && s[n - 1] == s[0])
		return try(s + 1, n - 2, ret);
	if (n > 7 && memcmp(s, "latest:", 7) == 0)
		return try(s + 7, n - 7, ret);
	if (n > 3 && memcmp(s, "go@", 3) == 0)
		return try(s + 3, n - 3, ret);
	if (n > 7 && memcmp(s + n - 7, "@latest", 7) == 0) /* gobrew's */
		return try(s, n - 7, ret);
	if (n > 1 && s[0] == '+') /* as in "go +1.22" */
		return try(s + 1, n - 1, ret);
	if (n > 2 && memcmp(s, "go", 2) == 0 && s[2] != '-' &&
	    as_prerelease(s + 2, n - 2, ret))
		return true;
	return try(s, n, ret) || without_operator(s, n, ret) ||
	       without_wildcard(s, n, ret) || as_prerelease(s, n, ret) ||
	       with_major(s, n, ret);
}

bool gv_spec_meant(const char *s, size_t n, char ret[GV_MEANT_MAX])
{
	char lower[GV_WORD_MAX];

	if (n == 0 || n > sizeof(lower))
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = s[i];

		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return guess(lower, n, ret);
}
