// SPDX-License-Identifier: Apache-2.0
/*
 * Mach-O, as Apple's <mach-o/loader.h>, <mach-o/nlist.h> and <mach-o/fat.h> have it and
 * debug/macho reads it.
 */
#include "core/buildinfo/exe.h"

#include <string.h>

#include "core/base/err.h"

enum {
	MAGIC_32 = 0xce, /* the byte of the magic number that tells */
	MAGIC_64 = 0xcf,
	HEADER_32 = 28,
	HEADER_64 = 32,
	FAT_ARCH = 20,
	FAT_MAX = 64, /* images of a universal file */
};

/* Load commands. */
enum {
	SEGMENT = 0x1,
	SYMTAB = 0x2,
	DYSYMTAB = 0xb,
	DYLIB = 0xc,
	SEGMENT_64 = 0x19,
};
#define RPATH UINT64_C(0x8000001c)

enum { READ_WRITE = 3 };

struct loads {
	uint64_t at, n, end;
	bool symtab_seen, section_seen, data_seen;
	uint64_t symbols;
};

struct command {
	uint64_t at, kind, n;
};

/* A field of a command that was seen to be that long. */
static uint64_t field(struct gv_exe *x, const struct command *c, uint64_t at, size_t n)
{
	const unsigned char *p = gv_exe_bytes(x, c->at + at, n);

	return p ? gv_exe_number(x, p, n) : 0;
}

/* Commands that hold text of their own: where it begins. */
static int check_text(struct gv_exe *x, const struct command *c, uint64_t least)
{
	return c->n >= least && field(x, c, 8, 4) < c->n ? 0 : -GV_EFORMAT;
}

/* Only to find out whether it is whole.  One is enough: linkers write no second, and it
 * would have to be read again. */
static int check_symtab(struct gv_exe *x, struct loads *l, const struct command *c)
{
	size_t each = x->wide ? 16 : 12;
	uint64_t at, strings_at, strings;

	if (c->n < 24 || l->symtab_seen)
		return -GV_EFORMAT;
	l->symtab_seen = true;
	at = field(x, c, 8, 4);
	l->symbols = field(x, c, 12, 4);
	strings_at = field(x, c, 16, 4);
	strings = field(x, c, 20, 4);
	if (!gv_exe_has(x, strings_at, 1, strings) ||
	    !gv_exe_has(x, at, l->symbols, each))
		return -GV_EFORMAT;
	for (uint64_t i = 0; i < l->symbols; i++) {
		const unsigned char *p = gv_exe_bytes(x, at + i * each, each);

		if (!p)
			return gv_exe_failed(x);
		if (gv_exe_number(x, p, 4) >= strings)
			return -GV_EFORMAT;
	}
	return 0;
}

static int check_dysymtab(struct gv_exe *x, const struct loads *l,
			  const struct command *c)
{
	uint64_t first, n;

	if (c->n < 80 || !l->symtab_seen)
		return -GV_EFORMAT;
	first = field(x, c, 24, 4);
	n = field(x, c, 28, 4);
	if (first > l->symbols || (uint32_t)(first + n) > l->symbols ||
	    !gv_exe_has(x, field(x, c, 56, 4), field(x, c, 60, 4), 4))
		return -GV_EFORMAT;
	return 0;
}

/* The words of a section behind its two names: address and size, offset, alignment, place
 * and number of its relocations. */
static int read_section(struct gv_exe *x, struct loads *l, const struct command *c,
			uint64_t at)
{
	static const char name[16] = "__go_buildinfo";
	size_t word = c->kind == SEGMENT_64 ? 8 : 4;
	const unsigned char *p = gv_exe_bytes(x, c->at + at, 16 + 16 + 2 * word + 16);

	if (!p)
		return gv_exe_failed(x);
	if (!l->section_seen && strncmp((const char *)p, name, sizeof(name)) == 0) {
		l->section_seen = true;
		x->data_addr = gv_exe_number(x, p + 32, word);
		x->data_bytes = gv_exe_number(x, p + 32 + word, word);
	}
	p += 32 + 2 * word;
	return gv_exe_has(x, gv_exe_number(x, p + 8, 4), gv_exe_number(x, p + 12, 4), 8)
		       ? 0
		       : -GV_EFORMAT;
}

