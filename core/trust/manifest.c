// SPDX-License-Identifier: Apache-2.0
/* Manifests as text: their own hash, and how two of them differ. */
#include "core/trust/dirhash.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/err.h"
#include "core/trust/base64.h"
#include "core/trust/manifest.h"
#include "core/trust/module.h"
#include "core/trust/sha256.h"

/* -- h1 ------------------------------------------------------------------------------ */

bool gv_h1_valid(const char *s, size_t n)
{
	uint8_t digest[GV_SHA256_BYTES];

	return n == GV_H1_LEN - 1 && memcmp(s, "h1:", 3) == 0 &&
	       gv_base64_decode(s + 3, n - 3, digest, sizeof(digest)) == 0;
}

/* -- lines --------------------------------------------------------------------------- */

/* One line: the file's digest in hex, two blanks, the module, "/" and the path. */
struct line {
	const char *hex;
	const char *name; /* from the module on */
	size_t name_len;
	const char *path; /* as in the module: _go.mod */
};

enum { HEX = GV_SHA256_HEX - 1 };

/* Takes the first line off [*s, end).  1: there was one.  0: that is all. */
static int next_line(const char **s, const char *end, struct line *ret)
{
	static const char module[] = GV_MODULE_PATH "@";
	const char *newline = *s == end ? NULL : memchr(*s, '\n', (size_t)(end - *s));
	uint8_t digest[GV_SHA256_BYTES];
	struct line l = {.hex = *s};

	if (*s == end)
		return 0;
	if (!newline || newline - *s < HEX + 2 ||
	    gv_sha256_from_hex(*s, HEX, digest) < 0 || memcmp(*s + HEX, "  ", 2) != 0)
		return -GV_EFORMAT;
	l.name = *s + HEX + 2;
	l.name_len = (size_t)(newline - l.name);
	if (l.name_len < sizeof(module) ||
	    memcmp(l.name, module, sizeof(module) - 1) != 0)
		return -GV_EFORMAT;
	/* The module's own path has one "/"; the next one ends its version. */
	l.path = memchr(l.name + sizeof(module), '/', l.name_len - sizeof(module));
	if (!l.path || ++l.path == newline)
		return -GV_EFORMAT;
	*s = newline + 1;
	*ret = l;
	return 1;
}

static int compare_names(const struct line *a, const struct line *b)
{
	size_t n = a->name_len < b->name_len ? a->name_len : b->name_len;
	int r = memcmp(a->name, b->name, n);

	return r ? r : (a->name_len > b->name_len) - (a->name_len < b->name_len);
}

int gv_manifest_h1(const char *manifest, size_t n, char ret[GV_H1_LEN])
{
	const char *s = manifest, *end = manifest + n;
	uint8_t digest[GV_SHA256_BYTES];
	struct line line, before;
	bool first = true;
	int r;

	while ((r = next_line(&s, end, &line)) > 0) {
		if (!first && (compare_names(&before, &line) >= 0 ||
			       line.path - line.name != before.path - before.name ||
			       memcmp(line.name, before.name,
				      (size_t)(line.path - line.name)) != 0))
			return -GV_EFORMAT;
		before = line;
		first = false;
	}
	if (r < 0 || first)
		return -GV_EFORMAT;
	_Static_assert(GV_H1_LEN == 3 + GV_BASE64_LEN(sizeof(digest)) + 1,
		       "h1: and base64");
	gv_sha256_of(manifest, n, digest);
	memcpy(ret, "h1:", 3);
	gv_base64_encode(digest, sizeof(digest), ret + 3);
	return 0;
}

/* -- differences --------------------------------------------------------------------- */

struct report {
	gv_manifest_diff *diff;
	void *arg;
	size_t n;
};

/* The path as it is in the tree, where _go.mod is called go.mod; its length. */
static size_t path_in_tree(const struct line *line, char *ret, size_t cap)
{
	static const char name[] = "_go.mod";
	const size_t name_len = sizeof(name) - 1;
	size_t n = line->name_len - (size_t)(line->path - line->name);
	size_t at = n - name_len;

	if (n >= cap)
		return 0;
	memcpy(ret, line->path, n);
	if (n >= name_len && memcmp(line->path + at, name, name_len) == 0 &&
	    (at == 0 || line->path[at - 1] == '/')) {
		memmove(ret + at, ret + at + 1, name_len - 1);
		n--;
	}
	ret[n] = '\0';
	return n;
}

static void tell(struct report *r, enum gv_difference what, const struct line *line)
{
	char path[4096];
	size_t n = path_in_tree(line, path, sizeof(path));

	r->n++;
	if (!r->diff)
		return;
	if (n)
		r->diff(r->arg, what, path, n);
	else
		r->diff(r->arg, what, line->path,
			line->name_len - (size_t)(line->path - line->name));
}

size_t gv_manifest_compare(const char *recorded, size_t n_recorded, const char *found,
			   size_t n_found, gv_manifest_diff *diff, void *arg)
{
	const char *recorded_end = recorded + n_recorded, *found_end = found + n_found;
	struct report report = {.diff = diff, .arg = arg};
	struct line was, is;
	bool was_there = next_line(&recorded, recorded_end, &was) > 0;
	bool is_there = next_line(&found, found_end, &is) > 0;

	while (was_there || is_there) {
		int order = !was_there ? 1 : !is_there ? -1 : compare_names(&was, &is);

		if (order < 0)
			tell(&report, GV_DIFF_MISSING, &was);
		else if (order > 0)
			tell(&report, GV_DIFF_EXTRA, &is);
		else if (memcmp(was.hex, is.hex, HEX) != 0)
			tell(&report, GV_DIFF_CHANGED, &was);
		if (order <= 0)
			was_there = next_line(&recorded, recorded_end, &was) > 0;
		if (order >= 0)
			is_there = next_line(&found, found_end, &is) > 0;
	}
	return report.n;
}

int gv_manifest_next(const char **s, const char *end, struct gv_manifest_file *ret)
{
	struct line line;
	int r = next_line(s, end, &line);

	if (r <= 0)
		return r;
	if (!path_in_tree(&line, ret->path, sizeof(ret->path)))
		return -GV_EFORMAT;
	return gv_sha256_from_hex(line.hex, HEX, ret->digest) < 0 ? -GV_EFORMAT : 1;
}
