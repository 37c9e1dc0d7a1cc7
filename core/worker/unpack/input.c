// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void gv_input_init(struct gv_input *in, gv_input_fill *fill, void *arg)
{
	in->fill = fill;
	in->arg = arg;
	in->end = 0;
	in->nonzero = 0;
	in->over = false;
}

static void note_nonzero(struct gv_input *in, const unsigned char *data, size_t n)
{
	while (n > 0 && data[n - 1] == 0)
		n--;
	if (n > 0)
		in->nonzero = in->end + n;
}

int gv_input_block(struct gv_input *in, const void **ret, size_t *ret_n,
		   struct gv_err *err)
{
	size_t at = (size_t)(in->end % GV_INPUT_WINDOW), room = GV_INPUT_WINDOW - at;
	ssize_t n = 0;

	if (room > GV_INPUT_BLOCK)
		room = GV_INPUT_BLOCK;
	if (!in->over)
		n = in->fill(in->arg, in->window + at, room, err);
	if (n < 0)
		return (int)n;
	if (n == 0)
		in->over = true;
	note_nonzero(in, in->window + at, (size_t)n);
	in->end += (uint64_t)n;
	*ret = in->window + at;
	*ret_n = (size_t)n;
	return 0;
}

static int read_on(struct gv_input *in, uint64_t to, struct gv_err *err)
{
	while (in->end < to) {
		const void *data;
		size_t n;
		int r = gv_input_block(in, &data, &n, err);

		if (r < 0)
			return r;
		if (n == 0)
			return gv_err_set(err, -GV_EVERIFY, "the archive ends too early");
	}
	return 0;
}

int gv_input_peek(struct gv_input *in, uint64_t at, void *ret, size_t n,
		  struct gv_err *err)
{
	size_t from = (size_t)(at % GV_INPUT_WINDOW), first = GV_INPUT_WINDOW - from;
	int r = read_on(in, at + n, err);

	if (r < 0)
		return r;
	if (n > GV_INPUT_BLOCK || in->end - at > GV_INPUT_WINDOW)
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive has an oversized header");
	if (first > n)
		first = n;
	memcpy(ret, in->window + from, first);
	memcpy((char *)ret + first, in->window, n - first);
	return 0;
}

int gv_input_view(struct gv_input *in, uint64_t at, const unsigned char **ret,
		  size_t *ret_n, struct gv_err *err)
{
	size_t from = (size_t)(at % GV_INPUT_WINDOW), n = GV_INPUT_WINDOW - from;
	int r = read_on(in, at + 1, err);

	if (r < 0)
		return r;
	if (in->end - at > GV_INPUT_WINDOW)
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive has an oversized header");
	if (n > in->end - at)
		n = (size_t)(in->end - at);
	*ret = in->window + from;
	*ret_n = n < GV_INPUT_BLOCK ? n : GV_INPUT_BLOCK;
	return 0;
}

int gv_input_drain(struct gv_input *in, uint64_t at, uint64_t max, struct gv_err *err)
{
	for (;;) {
		const void *data;
		size_t n;
		int r;

		if (in->end > at + max)
			return gv_err_set(err, -GV_EVERIFY,
					  "the archive goes on after its end");
		if (in->over)
			return 0;
		r = gv_input_block(in, &data, &n, err);
		if (r < 0)
			return r;
	}
}

ssize_t gv_input_from_fd(void *arg, void *to, size_t n, struct gv_err *err)
{
	struct gv_input_fd *in = arg;
	ssize_t got;

	do {
		got = read(in->fd, to, n);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return gv_err_set(err, -errno, "cannot read the archive");
	atomic_fetch_add(&in->bytes, (uint64_t)got);
	return got;
}