static int read_segment(struct gv_exe *x, struct loads *l, const struct command *c)
{
	static const char nothing[16] = "__PAGEZERO";
	bool wide = c->kind == SEGMENT_64;
	size_t word = wide ? 8 : 4, head = wide ? 72 : 56, section = wide ? 80 : 68;
	const unsigned char *p = c->n < head ? NULL : gv_exe_bytes(x, c->at, head);
	uint64_t memory, bytes, most, allowed, sections;
	struct gv_region r = {0};
	bool is_nothing;
	int ret = 0;

	if (!p)
		return gv_exe_failed(x);
	is_nothing = strncmp((const char *)p + 8, nothing, sizeof(nothing)) == 0;
	p += 24;
	r.addr = gv_exe_number(x, p, word);
	memory = gv_exe_number(x, p + word, word);
	r.offset = gv_exe_number(x, p + 2 * word, word);
	bytes = gv_exe_number(x, p + 3 * word, word);
	r.end = r.addr + bytes;
	r.last = r.end - 1;
	p += 4 * word;
	most = gv_exe_number(x, p, 4);
	allowed = gv_exe_number(x, p + 4, 4);
	sections = gv_exe_number(x, p + 8, 4);
	if (r.offset > INT64_MAX || bytes > INT64_MAX ||
	    sections > (c->n - head) / section)
		return -GV_EFORMAT;
	if (!l->section_seen && !l->data_seen && r.addr && bytes && most == READ_WRITE &&
	    allowed == READ_WRITE) {
		l->data_seen = true;
		x->data_addr = r.addr;
		x->data_bytes = memory;
	}
	if (!is_nothing)
		ret = gv_exe_add(x, &r);
	for (uint64_t i = 0; i < sections && ret == 0; i++)
		ret = read_section(x, l, c, head + i * section);
	return ret;
}

static int read_command(struct gv_exe *x, struct loads *l, const struct command *c)
{
	switch (c->kind) {
	case SEGMENT:
	case SEGMENT_64:
		return read_segment(x, l, c);
	case SYMTAB:
		return check_symtab(x, l, c);
	case DYSYMTAB:
		return check_dysymtab(x, l, c);
	case DYLIB:
		return check_text(x, c, 24);
	case RPATH:
		return check_text(x, c, 12);
	}
	return 0;
}

static int read_header(struct gv_exe *x, struct loads *ret)
{
	const unsigned char *p = gv_exe_bytes(x, 0, HEADER_32);

	if (!p)
		return gv_exe_failed(x);
	x->big_endian = p[0] == 0xfe;
	if ((gv_exe_number(x, p, 4) | 1) != (0xfeedfa00 | MAGIC_64))
		return -GV_EFORMAT;
	x->wide = p[x->big_endian ? 3 : 0] == MAGIC_64;
	ret->at = x->wide ? HEADER_64 : HEADER_32;
	ret->n = gv_exe_number(x, p + 16, 4);
	ret->end = ret->at + gv_exe_number(x, p + 20, 4);
	return gv_exe_has(x, ret->at, 1, ret->end - ret->at) ? 0 : -GV_EFORMAT;
}

int gv_exe_macho(struct gv_exe *x)
{
	struct loads l = {0};
	int r = read_header(x, &l);

	for (uint64_t i = 0; i < l.n && r == 0; i++) {
		struct command c = {.at = l.at};

		if (l.end - l.at < 8)
			return -GV_EFORMAT;
		c.kind = field(x, &c, 0, 4);
		c.n = field(x, &c, 4, 4);
		if (c.n < 8 || c.n > l.end - l.at)
			return gv_exe_failed(x);
		r = read_command(x, &l, &c);
		l.at += c.n;
	}
	return r == 0 ? x->error : r;
}

/* All of them must be right; the first one tells. */
int gv_exe_macho_fat(struct gv_exe *x)
{
	uint64_t whole = x->size, kind = 0;
	unsigned char archs[FAT_MAX][8];
	struct {
		uint64_t start, size;
	} images[FAT_MAX];
	const unsigned char *p = gv_exe_bytes(x, 0, 8);
	uint64_t n;
	int r = 0;

	if (!p)
		return gv_exe_failed(x);
	x->big_endian = true;
	n = gv_exe_number(x, p + 4, 4);
	if (p[3] != 0xbe || n == 0 || n > FAT_MAX ||
	    !(p = gv_exe_bytes(x, 8, (size_t)n * FAT_ARCH)))
		return gv_exe_failed(x);
	for (uint64_t i = 0; i < n; i++, p += FAT_ARCH) {
		memcpy(archs[i], p, sizeof(archs[i]));
		images[i].start = gv_exe_number(x, p + 8, 4);
		images[i].size = gv_exe_number(x, p + 12, 4);
		for (uint64_t j = 0; j < i; j++)
			if (memcmp(archs[i], archs[j], sizeof(archs[i])) == 0)
				return -GV_EFORMAT;
	}
	/* Backwards, so that the first one is what stays. */
	for (uint64_t i = n; i > 0 && r == 0; i--) {
		uint64_t this_kind;

		gv_exe_clear(x);
		if (images[i - 1].start > whole)
			return -GV_EFORMAT;
		x->start = images[i - 1].start;
		x->size = whole - x->start;
		if (x->size > images[i - 1].size)
			x->size = images[i - 1].size;
		r = gv_exe_macho(x);
		p = r == 0 ? gv_exe_bytes(x, 12, 4) : NULL;
		if (!p)
			return r ? r : gv_exe_failed(x);
		this_kind = gv_exe_number(x, p, 4);
		if (i < n && this_kind != kind)
			return -GV_EFORMAT;
		kind = this_kind;
	}
	return r;
}
