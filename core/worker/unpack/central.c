// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/central.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	LOCAL_SIG = 0x04034b50,
	DESCRIPTOR_SIG = 0x08074b50,
	CENTRAL_SIG = 0x02014b50,
	END_SIG = 0x06054b50,
	LOCAL_LEN = 30,
	DESCRIPTOR_LEN = 16, /* with its signature; the form without is refused */
	CENTRAL_LEN = 46,
	END_LEN = 22,
	EXTRA_MAX = 4096,

	FLAG_LEVEL = 3 << 1, /* how hard it was compressed; means nothing here */
	FLAG_DESCRIPTOR = 1 << 3,
	FLAG_UTF8 = 1 << 11,
	STORED = 0,
	DEFLATED = 8,
	EXTRA_ZIP64 = 0x0001,
	EXTRA_UNICODE_PATH = 0x7075, /* a third copy of the name */
	ENTRIES_MAX = 0xffff,	     /* this number itself means zip64 */
};

static uint32_t le16(const unsigned char *b)
{
	return (uint32_t)b[0] | (uint32_t)b[1] << 8;
}

static uint32_t le32(const unsigned char *b)
{
	return le16(b) | le16(b + 2) << 16;
}

static int refuse(struct gv_err *err, const struct gv_central *c,
		  const struct gv_zip_entry *e, const char *why)
{
	return gv_err_set(err, -GV_EVERIFY, "the archive's entry '%.*s' %s",
			  (int)e->name_len, c->names + e->name_at, why);
}

static int add_entry(struct gv_central *c, const struct gv_zip_entry *e)
{
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 4096;
		struct gv_zip_entry *entries = realloc(c->entries, cap * sizeof(*e));

		if (!entries)
			return -ENOMEM;
		c->entries = entries;
		c->cap = cap;
	}
	c->entries[c->n++] = *e;
	return 0;
}

static int add_name(struct gv_central *c, const char *name, struct gv_zip_entry *e)
{
	/* The first name makes the room, also when it is empty. */
	if (!c->names || c->names_len + e->name_len > c->names_cap) {
		size_t cap = c->names_cap ? c->names_cap * 2 : 256 << 10;
		char *names = realloc(c->names, cap);

		if (!names)
			return -ENOMEM;
		c->names = names;
		c->names_cap = cap;
	}
	memcpy(c->names + c->names_len, name, e->name_len);
	e->name_at = (uint32_t)c->names_len;
	c->names_len += e->name_len;
	return 0;
}

/* Fields that carry a name or sizes once more are not allowed; others mean nothing here.
 */
static int check_extra(struct gv_input *in, uint64_t at, size_t n, const char *name,
		       struct gv_err *err)
{
	unsigned char extra[EXTRA_MAX];
	int r;

	if (n > sizeof(extra))
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive has an oversized header");
	r = gv_input_peek(in, at, extra, n, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n;) {
		uint32_t id, len = n - i < 4 ? 0 : le16(extra + i + 2);

		if (n - i < 4 + (size_t)len)
			return gv_err_set(
				err, -GV_EVERIFY,
				"the archive's entry '%s' has a malformed extra field",
				name);
		id = le16(extra + i);
		if (id == EXTRA_ZIP64)
			return gv_err_set(err, -GV_EVERIFY,
					  "the archive's entry '%s' is in zip64 form",
					  name);
		if (id == EXTRA_UNICODE_PATH)
			return gv_err_set(err, -GV_EVERIFY,
					  "the archive's entry '%s' has two names", name);
		i += 4 + len;
	}
	return 0;
}

