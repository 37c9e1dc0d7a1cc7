// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/gunzip.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#include "core/worker/unpack/entry.h"

struct gv_gunzip {
	struct gv_input_fd *from;
	z_stream z;
	uint64_t made; /* bytes */
	bool ended;    /* the member is complete */
	unsigned char in[GV_INPUT_BLOCK];
};

int gv_gunzip_new(struct gv_input_fd *from, struct gv_gunzip **ret, struct gv_err *err)
{
	struct gv_gunzip *z = calloc(1, sizeof(*z));

	/* 16: gzip and nothing else, the trailer checked. */
	if (!z || inflateInit2(&z->z, 16 + MAX_WBITS) != Z_OK) {
		free(z);
		return gv_err_set(err, -ENOMEM, "cannot start to inflate");
	}
	z->from = from;
	*ret = z;
	return 0;
}

void gv_gunzip_free(struct gv_gunzip *z)
{
	if (!z)
		return;
	(void)inflateEnd(&z->z); /* it only frees */
	free(z);
}

/* 1: there are compressed bytes, 0: the archive is at its end. */
static int refill(struct gv_gunzip *z, struct gv_err *err)
{
	ssize_t n;

	if (z->z.avail_in > 0)
		return 1;
	n = gv_input_from_fd(z->from, z->in, sizeof(z->in), err);
	if (n < 0)
		return (int)n;
	z->z.next_in = z->in;
	z->z.avail_in = (uInt)n;
	return n > 0;
}

static int expect_end(struct gv_gunzip *z, struct gv_err *err)
{
	int r = refill(z, err);

	if (r > 0)
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive goes on after its gzip member");
	return r;
}

ssize_t gv_input_from_gunzip(void *arg, void *to, size_t n, struct gv_err *err)
{
	struct gv_gunzip *z = arg;
	uInt room = n > GV_INPUT_BLOCK ? GV_INPUT_BLOCK : (uInt)n;
	ssize_t made;

	z->z.next_out = to;
	z->z.avail_out = room;
	while (!z->ended && z->z.avail_out > 0) {
		int r = refill(z, err);

		if (r < 0)
			return r;
		if (r == 0)
			return gv_err_set(err, -GV_EVERIFY, "the archive ends too early");
		r = inflate(&z->z, Z_NO_FLUSH);
		if (r == Z_STREAM_END)
			z->ended = true;
		else if (r == Z_MEM_ERROR)
			return gv_err_set(err, -ENOMEM, "cannot inflate the archive");
		else if (r != Z_OK)
			return gv_err_set(err, -GV_EVERIFY,
					  "the archive is not sound gzip: %s",
					  z->z.msg ? z->z.msg : "no progress");
	}
	made = (ssize_t)(room - z->z.avail_out);
	z->made += (uint64_t)made;
	if (gv_entry_bomb(z->from->bytes, z->made))
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive inflates to more than %d times "
				  "its size",
				  GV_INFLATE_RATIO);
	if (z->ended) {
		int r = expect_end(z, err);

		if (r < 0)
			return r;
	}
	return made;
}
