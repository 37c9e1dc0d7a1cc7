// SPDX-License-Identifier: Apache-2.0
/*
 * Microsoft's PE format, https://learn.microsoft.com/en-us/windows/win32/debug/pe-format,
 * as debug/pe reads it.
 */
#include "core/buildinfo/exe.h"

#include <string.h>

#include "core/base/err.h"
#include "core/base/num.h"

enum {
	DOS_HEADER = 96, /* that much of it has to be there */
	SIGNATURE_AT = 0x3c,
	COFF_HEADER = 20,
	SYMBOL = 18,
	SECTION = 40,
	RELOCATION = 10,
	DIRECTORY = 8,
	PE32 = 0x10b,
	PE32_PLUS = 0x20b,
	PE32_SIZE = 96, /* without the directories */
	PE32_PLUS_SIZE = 112,
};

/* Of a section: data that may be written, however it is aligned. */
#define ALIGNMENT     UINT64_C(0x600000)
#define WRITABLE_DATA UINT64_C(0xc0000040)

struct header {
	uint64_t at; /* behind the signature */
	uint64_t sections, symbols_at, symbols, optional;
	uint64_t strings_at, strings; /* the length that they begin with included */
};

static bool is_known_machine(uint64_t machine)
{
	static const uint16_t known[] = {0,	 0x14c,	 0x1c4,	 0x5032,
					 0x5064, 0x5128, 0x8664, 0xaa64};

	for (size_t i = 0; i < GV_COUNT(known); i++)
		if (known[i] == machine)
			return true;
	return false;
}

static int read_header(struct gv_exe *x, struct header *h)
{
	const unsigned char *p = gv_exe_bytes(x, 0, DOS_HEADER);

	if (!p)
		return gv_exe_failed(x);
	h->at = gv_exe_number(x, p + SIGNATURE_AT, 4);
	p = gv_exe_bytes(x, h->at, 4 + COFF_HEADER);
	if (!p || memcmp(p, "PE\0", 4) != 0)
		return gv_exe_failed(x);
	p += 4;
	h->at += 4;
	h->sections = gv_exe_number(x, p + 2, 2);
	h->symbols_at = gv_exe_number(x, p + 8, 4);
	h->symbols = gv_exe_number(x, p + 12, 4);
	h->optional = gv_exe_number(x, p + 16, 2);
	return is_known_machine(gv_exe_number(x, p, 2)) ? 0 : -GV_EFORMAT;
}

static int read_strings(struct gv_exe *x, struct header *h)
{
	const unsigned char *p;

	if (h->symbols_at == 0)
		return 0;
	h->strings_at = (uint32_t)(h->symbols_at + SYMBOL * h->symbols);
	p = gv_exe_bytes(x, h->strings_at, 4);
	if (!p)
		return gv_exe_failed(x);
	h->strings = gv_exe_number(x, p, 4);
	return gv_exe_has(x, h->strings_at, 1, h->strings) ? 0 : -GV_EFORMAT;
}

static bool is_in_strings(const struct header *h, uint64_t offset)
{
	uint64_t end = h->strings > 4 ? h->strings : 4;

	return offset >= 4 && offset <= end;
}

/* Only to find out whether they are whole. */
static int check_symbols(struct gv_exe *x, const struct header *h)
{
	uint64_t more = 0;

	if (h->symbols_at == 0)
		return 0;
	if (!gv_exe_has(x, h->symbols_at, h->symbols, SYMBOL))
		return -GV_EFORMAT;
	for (uint64_t i = 0; i < h->symbols; i++) {
		const unsigned char *p =
			gv_exe_bytes(x, h->symbols_at + i * SYMBOL, SYMBOL);

		if (!p)
			return gv_exe_failed(x);
		if (more > 0) {
			more--;
			continue;
		}
		if (gv_exe_number(x, p, 4) == 0 && gv_exe_number(x, p + 4, 4) != 0 &&
		    !is_in_strings(h, gv_exe_number(x, p + 4, 4)))
			return -GV_EFORMAT;
		more = p[SYMBOL - 1];
	}
	return more == 0 ? 0 : -GV_EFORMAT;
}

static int read_optional(struct gv_exe *x, const struct header *h)
{
	const unsigned char *p;
	uint64_t magic, size, directories;

	if (h->optional == 0)
		return 0;
	p = h->optional < 2 ? NULL : gv_exe_bytes(x, h->at + COFF_HEADER, h->optional);
	if (!p)
		return gv_exe_failed(x);
	magic = gv_exe_number(x, p, 2);
	size = magic == PE32 ? PE32_SIZE : PE32_PLUS_SIZE;
	if ((magic != PE32 && magic != PE32_PLUS) || h->optional < size)
		return -GV_EFORMAT;
	x->bias =
		magic == PE32 ? gv_exe_number(x, p + 28, 4) : gv_exe_number(x, p + 24, 8);
	directories = gv_exe_number(x, p + size - 4, 4);
	return h->optional - size == directories * DIRECTORY ? 0 : -GV_EFORMAT;
}

/* "/123" is a name in the string table. */
static bool name_is_right(const struct header *h, const unsigned char *name)
{
	uint64_t offset;

	return name[0] != '/' ||
	       (gv_num_parse((const char *)name + 1, strnlen((const char *)name + 1, 7),
			     UINT32_MAX, &offset) == 0 &&
		is_in_strings(h, offset));
}

static int read_section(struct gv_exe *x, const struct header *h, const unsigned char *p)
{
	uint64_t bytes = gv_exe_number(x, p + 16, 4);
	struct gv_region r = {
		.addr = gv_exe_number(x, p + 12, 4),
		.offset = gv_exe_number(x, p + 20, 4),
	};

	r.end = (uint32_t)(r.addr + bytes);
	r.last = (uint32_t)(r.addr + bytes - 1);
	r.unreadable = r.offset == 0;
	if (!name_is_right(h, p) || !gv_exe_has(x, gv_exe_number(x, p + 24, 4),
						gv_exe_number(x, p + 32, 2), RELOCATION))
		return -GV_EFORMAT;
	if (!x->data_bytes && !x->data_addr && r.addr && bytes &&
	    (gv_exe_number(x, p + 36, 4) & ~ALIGNMENT) == WRITABLE_DATA) {
		x->data_addr = r.addr + x->bias;
		x->data_bytes = gv_exe_number(x, p + 8, 4);
	}
	return gv_exe_add(x, &r);
}

int gv_exe_pe(struct gv_exe *x)
{
	struct header h = {0};
	int r;

	x->big_endian = false;
	r = read_header(x, &h);
	if (r == 0)
		r = read_strings(x, &h);
	if (r == 0)
		r = check_symbols(x, &h);
	if (r == 0)
		r = read_optional(x, &h);
	for (uint64_t i = 0; i < h.sections && r == 0; i++) {
		const unsigned char *p = gv_exe_bytes(
			x, h.at + COFF_HEADER + h.optional + i * SECTION, SECTION);

		r = p ? read_section(x, &h, p) : gv_exe_failed(x);
	}
	return r;
}
