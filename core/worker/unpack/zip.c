// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/zip.h"

#include <string.h>

#include "core/worker/unpack/central.h"

/*
 * Looks for the end of a late entry among the n bytes at `at`.  How many of them are its
 * content; *ret_found when that is the last of it.
 */
static int find_end(struct gv_input *in, const struct gv_zip_entry *e, uint64_t at,
		    const unsigned char *data, size_t *n, bool *ret_found,
		    struct gv_err *err)
{
	const unsigned char *end = data + *n, *p = data;

	while ((p = memchr(p, 'P', (size_t)(end - p))) != NULL) {
		size_t before = (size_t)(p - data);
		int r = 0;

		p++;
		if (p == end || *p == 'K')
			r = gv_central_is_end(in, e, at + before, err);
		if (r < 0)
			return r;
		if (r > 0) {
			*n = before;
			*ret_found = true;
			return 0;
		}
	}
	return 0;
}

static int put(struct gv_output *out, const unsigned char *data, size_t n,
	       struct gv_err *err)
{
	while (n > 0) {
		size_t room;
		void *to;
		int r = gv_output_room(out, &to, &room, err);

		if (r < 0)
			return r;
		if (room > n)
			room = n;
		memcpy(to, data, room);
		r = gv_output_filled(out, room, err);
		if (r < 0)
			return r;
		data += room;
		n -= room;
	}
	return 0;
}

/* Hands on the content, packed; *at is where it begins, and then where it ends. */
static int copy_content(struct gv_input *in, struct gv_output *out,
			const struct gv_zip_entry *e, uint64_t *at, struct gv_err *err)
{
	uint64_t end = (uint64_t)e->data + e->compressed; /* unless it is late */
	bool found = !e->late && *at == end;

	while (!found) {
		const unsigned char *data;
		size_t n;
		int r = gv_input_view(in, *at, &data, &n, err);

		if (r < 0)
			return r;
		if (e->late) {
			r = find_end(in, e, *at, data, &n, &found, err);
			if (r < 0)
				return r;
		} else if (n >= end - *at) {
			n = (size_t)(end - *at);
			found = true;
		}
		r = put(out, data, n, err);
		if (r < 0)
			return r;
		*at += n;
	}
	return 0;
}

static int read_entry(struct gv_central *c, struct gv_input *in, struct gv_output *out,
		      uint64_t *at, struct gv_err *err)
{
	char name[GV_ENTRY_PATH + 1];
	struct gv_zip_entry e;
	uint64_t end;
	int r = gv_central_local(c, in, *at, name, &e, err);

	if (r == 0)
		r = gv_output_entry(out, name, e.dir,
				    e.deflated ? GV_PACKING_DEFLATED : GV_PACKING_STORED,
				    err);
	if (r < 0)
		return r;
	end = e.data;
	r = copy_content(in, out, &e, &end, err);
	if (r == 0)
		r = gv_central_end_entry(c, in, end, &e, at, err);
	return r == 0 ? gv_output_end_entry(out, e.crc, e.size, err) : r;
}

int gv_zip_read(struct gv_input *in, struct gv_output *out, struct gv_err *err)
{
	struct gv_central central = GV_CENTRAL_INIT;
	uint64_t at = 0;
	int r;

	while ((r = gv_central_more(in, at, err)) > 0) {
		r = read_entry(&central, in, out, &at, err);
		if (r < 0)
			break;
	}
	if (r == 0)
		r = gv_central_check(&central, in, at, err);
	gv_central_release(&central);
	return r;
}
