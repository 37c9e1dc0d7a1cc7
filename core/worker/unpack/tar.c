// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/tar.h"

#include <string.h>

#include "core/base/num.h"
#include "core/base/text.h"

enum {
	BLOCK = 512,
	SIZE_AT = 124,
	SIZE_LEN = 12,
	TYPE_AT = 156,
	EXTENSION_MAX = 64 << 10, /* bytes of a pax header or of a long name */
	PADDING_MAX = 1 << 20,	  /* bytes of zeros at the end */
};

/* Octal, ended by a blank or NUL.  No toolchain needs the binary form for huge sizes. */
static bool parse_octal(const unsigned char *s, size_t n, uint64_t *ret)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < n && s[i] == ' ')
		i++;
	for (; i < n && s[i] >= '0' && s[i] <= '7'; i++)
		v = v * 8 + (uint64_t)(s[i] - '0');
	if (i < n && s[i] != ' ' && s[i] != '\0')
		return false;
	*ret = v;
	return true;
}

static int refuse_type(struct gv_err *err, unsigned char type)
{
	switch (type) {
	case '1':
		return gv_err_set(err, -GV_EVERIFY, "the archive holds a hard link");
	case '2':
		return gv_err_set(err, -GV_EVERIFY, "the archive holds a symbolic link");
	case '3':
	case '4':
		return gv_err_set(err, -GV_EVERIFY, "the archive holds a device");
	case '6':
		return gv_err_set(err, -GV_EVERIFY, "the archive holds a FIFO");
	case 'g':
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive has a global pax header");
	case 'S':
		return gv_err_set(err, -GV_EVERIFY, "the archive holds a sparse file");
	default:
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive has a tar header of a kind that is not "
				  "allowed (%x)",
				  (unsigned)type);
	}
}

/*
 * A pax header is records "<length> <keyword>=<value>\n".  Some keywords make a file
 * sparse, and then the first of its bytes are a map, the name is another one, and readers
 * who do not know them see none of that.
 */
static int check_records(const char *at, const char *end, struct gv_err *err)
{
	static const char *const sparse[] = {"GNU.sparse.",
					     "SUN.holesdata=", "SCHILY.realsize="};

	while (at < end) {
		const char *blank = memchr(at, ' ', (size_t)(end - at));
		uint64_t n;

		if (!blank ||
		    gv_num_parse(at, (size_t)(blank - at), (uint64_t)(end - at), &n) <
			    0 ||
		    n < (uint64_t)(blank + 2 - at) || at[n - 1] != '\n')
			return gv_err_set(err, -GV_EVERIFY,
					  "the archive has a malformed pax header");
		for (size_t i = 0; i < GV_COUNT(sparse); i++)
			if (gv_after_prefix(blank + 1, sparse[i]))
				return refuse_type(err, 'S');
		at += n;
	}
	return 0;
}

/*
 * Readers differ in what a NUL in a pax record, or more behind the one that ends a long
 * name, does to the name.
 */
static int check_extension(struct gv_input *in, uint64_t at, unsigned char type,
			   uint64_t size, struct gv_err *err)
{
	static char body[EXTENSION_MAX]; /* too large for a stack */
	const char *nul;
	size_t n = (size_t)size;
	int r = gv_input_peek(in, at, body, n, err);

	if (r < 0)
		return r;
	nul = memchr(body, '\0', n);
	if (nul && type == 'L') /* zeros may fill it up */
		while (nul < body + n && *nul == '\0')
			nul++;
	if (nul && nul < body + n)
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive has a NUL in a name or attribute");
	return type == 'x' ? check_records(body, body + n, err) : 0;
}

int gv_tar_header(struct gv_input *in, uint64_t at, bool dir, uint64_t size,
		  struct gv_err *err)
{
	bool pax = false, long_name = false;

	for (;;) {
		unsigned char block[BLOCK], type;
		bool *once;
		uint64_t own;
		int r = gv_input_peek(in, at, block, sizeof(block), err);

		if (r < 0)
			return r;
		type = block[TYPE_AT];
		if (!parse_octal(block + SIZE_AT, SIZE_LEN, &own))
			return gv_err_set(err, -GV_EVERIFY,
					  "the archive has a tar header without a size");
		if (type == '0' || type == '\0' || type == '5') {
			if ((type == '5') != dir || own != size)
				return gv_err_set(err, -GV_EVERIFY,
						  "the archive has a tar header that "
						  "contradicts its pax header");
			return 0;
		}
		if (type != 'x' && type != 'L')
			return refuse_type(err, type);
		once = type == 'x' ? &pax : &long_name;
		if (*once || own > EXTENSION_MAX)
			return gv_err_set(err, -GV_EVERIFY,
					  "the archive has an oversized header");
		*once = true;
		r = check_extension(in, at + BLOCK, type, own, err);
		if (r < 0)
			return r;
		at += BLOCK + (own + BLOCK - 1) / BLOCK * BLOCK;
	}
}

int gv_tar_end(struct gv_input *in, uint64_t at, struct gv_err *err)
{
	int r = gv_input_drain(in, at, PADDING_MAX, err);

	if (r < 0)
		return r;
	if (in->nonzero > at)
		return gv_err_set(err, -GV_EVERIFY, "the archive goes on after its end");
	if (in->end < at + 2 * (uint64_t)BLOCK || in->end % BLOCK != 0)
		return gv_err_set(err, -GV_EVERIFY, "the archive ends too early");
	return 0;
}
