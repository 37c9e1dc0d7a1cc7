// SPDX-License-Identifier: Apache-2.0
/* The System V ABI, chapters 4 and 5 (https://gabi.xinuos.com/), as debug/elf reads
 * it. */
#include "core/buildinfo/exe.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "core/base/err.h"

#define SECTION ".go.buildinfo"

/* A field of a structure that <elf.h> has for 32 and for 64 bits. */
#define FIELD(x, p, type, member)                                             \
	((x)->wide ? gv_exe_number((x), (p) + offsetof(Elf64_##type, member), \
				   sizeof(((Elf64_##type *)NULL)->member))    \
		   : gv_exe_number((x), (p) + offsetof(Elf32_##type, member), \
				   sizeof(((Elf32_##type *)NULL)->member)))
#define SIZE(x, type) ((x)->wide ? sizeof(Elf64_##type) : sizeof(Elf32_##type))

struct tables {
	uint64_t phoff, phentsize, phnum;
	uint64_t shoff, shentsize, shnum, shstrndx;
};

/* The names of sections, and where the last of them ends. */
struct names {
	uint64_t offset, n;
};

static int read_header(struct gv_exe *x, struct tables *t)
{
	const unsigned char *p = gv_exe_bytes(x, 0, EI_NIDENT);

	if (!p)
		return gv_exe_failed(x);
	x->wide = p[EI_CLASS] == ELFCLASS64;
	x->big_endian = p[EI_DATA] == ELFDATA2MSB;
	if ((!x->wide && p[EI_CLASS] != ELFCLASS32) ||
	    (!x->big_endian && p[EI_DATA] != ELFDATA2LSB) || p[EI_VERSION] != EV_CURRENT)
		return -GV_EFORMAT;
	p = gv_exe_bytes(x, 0, SIZE(x, Ehdr));
	if (!p)
		return gv_exe_failed(x);
	if ((uint8_t)FIELD(x, p, Ehdr, e_version) != EV_CURRENT)
		return -GV_EFORMAT; /* Go looks at no more of it */
	t->phoff = FIELD(x, p, Ehdr, e_phoff);
	t->phentsize = FIELD(x, p, Ehdr, e_phentsize);
	t->phnum = FIELD(x, p, Ehdr, e_phnum);
	t->shoff = FIELD(x, p, Ehdr, e_shoff);
	t->shentsize = FIELD(x, p, Ehdr, e_shentsize);
	t->shnum = FIELD(x, p, Ehdr, e_shnum);
	t->shstrndx = FIELD(x, p, Ehdr, e_shstrndx);
	if ((t->shoff == 0 && t->shnum != 0) ||
	    (t->shnum > 0 && t->shstrndx >= t->shnum) ||
	    (t->phnum > 0 && t->phentsize < SIZE(x, Phdr)))
		return -GV_EFORMAT;
	return 0;
}

/* With 0xff00 sections and more their number is where it has room: in the first of
 * them. */
static int read_numbers(struct gv_exe *x, struct tables *t)
{
	const unsigned char *p;

	if (t->shoff == 0 || t->shnum != 0)
		return 0;
	p = gv_exe_bytes(x, t->shoff, SIZE(x, Shdr));
	if (!p)
		return gv_exe_failed(x);
	t->shnum = FIELD(x, p, Shdr, sh_size);
	if (FIELD(x, p, Shdr, sh_type) != SHT_NULL || t->shnum < SHN_LORESERVE)
		return -GV_EFORMAT;
	if (t->shstrndx == SHN_XINDEX)
		t->shstrndx = FIELD(x, p, Shdr, sh_link);
	return t->shstrndx < t->shnum ? 0 : -GV_EFORMAT;
}

static int read_segments(struct gv_exe *x, const struct tables *t)
{
	bool found = false;

	if (!gv_exe_has(x, t->phoff, t->phnum, t->phentsize))
		return -GV_EFORMAT;
	for (uint64_t i = 0; i < t->phnum; i++) {
		const unsigned char *p =
			gv_exe_bytes(x, t->phoff + i * t->phentsize, SIZE(x, Phdr));
		struct gv_region r = {0};
		uint64_t bytes, flags;

		if (!p)
			return gv_exe_failed(x);
		bytes = FIELD(x, p, Phdr, p_filesz);
		flags = FIELD(x, p, Phdr, p_flags);
		r.offset = FIELD(x, p, Phdr, p_offset);
		r.addr = FIELD(x, p, Phdr, p_vaddr);
		r.end = r.addr + bytes;
		r.last = r.end - 1;
		if (r.offset > INT64_MAX || bytes > INT64_MAX)
			return -GV_EFORMAT;
		if (!found && FIELD(x, p, Phdr, p_type) == PT_LOAD &&
		    (flags & (PF_X | PF_W)) == PF_W) {
			found = true;
			x->data_addr = r.addr;
			x->data_bytes = FIELD(x, p, Phdr, p_memsz);
		}
		if (gv_exe_add(x, &r) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Every name must end within the table: that is so before its last NUL. */
static int read_names(struct gv_exe *x, const struct tables *t, struct names *ret)
{
	const unsigned char *p =
		gv_exe_bytes(x, t->shoff + t->shstrndx * t->shentsize, SIZE(x, Shdr));
	uint64_t n;

	if (!p)
		return gv_exe_failed(x);
	n = FIELD(x, p, Shdr, sh_size);
	ret->offset = FIELD(x, p, Shdr, sh_offset);
	if (FIELD(x, p, Shdr, sh_type) != SHT_STRTAB ||
	    FIELD(x, p, Shdr, sh_flags) & SHF_COMPRESSED ||
	    !gv_exe_has(x, ret->offset, 1, n))
		return -GV_EFORMAT;
	while (n > 0) {
		size_t piece = n < sizeof(x->window) ? (size_t)n : sizeof(x->window);
		const unsigned char *nul;

		p = gv_exe_bytes(x, ret->offset + n - piece, piece);
		if (!p)
			return gv_exe_failed(x);
		nul = memrchr(p, '\0', piece);
		if (nul) {
			ret->n = n - piece + (uint64_t)(nul - p) + 1;
			return 0;
		}
		n -= piece;
	}
	ret->n = 0;
	return 0;
}

static bool is_named(struct gv_exe *x, const struct names *names, uint64_t at,
		     const char *name)
{
	size_t n = strlen(name) + 1;
	const unsigned char *p =
		names->n - at < n ? NULL : gv_exe_bytes(x, names->offset + at, n);

	return p && memcmp(p, name, n) == 0;
}

/* What a section needs to be right, and its name's place. */
static int check_section(struct gv_exe *x, const unsigned char *p)
{
	uint64_t offset = FIELD(x, p, Shdr, sh_offset), n = FIELD(x, p, Shdr, sh_size);

	if (offset > INT64_MAX || n > INT64_MAX)
		return -GV_EFORMAT;
	if ((FIELD(x, p, Shdr, sh_flags) & SHF_COMPRESSED) &&
	    (n < SIZE(x, Chdr) || !gv_exe_has(x, offset, 1, SIZE(x, Chdr))))
		return -GV_EFORMAT;
	return 0;
}

static int read_sections(struct gv_exe *x, const struct tables *t)
{
	struct names names = {0};
	bool found = false;
	int r = 0;

	if (t->shnum == 0)
		return 0;
	if (t->shentsize < SIZE(x, Shdr) ||
	    !gv_exe_has(x, t->shoff, t->shnum, t->shentsize))
		return -GV_EFORMAT;
	if (t->shstrndx != SHN_UNDEF)
		r = read_names(x, t, &names);
	for (uint64_t i = 0; i < t->shnum && r == 0; i++) {
		uint64_t name, addr, n, at = t->shoff + i * t->shentsize;
		const unsigned char *p = gv_exe_bytes(x, at, SIZE(x, Shdr));

		if (!p)
			return gv_exe_failed(x);
		name = FIELD(x, p, Shdr, sh_name);
		addr = FIELD(x, p, Shdr, sh_addr);
		n = FIELD(x, p, Shdr, sh_size);
		r = check_section(x, p);
		if (r < 0 || t->shstrndx == SHN_UNDEF)
			continue;
		if (name >= names.n)
			return -GV_EFORMAT;
		if (!found && is_named(x, &names, name, SECTION)) {
			found = true;
			x->data_addr = addr;
			x->data_bytes = n;
		}
		if (x->error)
			return x->error;
	}
	return r;
}

int gv_exe_elf(struct gv_exe *x)
{
	struct tables t = {0};
	int r = read_header(x, &t);

	if (r == 0)
		r = read_segments(x, &t);
	if (r == 0)
		r = read_numbers(x, &t);
	return r == 0 ? read_sections(x, &t) : r;
}
