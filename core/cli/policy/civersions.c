// SPDX-License-Identifier: Apache-2.0
#include "core/cli/policy/civersions.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"

enum { VERSIONS = 1, IMAGES = 2 };

/* Which keys of which files hold what. */
static const struct {
	enum gv_ci_kind kind;
	const char *key;
	int holds;
} keys[] = {
	{GV_CI_WORKFLOW, "go-version", VERSIONS}, {GV_CI_WORKFLOW, "go", VERSIONS},
	{GV_CI_WORKFLOW, "image", IMAGES},	  {GV_CI_WORKFLOW, "container", IMAGES},
	{GV_CI_GITLAB, "image", IMAGES},	  {GV_CI_GITLAB, "name", IMAGES},
	{GV_CI_TRAVIS, "go", VERSIONS},		  {GV_CI_CIRCLECI, "image", IMAGES},
};

struct line {
	const char *at, *end; /* without blanks at its ends */
	unsigned number;
	size_t indent;
};

struct scan {
	enum gv_ci_kind kind;
	gv_ci_found *found;
	void *arg;
	int items;     /* of a list that goes on in the lines below; 0: of none */
	size_t indent; /* of its key */
};

enum gv_ci_kind gv_ci_kind_of(const char *dir, const char *name)
{
	bool yaml = gv_has_suffix(name, ".yml") || gv_has_suffix(name, ".yaml");

