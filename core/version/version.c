// SPDX-License-Identifier: Apache-2.0
#include "core/version/version.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"

static struct gv_part part(size_t at, size_t len)
{
	return (struct gv_part){.at = (unsigned char)at, .len = (unsigned char)len};
}

/* The length of the number at s[at..n): 0 when there is none or it has a leading zero. */
static size_t number(const char *s, size_t at, size_t n)
{
	size_t i = at;

	while (i < n && s[i] >= '0' && s[i] <= '9')
		i++;
	return i > at + 1 && s[at] == '0' ? 0 : i - at;
}

static size_t lower_letters(const char *s, size_t at, size_t n)
{
	size_t i = at;

	while (i < n && s[i] >= 'a' && s[i] <= 'z')
		i++;
	return i - at;
}

/* Finds the parts of name[2..n): major[.minor[.patch]][kind[pre]]. */
static int scan(struct gv_version *v, size_t n)
{
	const char *s = v->name;
	size_t at = 2, len;

	len = number(s, at, n);
	if (!len)
		return -EINVAL;
	v->major = part(at, len);
	at += len;
	if (at == n)
		return 0;
	if (s[at++] != '.')
		return -EINVAL;

	len = number(s, at, n);
	if (!len)
		return -EINVAL;
	v->minor = part(at, len);
	at += len;
	if (at < n && s[at] == '.') {
		len = number(s, ++at, n);
		if (!len)
			return -EINVAL;
		v->patch = part(at, len);
		at += len;
	}
	if (at == n)
		return 0;

	len = lower_letters(s, at, n);
	if (!len)
		return -EINVAL;
	v->kind = part(at, len);
	at += len;
	if (at == n)
		return 0;
	len = number(s, at, n);
	if (!len || at + len != n)
		return -EINVAL;
	v->pre = part(at, len);
	return 0;
}

static int compare_numbers(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	return memcmp(a, b, a_len);
}

static bool minor_below_21(const struct gv_version *v)
{
	return compare_numbers(v->name + v->minor.at, v->minor.len, "21", 2) < 0;
}

static bool is_zero(const struct gv_version *v, struct gv_part p)
{
	return p.len == 1 && v->name[p.at] == '0';
}

/* Releases before 1.21 have no ".0": go1.20.0 is go1.20, and go1.0 is go1. */
static void make_canonical(struct gv_version *v)
{
	if (v->kind.len || v->suffix.len)
		return;
	if (is_zero(v, v->patch) && minor_below_21(v)) {
		v->name[v->patch.at - 1] = '\0';
		v->patch = part(0, 0);
	}
	if (!v->patch.len && is_zero(v, v->minor)) {
		v->name[v->minor.at - 1] = '\0';
		v->minor = part(0, 0);
	}
}

static int parse(const char *s, size_t n, const char *suffix, struct gv_version *ret)
{
	struct gv_version v = {0};
	size_t bare = suffix ? (size_t)(suffix - s) : n;
	int r;

	if (n + 2 >= sizeof(v.name))
		return -EINVAL;
	memcpy(v.name, "go", 2);
	memcpy(v.name + 2, s, n);
	if (suffix)
		v.suffix = part(bare + 2, n - bare);
	r = scan(&v, bare + 2);
	if (r < 0)
		return r;
	make_canonical(&v);
	*ret = v;
	return 0;
}

/* Only what is safe in a file name, in PATH and in a shell: Go itself refuses the slashes
 * (golang/go#62198), the rest has no use here. */
static bool suffix_valid(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = s[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
		      c == '~'))
			return false;
	}
	return true;
}

int gv_version_parse_bare(const char *s, size_t n, struct gv_version *ret)
{
	return parse(s, n, NULL, ret);
}

int gv_version_parse(const char *s, size_t n, struct gv_version *ret)
{
	const char *suffix;

	if (n < 3 || s[0] != 'g' || s[1] != 'o')
		return -EINVAL;
	s += 2;
	n -= 2;
	suffix = memchr(s, '-', n);
	if (suffix && !suffix_valid(suffix, n - (size_t)(suffix - s)))
		return -EINVAL;
	return parse(s, n, suffix, ret);
}

