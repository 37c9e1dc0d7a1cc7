// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/content.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <zlib.h>

#include "core/base/err.h"

/* Fits the processor's cache, and is one write(2) for nearly every file. */
enum { BUFFER = 64 << 10 };

struct gv_content {
	enum gv_packing packing;
	const unsigned char *in;
	size_t n_in;
	uint64_t bytes;
	uint32_t crc;
	bool ended; /* the deflate stream has */
	z_stream z;
	unsigned char buffer[BUFFER];
};

int gv_content_new(struct gv_content **ret)
{
	struct gv_content *c = calloc(1, sizeof(*c));

	/* Negative: deflate without a wrapper. */
	if (!c || inflateInit2(&c->z, -MAX_WBITS) != Z_OK) {
		free(c);
		return -ENOMEM;
	}
	*ret = c;
	return 0;
}

void gv_content_free(struct gv_content *c)
{
	if (!c)
		return;
	(void)inflateEnd(&c->z); /* it only frees */
	free(c);
}

void gv_content_begin(struct gv_content *c, enum gv_packing packing)
{
	c->packing = packing;
	c->n_in = 0;
	c->bytes = 0;
	c->crc = 0;
	c->ended = false;
	if (packing == GV_PACKING_DEFLATED)
		(void)inflateReset(&c->z); /* fails only without inflateInit2() */
}

void gv_content_put(struct gv_content *c, const void *data, size_t n)
{
	c->in = data;
	c->n_in = n;
}

static int inflate_some(struct gv_content *c, size_t *ret_n, const char **ret_why)
{
	int r = Z_OK;

	c->z.next_in = (unsigned char *)(uintptr_t)c->in; /* zlib has no const here */
	c->z.avail_in = (uInt)c->n_in;
	c->z.next_out = c->buffer;
	c->z.avail_out = BUFFER;
	if (!c->ended)
		r = inflate(&c->z, Z_NO_FLUSH);
	if (r == Z_MEM_ERROR)
		return -ENOMEM;
	*ret_why = "is damaged";
	/* Z_BUF_ERROR: not without more input. */
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return -GV_EVERIFY;
	c->ended = c->ended || r == Z_STREAM_END;
	c->in = c->z.next_in;
	c->n_in = c->z.avail_in;
#ifndef GV_WITHOUT_CONTENT /* a control: tests/archives/hostile.t must see it */
	if (c->ended && c->n_in > 0)
		return -GV_EVERIFY;
#endif
	*ret_n = BUFFER - c->z.avail_out;
	return 0;
}

int gv_content_take(struct gv_content *c, const void **ret, size_t *ret_n,
		    const char **ret_why)
{
	size_t n = c->n_in;

	*ret = c->in;
	if (c->packing == GV_PACKING_DEFLATED) {
		int r = inflate_some(c, &n, ret_why);

		if (r < 0)
			return r;
		*ret = c->buffer;
	} else {
		c->n_in = 0;
	}
	if (c->packing != GV_PACKING_NONE)
		c->crc = (uint32_t)crc32(c->crc, *ret, (uInt)n);
	c->bytes += n;
	*ret_n = n;
	return n > 0;
}

int gv_content_end(struct gv_content *c, uint32_t crc, uint32_t size,
		   const char **ret_why)
{
	if (c->packing == GV_PACKING_NONE)
		return 0;
#ifdef GV_WITHOUT_CONTENT /* the same */
	return 0;
#endif
	if (c->packing == GV_PACKING_DEFLATED && !c->ended)
		*ret_why = "is damaged";
	else if (c->bytes != size)
		*ret_why = "has another size than it says";
	else if (c->crc != crc)
		*ret_why = "is damaged";
	else
		return 0;
	return -GV_EVERIFY;
}

uint64_t gv_content_bytes(const struct gv_content *c)
{
	return c->bytes;
}
