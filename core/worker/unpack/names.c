// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "core/base/utf8.h"

struct gv_name {
	uint32_t hash; /* of the folded name */
	uint32_t at;   /* in text; */
	uint16_t len;
	uint16_t kind;
};
/* An empty name is never put, so a slot without length is free. */

/* The next character of a name that is known to be UTF-8, folded; else the bare byte. */
static uint32_t folded(const char **s, size_t *n)
{
	uint32_t c;
	size_t len = gv_utf8_next(*s, *n, &c);

	if (len == 0) {
		c = (unsigned char)**s;
		len = 1;
	}
	*s += len;
	*n -= len;
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
	return (uint32_t)towlower(towupper((wint_t)c));
}

static uint32_t hash_of(const char *s, size_t n)
{
	uint32_t h = 2166136261U; /* FNV-1a, by characters */

	while (n > 0)
		h = (h ^ folded(&s, &n)) * 16777619U;
	return h;
}

static bool same_folded(const char *a, size_t an, const char *b, size_t bn)
{
	while (an > 0 && bn > 0)
		if (folded(&a, &an) != folded(&b, &bn))
			return false;
	return an == bn;
}

static struct gv_name *find(const struct gv_names *names, uint32_t hash, const char *name,
			    size_t len)
{
	size_t i = hash & (names->cap - 1);

	for (;; i = (i + 1) & (names->cap - 1)) {
		struct gv_name *s = &names->slots[i];

		if (s->len == 0 || (s->hash == hash &&
				    same_folded(names->text + s->at, s->len, name, len)))
			return s;
	}
}

static int grow(struct gv_names *names)
{
	size_t cap = names->cap ? names->cap * 2 : 1024;
	struct gv_name *old = names->slots, *slots;

	slots = calloc(cap, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < names->cap; i++) {
		size_t to = old[i].hash & (cap - 1);

		if (old[i].len == 0)
			continue;
		while (slots[to].len != 0)
			to = (to + 1) & (cap - 1);
		slots[to] = old[i];
	}
	free(old);
	names->slots = slots;
	names->cap = cap;
	return 0;
}

static int keep_text(struct gv_names *names, const char *name, size_t len,
		     uint32_t *ret_at)
{
	if (names->text_len + len > names->text_cap) {
		size_t cap = names->text_cap ? names->text_cap * 2 : 16 << 10;
		char *text;

		if (cap > GV_NAMES_BYTES)
			return -EFBIG;
		text = realloc(names->text, cap);
		if (!text)
			return -ENOMEM;
		names->text = text;
		names->text_cap = cap;
	}
	memcpy(names->text + names->text_len, name, len);
	*ret_at = (uint32_t)names->text_len;
	names->text_len += len;
	return 0;
}

static int meet(struct gv_name *known, bool exact, enum gv_name_kind kind)
{
	if (!exact)
		return GV_NAME_TWIN;
	if ((known->kind == GV_NAME_FILE) != (kind == GV_NAME_FILE))
		return GV_NAME_CLASH;
	if (kind == GV_NAME_PARENT)
		return GV_NAME_KNOWN;
	if (known->kind != GV_NAME_PARENT)
		return GV_NAME_TWICE;
	known->kind = GV_NAME_DIR;
	return GV_NAME_KNOWN;
}

int gv_names_put(struct gv_names *names, const char *name, size_t len,
		 enum gv_name_kind kind)
{
	uint32_t hash = hash_of(name, len), at;
	struct gv_name *s;
	int r;

	if (len == 0 || len > UINT16_MAX)
		return -EINVAL;
	if (names->n + 1 > names->cap / 2) {
		r = grow(names);
		if (r < 0)
			return r;
	}
	s = find(names, hash, name, len);
	if (s->len != 0)
		return meet(s,
			    s->len == len && memcmp(names->text + s->at, name, len) == 0,
			    kind);
	r = keep_text(names, name, len, &at);
	if (r < 0)
		return r;
	*s = (struct gv_name){
		.hash = hash, .at = at, .len = (uint16_t)len, .kind = (uint16_t)kind};
	names->n++;
	return GV_NAME_NEW;
}

void gv_names_release(struct gv_names *names)
{
	if (!names)
		return;
	free(names->slots);
	free(names->text);
	*names = GV_NAMES_INIT;
}