static int check_form(const struct gv_central *c, const struct gv_zip_entry *e,
		      struct gv_err *err)
{
	/* Encryption in both forms is among the others. */
	if (e->flags & ~(FLAG_LEVEL | FLAG_DESCRIPTOR | FLAG_UTF8))
		return refuse(err, c, e, "has flags that are not allowed");
	if (e->method != STORED && e->method != DEFLATED)
		return refuse(err, c, e, "is compressed by a method that is not allowed");
	/* Where stored bytes end can only be guessed. */
	if (e->late && e->method == STORED && !e->dir)
		return refuse(err, c, e, "is stored without its size");
	if (e->late && (e->crc | e->compressed | e->size) != 0)
		return refuse(err, c, e, "has its sizes in two places");
	return 0;
}

int gv_central_more(struct gv_input *in, uint64_t at, struct gv_err *err)
{
	unsigned char sig[4];
	int r = gv_input_peek(in, at, sig, sizeof(sig), err);

	if (r < 0)
		return r;
	if (le32(sig) == LOCAL_SIG)
		return 1;
	/* Without entries there is nothing but the end. */
	return at > 0 || le32(sig) == END_SIG
		       ? 0
		       : gv_err_set(err, -GV_EVERIFY,
				    "the archive does not begin with an entry");
}

static int read_name(struct gv_input *in, uint64_t at, size_t n, char *name,
		     struct gv_err *err)
{
	int r;

	if (n > GV_ENTRY_PATH)
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive has a name of more than "
				  "1024 bytes");
	r = gv_input_peek(in, at, name, n, err);
	if (r < 0)
		return r;
	name[n] = '\0';
	if (strlen(name) != n)
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive has a NUL in a name or attribute");
	return 0;
}

int gv_central_local(struct gv_central *c, struct gv_input *in, uint64_t at,
		     char name[GV_ENTRY_PATH + 1], struct gv_zip_entry *ret,
		     struct gv_err *err)
{
	unsigned char h[LOCAL_LEN];
	struct gv_zip_entry e = {0};
	size_t name_len, extra_len;
	int r;

	if (c->n + 1 >= ENTRIES_MAX || at > UINT32_MAX - (1 << 20))
		return gv_err_set(err, -GV_EVERIFY, "the archive is too large for a zip");
	r = gv_input_peek(in, at, h, sizeof(h), err);
	if (r < 0)
		return r;
	name_len = le16(h + 26);
	r = read_name(in, at + LOCAL_LEN, name_len, name, err);
	if (r < 0)
		return r;
	extra_len = le16(h + 28);
	r = check_extra(in, at + LOCAL_LEN + name_len, extra_len, name, err);
	if (r < 0)
		return r;
	e.at = (uint32_t)at;
	e.data = (uint32_t)(at + LOCAL_LEN + name_len + extra_len);
	e.flags = (uint16_t)le16(h + 6);
	e.method = (uint16_t)le16(h + 8);
	e.crc = le32(h + 14);
	e.compressed = le32(h + 18);
	e.size = le32(h + 22);
	e.name_len = (uint16_t)name_len;
	e.dir = name_len > 0 && name[name_len - 1] == '/';
	e.deflated = e.method == DEFLATED;
	e.late = (e.flags & FLAG_DESCRIPTOR) != 0;
	r = add_name(c, name, &e);
	if (r == 0)
		r = add_entry(c, &e);
	if (r < 0)
		return gv_err_set(err, r, "cannot note the archive's entries");
	*ret = e;
	return check_form(c, &e, err);
}

int gv_central_is_end(struct gv_input *in, const struct gv_zip_entry *e, uint64_t at,
		      struct gv_err *err)
{
	unsigned char d[DESCRIPTOR_LEN + 4];
	int r = gv_input_peek(in, at, d, sizeof(d), err);

	if (r < 0)
		return r;
	return le32(d) == DESCRIPTOR_SIG && le32(d + 8) == at - e->data &&
	       (le32(d + DESCRIPTOR_LEN) == LOCAL_SIG ||
		le32(d + DESCRIPTOR_LEN) == CENTRAL_SIG);
}