static int compare_parts(const struct gv_version *a, struct gv_part pa,
			 const struct gv_version *b, struct gv_part pb)
{
	return compare_numbers(a->name + pa.at, pa.len, b->name + pb.at, pb.len);
}

/* The minor or patch number as Go reads it: an absent one may stand for 0. */
static int compare_implied(const struct gv_version *a, struct gv_part pa, bool a_zero,
			   const struct gv_version *b, struct gv_part pb, bool b_zero)
{
	const char *x = pa.len ? a->name + pa.at : "0";
	const char *y = pb.len ? b->name + pb.at : "0";

	return compare_numbers(x, pa.len ? pa.len : a_zero, y, pb.len ? pb.len : b_zero);
}

static bool implied_patch(const struct gv_version *v)
{
	return !v->patch.len && !v->kind.len && minor_below_21(v);
}

static int compare_kinds(const struct gv_version *a, const struct gv_version *b)
{
	size_t shorter = a->kind.len < b->kind.len ? a->kind.len : b->kind.len;
	int c;

	/* Behind a patch a pre-release comes before that patch, not after the language
	 * version: 1.9.2rc2 < 1.9.2, but 1.21 < 1.21rc1. */
	if (a->patch.len && b->patch.len && !a->kind.len != !b->kind.len)
		return a->kind.len ? -1 : 1;
	c = memcmp(a->name + a->kind.at, b->name + b->kind.at, shorter);
	return c ? c : (int)a->kind.len - (int)b->kind.len;
}

int gv_version_compare(const struct gv_version *a, const struct gv_version *b)
{
	int c = compare_parts(a, a->major, b, b->major);

	if (!c)
		c = compare_implied(a, a->minor, true, b, b->minor, true);
	if (!c)
		c = compare_implied(a, a->patch, implied_patch(a), b, b->patch,
				    implied_patch(b));
	if (!c)
		c = compare_kinds(a, b);
	if (!c)
		c = compare_parts(a, a->pre, b, b->pre);
	return c;
}

int gv_version_compare_names(const char *a, const char *b)
{
	struct gv_version va, vb;
	bool a_ok = gv_version_parse(a, strlen(a), &va) == 0;
	bool b_ok = gv_version_parse(b, strlen(b), &vb) == 0;
	int c = a_ok - b_ok;

	if (a_ok && b_ok)
		c = gv_version_compare(&va, &vb);
	return c ? c : strcmp(a, b);
}

bool gv_version_is_lang(const struct gv_version *v)
{
	return !v->patch.len && !v->kind.len && !minor_below_21(v);
}

bool gv_version_is_stable(const struct gv_version *v)
{
	return !v->kind.len && !v->suffix.len && !gv_version_is_lang(v);
}

bool gv_version_at_least(const struct gv_version *v, unsigned minor)
{
	int major = compare_numbers(v->name + v->major.at, v->major.len, "1", 1);
	unsigned value = 0;

	if (major)
		return major > 0;
	/* no further than it takes: the number may be of any length */
	for (size_t i = 0; i < v->minor.len && value < minor; i++)
		value = value * 10 + (unsigned)(v->name[v->minor.at + i] - '0');
	return value >= minor;
}

void gv_version_line(const struct gv_version *v, char ret[GV_NAME_MAX])
{
	struct gv_text t = gv_text_in(ret, GV_NAME_MAX);

	gv_text_add_n(&t, v->name + v->major.at, v->major.len);
	gv_text_add(&t, ".");
	if (v->minor.len)
		gv_text_add_n(&t, v->name + v->minor.at, v->minor.len);
	else
		gv_text_add(&t, "0");
}

bool gv_version_same_line(const struct gv_version *a, const struct gv_version *b)
{
	char x[GV_NAME_MAX], y[GV_NAME_MAX];

	gv_version_line(a, x);
	gv_version_line(b, y);
	return strcmp(x, y) == 0;
}

const char *gv_version_bare(const struct gv_version *v, char buf[GV_NAME_MAX])
{
	struct gv_text t = gv_text_in(buf, GV_NAME_MAX);

	gv_text_add(&t, v->name + 2);
	if (!v->patch.len && !v->kind.len && !v->suffix.len && !gv_version_is_lang(v))
		gv_text_add(&t, v->minor.len ? ".0" : ".0.0");
	return buf;
}
