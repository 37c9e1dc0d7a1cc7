// SPDX-License-Identifier: Apache-2.0
#include "core/cli/adopt/misetoml.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* A part of the text. */
struct slice {
	const char *s;
	size_t n;
};

static struct slice trim(struct slice s)
{
	while (s.n && strchr(" \t\r", s.s[0])) {
		s.s++;
		s.n--;
	}
	while (s.n && strchr(" \t\r", s.s[s.n - 1]))
		s.n--;
	return s;
}

static bool is(struct slice s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.s, word, s.n) == 0;
}

/* Without the quotes around it. */
static struct slice unquote(struct slice s)
{
	if (s.n >= 2 && (s.s[0] == '"' || s.s[0] == '\'') && s.s[s.n - 1] == s.s[0])
		s = (struct slice){s.s + 1, s.n - 2};
	return s;
}

static bool is_go(struct slice key)
{
	key = unquote(trim(key));
	return is(key, "go") || is(key, "golang") || is(key, "core:go");
}

/* Of "go = x": what stands before and behind the sign.  A "=" in a quoted key is none of
 * ours. */
static bool split(struct slice line, struct slice *ret_key, struct slice *ret_value)
{
	const char *sign = line.n ? memchr(line.s, '=', line.n) : NULL;

	if (!sign)
		return false;
	*ret_key = trim((struct slice){line.s, (size_t)(sign - line.s)});
	*ret_value = trim((struct slice){sign + 1, line.n - (size_t)(sign + 1 - line.s)});
	return true;
}

/* The text that a value begins with, or an array or `version = ` in a table does. */
static bool first_text(struct slice value, struct gv_mise_go *ret)
{
	struct slice key, rest;
	const char *end;

	if (value.n && value.s[0] == '[')
		value = trim((struct slice){value.s + 1, value.n - 1});
	else if (value.n && value.s[0] == '{') {
		if (!split((struct slice){value.s + 1, value.n - 1}, &key, &rest) ||
		    !is(unquote(key), "version"))
			return false;
		value = rest;
	}
	if (value.n < 2 || (value.s[0] != '"' && value.s[0] != '\''))
		return false;
	end = memchr(value.s + 1, value.s[0], value.n - 1);
	if (!end || end == value.s + 1) /* empty, or the beginning of a longer text */
		return false;
	ret->word = value.s + 1;
	ret->n = (size_t)(end - ret->word);
	return true;
}

enum table { OTHER, TOOLS, GO };

static enum table table_of(struct slice line)
{
	const char *end = memchr(line.s, ']', line.n);
	struct slice name = {line.s + 1, end ? (size_t)(end - line.s) - 1 : 0};
	const char prefix[] = "tools.";

	name = trim(name);
	if (is(name, "tools"))
		return TOOLS;
	if (name.n > strlen(prefix) && memcmp(name.s, prefix, strlen(prefix)) == 0 &&
	    is_go((struct slice){name.s + strlen(prefix), name.n - strlen(prefix)}))
		return GO;
	return OTHER;
}

int gv_mise_find_go(const char *text, size_t n, struct gv_mise_go *ret)
{
	const char *end = text + n;
	enum table table = OTHER;

	*ret = (struct gv_mise_go){0};
	while (text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		struct slice line = {text, (size_t)((eol ? eol : end) - text)};
		struct slice key, value;

		text += line.n + 1;
		ret->line++;
		line = trim(line);
		if (line.n && line.s[0] == '[')
			table = table_of(line);
		else if (line.n && line.s[0] != '#' && table != OTHER &&
			 split(line, &key, &value) &&
			 (table == TOOLS ? is_go(key) : is(unquote(key), "version")))
			return first_text(value, ret) ? 0 : -EINVAL;
	}
	return 1;
}
