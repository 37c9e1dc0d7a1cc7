// SPDX-License-Identifier: Apache-2.0
/*
 * A header of 32 bytes, 16-byte aligned, somewhere in the data of the program: a magic
 * number of 14, the size of a pointer, flags; then, since Go 1.18, behind the header the
 * version and the text, each with its length as a varint before it; until Go 1.17, in the
 * header, pointers to two Go strings.
 */
#include "core/buildinfo/buildinfo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buildinfo/exe.h"
#include "core/buildinfo/text.h"

enum {
	ALIGN = 16,
	HEADER = 32,
	MAGIC = 14,
	POINTER_SIZE_AT = 14,
	FLAGS_AT = 15,
	POINTERS_AT = 16,
	FLAG_BIG_ENDIAN = 1,
	FLAG_INLINE = 2,
	VARINT_MAX = 10,
	PIECE = 1 << 20, /* of the data, looked at as one: as debug/buildinfo does */
	/* The text stands between two marks of its own. */
	MARK = 16,
};

static const unsigned char magic[MAGIC] = {0xff, ' ', 'G', 'o', ' ', 'b', 'u',
					   'i',	 'l', 'd', 'i', 'n', 'f', ':'};

static const char unknown[] = "it is no executable (ELF, PE, Mach-O)";
static const char none[] = "it has no Go build information";
static const char damaged[] = "it is cut off or damaged";
static const char endless[] = "too much of it would have to be read";
static const char too_large[] = "its build information is too large";

const char *gv_exe_format_name(enum gv_exe_format format)
{
	switch (format) {
	case GV_EXE_ELF:
		return "elf";
	case GV_EXE_PE:
		return "pe";
	case GV_EXE_MACHO:
		break;
	}
	return "macho";
}

/* -- bytes of the running program ---------------------------------------------------- */

/* n bytes at an address, all of them or -ENOENT. */
static int at_address(struct gv_exe *x, uint64_t addr, size_t n,
		      const unsigned char **ret)
{
	uint64_t offset = 0;

	if (gv_exe_find(x, addr, &offset) < n)
		return -ENOENT;
	*ret = gv_exe_bytes(x, offset, n);
	return *ret ? 0 : gv_exe_failed(x);
}

/* The place in a piece that ends before `end`; 1: it is not there. */
static int search_piece(struct gv_exe *x, uint64_t offset, uint64_t n, uint64_t *ret)
{
	for (uint64_t i = 0; i + MAGIC <= n;) {
		uint64_t left = n - i;
		size_t now = left < sizeof(x->window) ? (size_t)left : sizeof(x->window);
		const unsigned char *p = gv_exe_bytes(x, offset + i, now);

		if (!p)
			return gv_exe_failed(x);
		for (size_t j = 0; j + MAGIC <= now; j += ALIGN) {
			if (memcmp(p + j, magic, MAGIC) == 0) {
				*ret = i + j;
				return 0;
			}
		}
		i += sizeof(x->window);
	}
	return 1;
}

static int search(struct gv_exe *x, uint64_t *ret)
{
	uint64_t end, at = (x->data_addr + ALIGN - 1) & ~(uint64_t)(ALIGN - 1);

	if (x->data_bytes == 0)
		return -ENOENT;
	if (__builtin_add_overflow(x->data_addr, x->data_bytes, &end))
		return -GV_EFORMAT;
	while (at < end) {
		uint64_t left = end - at, piece = left < PIECE ? left : PIECE;
		uint64_t place = 0, offset = 0, there = gv_exe_find(x, at, &offset);
		int r = there ? search_piece(x, offset, there < piece ? there : piece,
					     &place)
			      : -ENOENT;

		if (r < 0)
			return r;
		if (r == 0 && left - place < HEADER)
			return -ENOENT;
		if (r == 0) {
			*ret = at + place;
			return 0;
		}
		at += piece;
	}
	return -ENOENT;
}

/* -- strings ------------------------------------------------------------------------- */

/* A heap string, *ret_len its length: it may have NULs in it, if it is damaged. */
static int copy(struct gv_exe *x, uint64_t addr, uint64_t n, char **ret, size_t *ret_len)
{
	uint64_t offset = 0;
	char *text;

	if (n > 0 && gv_exe_find(x, addr, &offset) < n)
		return -ENOENT;
	if (n > GV_BUILDINFO_MAX)
		return -EFBIG;
	text = malloc((size_t)n + 1);
	if (!text)
		return -ENOMEM;
	for (size_t i = 0, now; i < n; i += now) {
		const unsigned char *p;

		now = n - i < sizeof(x->window) ? (size_t)(n - i) : sizeof(x->window);
		p = gv_exe_bytes(x, offset + i, now);
		if (!p) {
			free(text);
			return gv_exe_failed(x);
		}
		memcpy(text + i, p, now);
	}
	text[n] = '\0';
	*ret = text;
	*ret_len = (size_t)n;
	return 0;
}

/* Moves *addr behind it. */
static int read_inline(struct gv_exe *x, uint64_t *addr, char **ret, size_t *ret_len)
{
	const unsigned char *p = NULL;
	uint64_t n = 0;
	size_t used = 0;
	int r = at_address(x, *addr, VARINT_MAX, &p);

	if (r < 0)
		return r;
	for (;;) {
		unsigned char b = p[used];

		if (used == VARINT_MAX - 1 && b > 1)
			return -ENOENT; /* more than 64 bits */
		n |= (uint64_t)(b & 0x7f) << (7 * used++);
		if (!(b & 0x80))
			break;
	}
	*addr += used;
	r = copy(x, *addr, n, ret, ret_len);
	*addr += n;
	return r;
}

