// SPDX-License-Identifier: Apache-2.0
#include "core/version/spec.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "core/version/spec-parts.h"

static bool equals(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && memcmp(s, word, n) == 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void set_text(char *to, size_t cap, const char *s, size_t n)
{
	struct gv_text t = gv_text_in(to, cap);

	gv_text_add_n(&t, s, n);
}

bool gv_tag_valid(const char *s, size_t n)
{
	if (n == 0 || n > 63 || !is_letter(s[0]))
		return false;
	for (size_t i = 1; i < n; i++) {
		if (!is_letter(s[i]) && !is_digit(s[i]) && !memchr("._-", s[i], 3))
			return false;
		if (s[i] == '.' && s[i - 1] == '.')
			return false;
	}
	return true;
}

/* Only behind a known prefix and before a digit: "go", "go-", "v". */
static size_t prefix_length(const char *s, size_t n)
{
	static const char *const prefixes[] = {"go-", "go", "v"};

	if (n && is_digit(s[0]))
		return 0;
	for (size_t i = 0; i < GV_COUNT(prefixes); i++) {
		size_t len = strlen(prefixes[i]);

		if (n > len && memcmp(s, prefixes[i], len) == 0 && is_digit(s[len]))
			return len;
	}
	return 0;
}

static bool known_kind(const struct gv_version *v)
{
	const char *kind = v->name + v->kind.at;

	return equals(kind, v->kind.len, "rc") || equals(kind, v->kind.len, "beta") ||
	       equals(kind, v->kind.len, "alpha");
}

/* "go1.22.5-bigcorp": a name as Go's GOTOOLCHAIN takes it.  "-rc.1" is not such a suffix
 * but the way in which other projects write a pre-release. */
static int read_custom_name(const char *s, size_t n, struct gv_spec *spec)
{
	struct gv_version *v = &spec->version;
	const char *behind;

	if (gv_version_parse(s, n, v) < 0 || !v->minor.len || gv_version_is_lang(v))
		return -EINVAL;
	behind = v->name + v->suffix.at + 1;
	if (gv_after_prefix(behind, "rc") || gv_after_prefix(behind, "beta") ||
	    gv_after_prefix(behind, "alpha"))
		return -EINVAL;
	spec->kind = GV_SPEC_EXACT;
	return 0;
}

static size_t count(const char *s, size_t n, char c)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += s[i] == c;
	return found;
}

int gv_spec_read_version(const char *s, size_t n, struct gv_spec *spec)
{
	size_t skip = prefix_length(s, n);
	struct gv_version *v = &spec->version;
	bool wildcard = n > 2 && s[n - 2] == '.' && s[n - 1] == 'x';
	size_t dots;

	if (skip == 2 && memchr(s, '-', n))
		return read_custom_name(s, n, spec);
	s += skip;
	n -= skip + (wildcard ? 2 : 0);
	dots = count(s, n, '.');
	/* there is no Go 2: "2.1" is a slip */
	if (gv_version_parse_bare(s, n, v) < 0 ||
	    !equals(v->name + v->major.at, v->major.len, "1"))
		return -EINVAL;
	if (wildcard && (dots > 1 || v->kind.len))
		return -EINVAL;
	gv_version_line(v, spec->line);
	set_text(spec->pre, sizeof(spec->pre), v->name + v->kind.at, v->kind.len);
	if (v->kind.len) {
		/* no "1.14.0rc1": Go names it 1.14rc1 */
		if (!known_kind(v) || equals(v->name + v->patch.at, v->patch.len, "0") ||
		    (v->patch.len && !v->pre.len))
			return -EINVAL;
		spec->kind = v->pre.len ? GV_SPEC_EXACT : GV_SPEC_PRERELEASE;
	} else if (dots == 2) {
		spec->kind = GV_SPEC_EXACT;
	} else if (dots == 1) {
		spec->kind = GV_SPEC_LINE;
	} else {
		spec->kind = GV_SPEC_LATEST;
		v->name[0] = spec->line[0] = '\0';
	}
	return 0;
}

/* "*", "1.*", "1.22.*", "1.22.X": the command line's ways to write "latest" and "1.22.x".
 */
