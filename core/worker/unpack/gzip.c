// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/gzip.h"

#include <errno.h>
#include <zlib.h>

#include "core/base/file.h"

enum { OUT = 256 << 10, MEMORY_LEVEL = 8 };

/* Puts what is at hand through; Z_FINISH: and all that waits. */
static int deflate_some(z_stream *z, int flush, int to, uint64_t *bytes,
			struct gv_err *err)
{
	static unsigned char out[OUT]; /* too large for a stack */

	do {
		size_t n;
		int r;

		z->next_out = out;
		z->avail_out = OUT;
		(void)deflate(z, flush); /* fails only when it was not started */
		n = OUT - z->avail_out;
		r = n ? gv_write_all(to, out, n) : 0;
		if (r < 0)
			return gv_err_set(err, r, "cannot write the archive");
		*bytes += n;
	} while (z->avail_out == 0);
	return 0;
}

int gv_gzip(struct gv_input_fd *from, int to, uint64_t *ret_bytes, struct gv_err *err)
{
	static unsigned char in[GV_INPUT_BLOCK];
	uint64_t bytes = 0;
	z_stream z = {0};
	ssize_t n;
	int r = 0;

	/* 16: with the head and the trailer of gzip. */
	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS,
			 MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return gv_err_set(err, -ENOMEM, "cannot start to deflate");
	do {
		n = gv_input_from_fd(from, in, sizeof(in), err);
		if (n < 0) {
			r = (int)n;
			break;
		}
		z.next_in = in;
		z.avail_in = (uInt)n;
		r = deflate_some(&z, n ? Z_NO_FLUSH : Z_FINISH, to, &bytes, err);
	} while (r == 0 && n > 0);
	(void)deflateEnd(&z); /* it only frees */
	if (r == 0)
		*ret_bytes = bytes;
	return r;
}