/* What a pointer to a Go string leads to. */
static int read_pointed(struct gv_exe *x, uint64_t addr, size_t word, char **ret,
			size_t *ret_len)
{
	const unsigned char *p = NULL;
	int r = at_address(x, addr, 2 * word, &p);

	if (r < 0)
		return r;
	return copy(x, gv_exe_number(x, p, word), gv_exe_number(x, p + word, word), ret,
		    ret_len);
}

struct strings {
	char *version, *text;
	size_t version_len, text_len;
};

static int read_strings(struct gv_exe *x, struct strings *s)
{
	const unsigned char *p = NULL;
	uint64_t addr, pointers[2];
	size_t word;
	int r = search(x, &addr);

	if (r == 0)
		r = at_address(x, addr, HEADER, &p);
	if (r < 0)
		return r;
	word = p[POINTER_SIZE_AT];
	if (p[FLAGS_AT] & FLAG_INLINE) {
		addr += HEADER;
		r = read_inline(x, &addr, &s->version, &s->version_len);
		return r < 0 ? r : read_inline(x, &addr, &s->text, &s->text_len);
	}
	if (word != 4 && word != 8)
		return -ENOENT;
	x->big_endian = p[FLAGS_AT] & FLAG_BIG_ENDIAN;
	pointers[0] = gv_exe_number(x, p + POINTERS_AT, word);
	pointers[1] = gv_exe_number(x, p + POINTERS_AT + word, word);
	r = read_pointed(x, pointers[0], word, &s->version, &s->version_len);
	if (r < 0)
		return r;
	r = read_pointed(x, pointers[1], word, &s->text, &s->text_len);
	return r == -ENOENT ? 0 : r; /* not built as a module */
}

/* -- all of it ----------------------------------------------------------------------- */

static int load(struct gv_exe *x, enum gv_exe_format *ret)
{
	unsigned char p[16];
	ssize_t n = pread(x->fd, p, sizeof(p), 0);

	if (n < 0)
		return -errno;
	if (n < (ssize_t)sizeof(p))
		return -ENOTSUP;
	*ret = GV_EXE_MACHO;
	if (memcmp(p,
		   "\x7f"
		   "ELF",
		   4) == 0) {
		*ret = GV_EXE_ELF;
		return gv_exe_elf(x);
	}
	if (memcmp(p, "MZ", 2) == 0) {
		*ret = GV_EXE_PE;
		return gv_exe_pe(x);
	}
	if (memcmp(p, "\xfe\xed\xfa", 3) == 0 || memcmp(p + 1, "\xfa\xed\xfe", 3) == 0)
		return gv_exe_macho(x);
	/* A Java class begins as a universal file does; it has a version, not a count. */
	if (memcmp(p, "\xca\xfe\xba", 3) == 0 && (p[3] == 0xbe || p[3] == 0xbf))
		return gv_exe_macho_fat(x);
	return -ENOTSUP;
}

static int understand(struct strings *s, struct gv_buildinfo *ret)
{
	char *text = s->text ? s->text : "";
	size_t n = s->text_len;

	if (s->version_len == 0)
		return -ENOENT;
	if (strlen(s->version) != s->version_len)
		return -GV_EFORMAT;
	if (n > 2 * MARK && text[n - MARK - 1] == '\n') {
		text[n - MARK] = '\0';
		text += MARK;
		n -= 2 * MARK;
	} else {
		text = "";
		n = 0;
	}
	if (strlen(text) != n)
		return -GV_EFORMAT;
	return n == 0 ? 0 : gv_buildinfo_parse(text, ret);
}

static int read_all(struct gv_exe *x, struct gv_buildinfo *info)
{
	struct strings s = {0};
	int r = load(x, &info->format);

	if (r == 0)
		r = read_strings(x, &s);
	if (r == 0)
		r = understand(&s, info);
	info->text = s.text;
	info->go_version = s.version;
	return r;
}

int gv_buildinfo_read(int fd, struct gv_buildinfo *ret, const char **ret_why)
{
	struct gv_buildinfo info = {.path = "", .go_version = NULL};
	struct gv_exe *x = malloc(sizeof(*x));
	struct stat st;
	int r = x ? 0 : -ENOMEM;

	info.main.path = info.main.version = info.main.sum = "";
	if (r == 0 && fstat(fd, &st) < 0)
		r = -errno;
	if (r == 0) {
		memset(x, 0, offsetof(struct gv_exe, window));
		x->fd = fd;
		x->size = (uint64_t)st.st_size;
		r = read_all(x, &info);
		gv_exe_release(x);
	}
	free(x);
	if (r == 0) {
		*ret = info;
		return 0;
	}
	gv_buildinfo_release(&info);
	*ret_why = r == -ENOTSUP      ? unknown
		   : r == -ENOENT     ? none
		   : r == -GV_EFORMAT ? damaged
		   : r == -EFBIG      ? too_large
		   : r == -E2BIG      ? endless
				      : gv_err_text(r);
	if (r == -ENOTSUP || r == -ENOENT)
		return -GV_ENOTFOUND;
	return r == -EFBIG || r == -E2BIG ? -GV_EFORMAT : r;
}

void gv_buildinfo_release(struct gv_buildinfo *info)
{
	free(info->text);
	free(info->go_version);
	free(info->deps);
	free(info->settings);
	*info = (struct gv_buildinfo){0};
}

const char *gv_buildinfo_setting(const struct gv_buildinfo *info, const char *key)
{
	for (size_t i = 0; i < info->n_settings; i++)
		if (strcmp(info->settings[i].key, key) == 0)
			return info->settings[i].value;
	return NULL;
}
