// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/entry.h"

#include <string.h>

#include "core/base/text.h"
#include "core/base/utf8.h"

/* Of a name that may be anything, only what every terminal takes as text. */
static const char *shown(const char *name, char *buf, size_t cap)
{
	struct gv_text t = gv_text_in(buf, cap);
	size_t n = strnlen(name, 128);

	for (size_t i = 0; i < n; i++)
		gv_text_add_n(&t, name[i] >= ' ' && name[i] <= '~' ? name + i : "?", 1);
	if (name[n] != '\0')
		gv_text_add(&t, "...");
	return buf;
}

static int refuse(struct gv_err *err, const char *name, const char *why)
{
	char buf[256];

	return gv_err_set(err, -GV_EVERIFY, "the archive's entry '%s' %s",
			  shown(name, buf, sizeof(buf)), why);
}

static int refuse_place(struct gv_err *err, const char *name, const char *prefix)
{
	char buf[256];

	return gv_err_set(err, -GV_EVERIFY,
			  "the archive's entry '%s' does not lie below '%s'",
			  shown(name, buf, sizeof(buf)), prefix);
}

/*
 * Marks that combine with the letter before them, and characters that Unicode has twice
 * (the signs of Ohm, Kelvin and Angstrom, the accents of old Greek, Han that came from
 * other character sets): with them one visible name has two spellings.  No tree of Go's
 * has any, and without them the composed form is the only one left for Latin, Greek,
 * Cyrillic, kana, Hangul and Han.
 */
static bool has_other_spelling(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} some[] = {
		{0x0300, 0x036f}, {0x0374, 0x0374}, {0x037e, 0x037e}, {0x0387, 0x0387},
		{0x0483, 0x0489}, {0x1100, 0x11ff}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
		{0x1f00, 0x1fff}, {0x2000, 0x2001}, {0x20d0, 0x20ff}, {0x2126, 0x2126},
		{0x212a, 0x212b}, {0x2329, 0x232a}, {0x3099, 0x309a}, {0xa960, 0xa97f},
		{0xd7b0, 0xd7ff}, {0xf900, 0xfaff}, {0xfe20, 0xfe2f}, {0x2f800, 0x2fa1f},
	};

	for (size_t i = 0; i < GV_COUNT(some); i++)
		if (c >= some[i].first && c <= some[i].last)
			return true;
	return false;
}

static const char *bad_character(const char *s, size_t n)
{
	uint32_t c;

	while (n > 0) {
		size_t len = gv_utf8_next(s, n, &c);

		if (len == 0)
			return "has a name that is not UTF-8";
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
			return "has a control character in its name";
		if (c == '\\')
			return "has a backslash in its name";
		if (has_other_spelling(c))
			return "has a character in its name that has two spellings";
		s += len;
		n -= len;
	}
	return NULL;
}

static const char *bad_components(const char *path, size_t n)
{
	size_t depth = 0;

	for (size_t at = 0, end; at <= n; at = end + 1) {
		const char *slash = memchr(path + at, '/', n - at);
		size_t len;

		end = slash ? (size_t)(slash - path) : n;
		len = end - at;
		if (len == 0)
			return "has an empty component in its name";
		if ((len == 1 && path[at] == '.') ||
		    (len == 2 && path[at] == '.' && path[at + 1] == '.'))
			return "has '.' or '..' in its name";
		if (len > GV_ENTRY_COMPONENT)
			return "has a component of more than 255 bytes";
		if (++depth > GV_ENTRY_DEPTH)
			return "lies more than 64 directories deep";
	}
	return NULL;
}

/* go_?*_?*_exec of Go's packer, on the last component: go_js_wasm_exec. */
static bool is_exec_wrapper(const char *base)
{
	const char *middle = gv_after_prefix(base, "go_");
	const char *bar;
	size_t n;

	if (!middle || !gv_has_suffix(middle, "_exec"))
		return false;
	n = strlen(middle) - strlen("_exec");
	bar = n > 2 ? memchr(middle + 1, '_', n - 2) : NULL;
	return bar != NULL;
}

static bool is_program(const char *path, const char *base)
{
	static const char *const endings[] = {".bash", ".sh", ".pl", ".rc"};

	if (gv_after_prefix(path, "bin/") || gv_after_prefix(path, "pkg/tool/"))
		return true;
	for (size_t i = 0; i < GV_COUNT(endings); i++)
		if (gv_has_suffix(path, endings[i]))
			return true;
	return is_exec_wrapper(base);
}

static bool is_uncovered(const char *path)
{
	static const char *const tops[] = {"api", "doc", "misc", "test", ".github"};

	for (size_t i = 0; i < GV_COUNT(tops); i++) {
		const char *rest = gv_after_prefix(path, tops[i]);

		if (rest && (*rest == '/' || *rest == '\0'))
			return true;
	}
	return false;
}

/*
 * The module hash cannot tell go.mod from _go.mod: each spelling is right in one kind of
 * archive and would smuggle a file past the hash in the other.
 */
static const char *spell_go_mod(const struct gv_layout *layout, struct gv_entry *e,
				char *base)
{
	bool plain = strcmp(base, "go.mod") == 0, escaped = strcmp(base, "_go.mod") == 0;

	if (!plain && !escaped)
		return NULL;
	if (layout->module ? plain : escaped)
		return "is a go.mod under the wrong name for this kind of archive";
	if (escaped) {
		memmove(base, base + 1, strlen(base)); /* with its NUL */
		e->len--;
	}
	return NULL;
}

int gv_entry_parse(const struct gv_layout *layout, const char *name, bool dir,
		   struct gv_entry *ret, struct gv_err *err)
{
	const char *path = gv_after_prefix(name, layout->prefix), *why;
	size_t whole = strlen(name), top = strlen(layout->prefix) - 1;
	char *base;

	if (whole > GV_ENTRY_PATH)
		return refuse(err, name, "has a name of more than 1024 bytes");
	why = bad_character(name, whole);
	if (why)
		return refuse(err, name, why);
	if (!path) {
		if (!dir || whole != top || strncmp(name, layout->prefix, top) != 0)
			return refuse_place(err, name, layout->prefix);
		path = name + whole; /* the prefix itself, without its slash */
	}
	ret->dir = dir;
	ret->len = strlen(path);
	memcpy(ret->path, path, ret->len + 1);
	if (dir && ret->len > 0 && ret->path[ret->len - 1] == '/')
		ret->path[--ret->len] = '\0';
	if (*path == '\0') {
		if (!dir)
			return refuse(err, name, "should be a directory");
		ret->keep = true;
		ret->mode = 0755;
		return 0;
	}
#ifndef GV_WITHOUT_ARCHIVE_NAMES /* a control: tests/archives/hostile.t must see it */
	why = bad_components(ret->path, ret->len);
	if (why)
		return refuse(err, name, why);
#endif
	base = strrchr(ret->path, '/');
	base = base ? base + 1 : ret->path;
	why = dir ? NULL : spell_go_mod(layout, ret, base);
	if (why)
		return refuse(err, name, why);
	ret->keep = layout->module || !is_uncovered(ret->path);
	ret->mode = dir || is_program(ret->path, base) ? 0755 : 0644;
	return 0;
}

bool gv_entry_bomb(uint64_t in, uint64_t out)
{
#ifdef GV_WITHOUT_ARCHIVE_RATIO /* a control, too */
	(void)in, (void)out;
	return false;
#else
	return out > GV_FREE_BYTES && out / GV_INFLATE_RATIO > in;
#endif
}