static int read_wildcard(const char *s, size_t n, struct gv_spec *spec)
{
	char word[GV_WORD_MAX];

	if (equals(s, n, "*")) {
		spec->kind = GV_SPEC_LATEST;
		return 0;
	}
	memcpy(word, s, n);
	word[n - 1] = 'x';
	return gv_spec_read_version(word, n, spec);
}

/* "latest", ">=1.21": what does not begin with a digit.  1: it is none of these. */
static int read_word(const char *s, size_t n, unsigned flags, struct gv_spec *spec)
{
	int r;

	if (equals(s, n, "latest") || equals(s, n, "stable")) {
		spec->kind = GV_SPEC_LATEST;
		return 0;
	}
	if (equals(s, n, "system")) {
		spec->kind = GV_SPEC_SYSTEM;
		return 0;
	}
	if (equals(s, n, "oldstable")) {
		spec->kind = GV_SPEC_OLDSTABLE;
		return flags & GV_SPEC_COMMAND ? 0 : -EPERM;
	}
	if (!memchr("<>=~", s[0], 4))
		return 1;
	r = gv_spec_read_ranges(s, n, spec);
	if (r < 0)
		return r;
	return flags & GV_SPEC_COMMAND ? 0 : -EPERM;
}

/* What stands before "@tag" and "+suffix". */
static int read_base(const char *s, size_t n, unsigned flags, struct gv_spec *spec)
{
	int r = is_digit(s[0]) ? 1 : read_word(s, n, flags, spec);

	if (r <= 0)
		return r;
	if (flags & GV_SPEC_COMMAND && (s[n - 1] == '*' || s[n - 1] == 'X'))
		return read_wildcard(s, n, spec);
	r = gv_spec_read_version(s, n, spec);
	if (r == 0 && spec->kind == GV_SPEC_PRERELEASE && !(flags & GV_SPEC_COMMAND))
		return -EPERM;
	return r;
}

static int read_suffix(const char *s, size_t n, enum gv_spec_suffix *ret)
{
	if (equals(s, n, "local"))
		*ret = GV_SUFFIX_LOCAL;
	else if (equals(s, n, "auto"))
		*ret = GV_SUFFIX_AUTO;
	else if (equals(s, n, "path"))
		*ret = GV_SUFFIX_PATH;
	else
		return -EINVAL;
	return 0;
}

int gv_spec_read(const char *s, size_t n, unsigned flags, struct gv_spec *ret)
{
	const char *plus, *at;
	int r;

	ret->suffix = GV_SUFFIX_NONE;
	ret->version.name[0] = ret->line[0] = ret->pre[0] = ret->tag[0] = '\0';
	ret->n_ranges = 0;
	set_text(ret->text, sizeof(ret->text), s, n);
	if (n == 0)
		return -EINVAL;

	plus = memchr(s, '+', n);
	if (plus) {
		size_t len = (size_t)(plus - s);

		if (read_suffix(plus + 1, n - len - 1, &ret->suffix) < 0)
			return -EINVAL;
		n = len;
	}
	at = memchr(s, '@', n);
	if (at) {
		size_t len = (size_t)(at - s);

		if (!gv_tag_valid(at + 1, n - len - 1))
			return -EINVAL;
		set_text(ret->tag, sizeof(ret->tag), at + 1, n - len - 1);
		n = len;
	}
	if (at && n == 0) {
		ret->kind = GV_SPEC_TAG;
		return 0;
	}
	if (n == 0)
		return -EINVAL;
	r = read_base(s, n, flags, ret);
	if (r == 0 && at) {
		if (ret->kind != GV_SPEC_EXACT)
			return -EINVAL;
		ret->kind = GV_SPEC_TAG;
	}
	return r;
}

/* Nothing but ASCII on the terminal: no look-alikes, no reversed text. */
GV_COLD static void show(const char *s, size_t n, char ret[GV_WORD_MAX + 1])
{
	struct gv_text t = gv_text_in(ret, GV_WORD_MAX + 1);

	for (size_t i = 0; i < n; i++)
		gv_text_add_n(&t, s[i] >= ' ' && s[i] < 0x7f ? &s[i] : "?", 1);
}

GV_COLD static int refuse(const char *s, size_t n, int r, unsigned flags,
			  struct gv_err *err)
{
	char shown[GV_WORD_MAX + 1], meant[GV_MEANT_MAX];
	int code;