int gv_central_end_entry(struct gv_central *c, struct gv_input *in, uint64_t end,
			 struct gv_zip_entry *ret, uint64_t *ret_next, struct gv_err *err)
{
	struct gv_zip_entry *e = &c->entries[c->n - 1];
	unsigned char d[DESCRIPTOR_LEN];
	int r;

	if (e->late) {
		r = gv_input_peek(in, end, d, sizeof(d), err);
		if (r < 0)
			return r;
		e->crc = le32(d + 4);
		e->compressed = le32(d + 8);
		e->size = le32(d + 12);
	}
	*ret = *e;
	*ret_next = end + (e->late ? DESCRIPTOR_LEN : 0);
	return 0;
}

/* A link is a file whose mode is only in the central directory. */
static bool is_other_type(uint32_t attributes, bool dir)
{
	uint32_t type = attributes >> 16 & S_IFMT;

	return type != 0 && type != (dir ? S_IFDIR : S_IFREG);
}

static int check_record(struct gv_central *c, struct gv_input *in,
			const struct gv_zip_entry *e, uint64_t *at, struct gv_err *err)
{
	unsigned char h[CENTRAL_LEN + GV_ENTRY_PATH];
	char name[GV_ENTRY_PATH + 1];
	size_t extra_len;
	int r;

	r = gv_input_peek(in, *at, h, (size_t)CENTRAL_LEN + e->name_len, err);
	if (r < 0)
		return r;
	if (le32(h) != CENTRAL_SIG)
		return refuse(err, c, e, "is not in the central directory");
	memcpy(name, c->names + e->name_at, e->name_len);
	name[e->name_len] = '\0';
	if (le16(h + 28) != e->name_len ||
	    memcmp(h + CENTRAL_LEN, name, e->name_len) != 0)
		return refuse(err, c, e, "has another name in the central directory");
	if (le16(h + 8) != e->flags || le16(h + 10) != e->method ||
	    le32(h + 16) != e->crc || le32(h + 20) != e->compressed ||
	    le32(h + 24) != e->size || le32(h + 42) != e->at)
		return refuse(err, c, e,
			      "is described differently in the central directory");
	if (le16(h + 32) != 0 || le16(h + 34) != 0)
		return refuse(err, c, e, "has a comment or lies on another disk");
	if (is_other_type(le32(h + 38), e->dir))
		return refuse(err, c, e, "is neither a file nor a directory");
	extra_len = le16(h + 30);
	r = check_extra(in, *at + CENTRAL_LEN + e->name_len, extra_len, name, err);
	if (r < 0)
		return r;
	*at += CENTRAL_LEN + e->name_len + extra_len;
	return 0;
}

static int check_end(const struct gv_central *c, struct gv_input *in, uint64_t start,
		     uint64_t at, struct gv_err *err)
{
	unsigned char h[END_LEN];
	int r;

	r = gv_input_peek(in, at, h, sizeof(h), err);
	if (r < 0)
		return r;
	if (le32(h) != END_SIG)
		return gv_err_set(
			err, -GV_EVERIFY,
			"the archive's central directory has more than was there");
	if (le16(h + 4) != 0 || le16(h + 6) != 0 || le16(h + 8) != c->n ||
	    le16(h + 10) != c->n || le32(h + 12) != at - start || le32(h + 16) != start)
		return gv_err_set(err, -GV_EVERIFY, "the archive's end record is wrong");
	if (le16(h + 20) != 0)
		return gv_err_set(err, -GV_EVERIFY, "the archive has a comment");
	return gv_input_drain(in, at, END_LEN, err);
}

int gv_central_check(struct gv_central *c, struct gv_input *in, uint64_t start,
		     struct gv_err *err)
{
	uint64_t at = start;
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->n; i++)
		r = check_record(c, in, &c->entries[i], &at, err);
	return r < 0 ? r : check_end(c, in, start, at, err);
}

void gv_central_release(struct gv_central *c)
{
	if (!c)
		return;
	free(c->entries);
	free(c->names);
	*c = GV_CENTRAL_INIT;
}