	if (yaml && gv_has_suffix(dir, "/.github/workflows"))
		return GV_CI_WORKFLOW;
	if (yaml && gv_has_suffix(dir, "/.circleci"))
		return GV_CI_CIRCLECI;
	if (strcmp(name, ".gitlab-ci.yml") == 0)
		return GV_CI_GITLAB;
	if (strcmp(name, ".travis.yml") == 0)
		return GV_CI_TRAVIS;
	if (strcmp(name, "Dockerfile") == 0 || strcmp(name, "Containerfile") == 0 ||
	    gv_after_prefix(name, "Dockerfile.") || gv_has_suffix(name, ".Dockerfile") ||
	    gv_has_suffix(name, ".dockerfile"))
		return GV_CI_DOCKERFILE;
	return GV_CI_NONE;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool starts_with(const struct line *l, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(l->end - l->at) >= n && memcmp(l->at, word, n) == 0;
}

static void skip_blanks(struct line *l)
{
	while (l->at < l->end && is_blank(*l->at))
		l->at++;
}

/* -- values -------------------------------------------------------------------------- */

/* "golang:1.22.5-alpine" of a registry or of none: the digits of its tag. */
static int tell_image(const struct scan *s, const struct line *l, const char *word,
		      size_t n, bool among)
{
	const char *slash = memrchr(word, '/', n), *name = slash ? slash + 1 : word;
	const char *colon = memchr(name, ':', (size_t)(word + n - name));
	const char *tag = colon ? colon + 1 : NULL, *end = tag;
	size_t len = colon ? (size_t)(colon - name) : 0;

	if (!tag || !((len == 2 && memcmp(name, "go", 2) == 0) ||
		      (len == 6 && memcmp(name, "golang", 6) == 0)))
		return 0;
	while (end < word + n && (isalnum((unsigned char)*end) || *end == '.'))
		end++;
	/* `latest` and `alpine` are whatever they are today. */
	if (end == tag || !isdigit((unsigned char)*tag))
		return 0;
	return s->found(s->arg, tag, (size_t)(end - tag), l->number, among);
}

static int tell_word(const struct scan *s, const struct line *l, int holds,
		     const char *word, size_t n, bool among)
{
	if (n > 1 && (word[0] == '"' || word[0] == '\'') && word[n - 1] == word[0]) {
		word++;
		n -= 2;
	}
	if (n == 0 || memchr(word, '$', n))
		return 0; /* an expression */
	return holds == IMAGES ? tell_image(s, l, word, n, among)
			       : s->found(s->arg, word, n, l->number, among);
}

/* One scalar, up to a blank, unless it is in quotes. */
static int tell_scalar(const struct scan *s, struct line l, int holds, const char *stops,
		       bool among, const char **ret_end)
{
	const char *end;

	skip_blanks(&l);
	end = l.at;
	if (end < l.end && (*end == '"' || *end == '\'')) {
		end = memchr(end + 1, *end, (size_t)(l.end - end - 1));
		end = end ? end + 1 : l.end;
	} else {
		/* a NUL is in every string, for strchr(3) */
		while (end < l.end && !is_blank(*end) && !(*end && strchr(stops, *end)))
			end++;
	}
	if (ret_end)
		*ret_end = end;
	return tell_word(s, &l, holds, l.at, (size_t)(end - l.at), among);
}

/* [1.21, '1.22'] on one line. */
static int tell_brackets(const struct scan *s, struct line l, int holds)
{
	int r = 0;

	l.at++;
	while (r == 0) {
		while (l.at < l.end && (is_blank(*l.at) || *l.at == ','))
			l.at++;
		if (l.at == l.end || *l.at == ']')
			return 0;
		r = tell_scalar(s, l, holds, ",]", true, &l.at);
	}
	return r;
}

/* -- lines --------------------------------------------------------------------------- */

static int look_at_value(struct scan *s, struct line l, int holds, size_t indent)
{
	skip_blanks(&l);
	if (l.at == l.end || *l.at == '#') {
		s->items = holds;
		s->indent = indent;
		return 0;
	}
	return *l.at == '[' ? tell_brackets(s, l, holds)
			    : tell_scalar(s, l, holds, "", false, NULL);
}

/* What follows `key:`, "key": or 'key' :, which are one key. */
static const char *after_key(const struct line *l, const char *key)
{
	size_t n = strlen(key);
	struct line rest = *l;
	char quote = '\0';

	if (rest.at < rest.end && (*rest.at == '"' || *rest.at == '\''))
		quote = *rest.at++;
	if (!starts_with(&rest, key))
		return NULL;
	rest.at += n;
	if (quote && (rest.at == rest.end || *rest.at++ != quote))
		return NULL;
	skip_blanks(&rest);
	return rest.at < rest.end && *rest.at == ':' ? rest.at + 1 : NULL;
}

/* with: {go-version: 1.22, cache: false} */
static int look_in_braces(const struct scan *s, struct line l)
{
	bool inside = false;
	int r = 0;

	for (; l.at < l.end && r == 0; l.at++) {
		struct line one = {l.at + 1, l.end, l.number, l.indent};

		inside |= *l.at == '{';
		if (!inside || (*l.at != '{' && *l.at != ','))
			continue;
		skip_blanks(&one);
		for (size_t i = 0; i < GV_COUNT(keys) && r == 0; i++) {
			struct line value = one;

			value.at = keys[i].kind == s->kind ? after_key(&one, keys[i].key)
							   : NULL;
			if (!value.at)
				continue;
			skip_blanks(&value);
			r = value.at < value.end && *value.at == '['
				    ? tell_brackets(s, value, keys[i].holds)
				    : tell_scalar(s, value, keys[i].holds, ",}", false,
						  NULL);
		}
	}
	return r;
}

static int look_at_yaml(struct scan *s, struct line l)
{
	bool item = false;
	int r;

	if (l.at == l.end || *l.at == '#')
		return 0;
	while (l.at < l.end && *l.at == '-' && (l.at + 1 == l.end || is_blank(l.at[1]))) {
		l.at++;
		skip_blanks(&l);
		item = true;
	}
	if (item && s->items && l.indent >= s->indent)
		return tell_scalar(s, l, s->items, "", true, NULL);
	s->items = 0;
	r = look_in_braces(s, l);
	for (size_t i = 0; i < GV_COUNT(keys) && r == 0; i++) {
		struct line value = l;

		value.at = keys[i].kind == s->kind ? after_key(&l, keys[i].key) : NULL;
		if (value.at)
			return look_at_value(s, value, keys[i].holds, l.indent);
	}
	return r;
}

static int look_at_instruction(struct scan *s, struct line l)
{
	static const char *const arguments[] = {"GO_VERSION=", "GOLANG_VERSION="};
	size_t n = (size_t)(l.end - l.at);
	bool from = n > 5 && strncasecmp(l.at, "FROM", 4) == 0 && is_blank(l.at[4]);
	bool argument = n > 4 && strncasecmp(l.at, "ARG", 3) == 0 && is_blank(l.at[3]);

	l.at += from ? 4 : argument ? 3 : 0;
	skip_blanks(&l);
	/* FROM --platform=$BUILDPLATFORM golang:1.22 */
	while (from && starts_with(&l, "--")) {
		while (l.at < l.end && !is_blank(*l.at))
			l.at++;
		skip_blanks(&l);
	}
	if (from)
		return tell_scalar(s, l, IMAGES, "", false, NULL);
	for (size_t i = 0; argument && i < GV_COUNT(arguments); i++) {
		if (!starts_with(&l, arguments[i]))
			continue;
		l.at += strlen(arguments[i]);
		return tell_scalar(s, l, VERSIONS, "-", false, NULL);
	}
	return 0;
}

int gv_ci_scan(enum gv_ci_kind kind, const char *text, size_t n, gv_ci_found *found,
	       void *arg)
{
	struct scan s = {.kind = kind, .found = found, .arg = arg};
	const char *end = text + n, *eol;
	struct line l = {0};
	int r = 0;

	for (const char *p = text; p < end && r == 0; p = eol < end ? eol + 1 : end) {
		eol = memchr(p, '\n', (size_t)(end - p));
		eol = eol ? eol : end;
		l = (struct line){.at = p, .end = eol, .number = l.number + 1};
		skip_blanks(&l);
		l.indent = (size_t)(l.at - p);
		while (l.end > l.at && is_blank(l.end[-1]))
			l.end--;
		r = kind == GV_CI_DOCKERFILE ? look_at_instruction(&s, l)
					     : look_at_yaml(&s, l);
	}
	return r;
}
