// SPDX-License-Identifier: Apache-2.0
#include "core/buildinfo/exe.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/interrupt.h"

void gv_exe_clear(struct gv_exe *x)
{
	x->n_regions = 0;
	x->bias = x->data_addr = x->data_bytes = 0;
	x->window_n = 0;
}

void gv_exe_release(struct gv_exe *x)
{
	free(x->regions);
	x->regions = NULL;
	x->n_regions = x->cap_regions = 0;
}

/* -- bytes --------------------------------------------------------------------------- */

/* Tables are read a page at a time: a file may send us back and forth between two of
 * them. */
enum { PAGE = 4096 };

static bool fill(struct gv_exe *x, uint64_t offset, size_t wanted)
{
	x->window_at = offset;
	x->window_n = 0;
	if (wanted < PAGE)
		wanted = PAGE;
#ifndef GV_WITHOUT_READ_LIMIT /* tests/controls: as far as the file goes */
	if (gv_interrupted())
		x->error = -GV_EINTERRUPTED;
	else if (wanted > GV_EXE_READ_MAX - x->read)
		x->error = -E2BIG;
	if (x->error)
		return false;
#endif
	x->read += wanted;
	while (x->window_n < wanted) {
		ssize_t n = pread(x->fd, x->window + x->window_n, wanted - x->window_n,
				  (off_t)(x->start + offset + x->window_n));

		if (n == 0)
			break; /* it became shorter since it was measured */
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			x->error = -errno;
			return false;
		}
		x->window_n += (size_t)n;
	}
	return true;
}

const unsigned char *gv_exe_bytes(struct gv_exe *x, uint64_t offset, size_t n)
{
	if (n > sizeof(x->window) || !gv_exe_has(x, offset, 1, n))
		return NULL;
	if (offset < x->window_at || offset - x->window_at > x->window_n ||
	    n > x->window_n - (size_t)(offset - x->window_at))
		if (!fill(x, offset, n) || x->window_n < n)
			return NULL;
	return x->window + (offset - x->window_at);
}

bool gv_exe_has(const struct gv_exe *x, uint64_t offset, uint64_t count, uint64_t each)
{
	uint64_t n;

#ifdef GV_WITHOUT_TABLES_INSIDE /* tests/controls: what is not there is not missed */
	return true;
#endif
	return !__builtin_mul_overflow(count, each, &n) &&
	       (n == 0 || (offset <= x->size && n <= x->size - offset));
}

uint64_t gv_exe_number(const struct gv_exe *x, const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[x->big_endian ? i : n - 1 - i];
	return v;
}

int gv_exe_failed(const struct gv_exe *x)
{
	return x->error ? x->error : -GV_EFORMAT;
}

/* -- addresses ----------------------------------------------------------------------- */

int gv_exe_add(struct gv_exe *x, const struct gv_region *r)
{
	if (x->n_regions == x->cap_regions) {
		size_t cap = x->cap_regions ? 2 * x->cap_regions : 16;
		struct gv_region *more = reallocarray(x->regions, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		x->regions = more;
		x->cap_regions = cap;
	}
	x->regions[x->n_regions++] = *r;
	return 0;
}

uint64_t gv_exe_find(const struct gv_exe *x, uint64_t addr, uint64_t *ret_offset)
{
	uint64_t at = addr - x->bias, offset, n;

	for (size_t i = 0; i < x->n_regions; i++) {
		const struct gv_region *r = &x->regions[i];

		if (at < r->addr || at > r->last)
			continue;
		/* The first one counts, whatever it is worth. */
		offset = r->offset + (at - r->addr);
		if (r->unreadable || r->end < at || offset < r->offset ||
		    offset > x->size)
			return 0;
		*ret_offset = offset;
		n = r->end - at;
		return n < x->size - offset ? n : x->size - offset;
	}
	return 0;
}