	show(s, n, shown);
	if (r == -EPERM) {
		gv_err_set(err, -GV_EPIN, "'%s' belongs to the command line", shown);
		return gv_err_hint(err, "govern pin '%s'", shown);
	}
	if (flags & GV_SPEC_COMMAND && equals(s, n, "tip"))
		return gv_err_set(err, -GV_EPIN,
				  "'tip' is no release: releases can be installed and "
				  "built, and nothing else");
	code = gv_err_set(err, -GV_EPIN, "'%s' is not a version", shown);
	if (gv_spec_meant(s, n, meant))
		code = gv_err_hint(err, "write %s", meant);
	return code;
}

GV_COLD static int refuse_bytes(const char *s, size_t n, const char *bad,
				struct gv_err *err)
{
	char shown[GV_WORD_MAX + 1];

	show(s, n, shown);
	return gv_err_set(err, -GV_EPIN, "a version cannot have %s in it: '%s'", bad,
			  shown);
}

/* Bytes that no version has, whatever it means.  NULL: none. */
static const char *bad_bytes(const char *s, size_t n)
{
	if (n >= 2 && (memcmp(s, "\xff\xfe", 2) == 0 || memcmp(s, "\xfe\xff", 2) == 0))
		return "UTF-16 text"; /* of the whole file this is the first word */
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			return "a control character";
		if (s[i] == '/' || s[i] == '\\')
			return "a slash";
		if (s[i] == '.' && i + 1 < n && s[i + 1] == '.')
			return "'..'";
	}
	return NULL;
}

int gv_spec_parse(const char *s, size_t n, unsigned flags, struct gv_spec *ret,
		  struct gv_err *err)
{
	struct gv_spec spec;
	const char *bad;
	int r;

	if (flags & GV_SPEC_COMMAND) {
		for (; n && s[0] == ' '; n--)
			s++;
		while (n && s[n - 1] == ' ')
			n--;
	}
	if (n == 0)
		return gv_err_set(err, -GV_EPIN, "an empty word is not a version");
	if (n > GV_WORD_MAX)
		return gv_err_set(err, -GV_EPIN,
				  "a word of %zu bytes is too long for a version", n);
	bad = bad_bytes(s, n);
	if (bad)
		return refuse_bytes(s, n, bad, err);
	r = gv_spec_read(s, n, flags, &spec);
	if (r < 0)
		return refuse(s, n, r, flags, err);
	*ret = spec;
	return 0;
}

/* `c` is what gv_version_compare() says. */
static bool holds(enum gv_range_op op, int c)
{
	switch (op) {
	case GV_RANGE_LT:
		return c < 0;
	case GV_RANGE_LE:
		return c <= 0;
	case GV_RANGE_EQ:
		return c == 0;
	case GV_RANGE_GE:
		return c >= 0;
	case GV_RANGE_GT:
		return c > 0;
	}
	return false;
}

bool gv_spec_in_ranges(const struct gv_spec *spec, const struct gv_version *v)
{
	for (unsigned i = 0; i < spec->n_ranges; i++)
		if (!holds(spec->ranges[i].op,
			   gv_version_compare(v, &spec->ranges[i].version)))
			return false;
	return true;
}

bool gv_spec_matches(const struct gv_spec *spec, const struct gv_version *v)
{
	char line[GV_NAME_MAX];

	gv_version_line(v, line);
	switch (spec->kind) {
	case GV_SPEC_EXACT:
		return strcmp(spec->version.name, v->name) == 0;
	case GV_SPEC_LINE:
		return gv_version_is_stable(v) && strcmp(spec->line, line) == 0;
	case GV_SPEC_LATEST:
	case GV_SPEC_OLDSTABLE:
		return gv_version_is_stable(v);
	case GV_SPEC_PRERELEASE:
		return !v->suffix.len && !v->patch.len && strcmp(spec->line, line) == 0 &&
		       equals(v->name + v->kind.at, v->kind.len, spec->pre);
	case GV_SPEC_RANGE:
		return gv_version_is_stable(v) && gv_spec_in_ranges(spec, v);
	case GV_SPEC_TAG:
		return spec->version.name[0] && strcmp(spec->version.name, v->name) == 0;
	case GV_SPEC_SYSTEM:
		break;
	}
	return false;
}
