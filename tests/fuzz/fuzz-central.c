// SPDX-License-Identifier: Apache-2.0
/*
 * The reader of a zip's two directories.  It is driven as the extraction drives it, and
 * nothing is inflated; whatever is accepted must look the same to one that starts from
 * the end record.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/worker/unpack/central.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct memory {
	const uint8_t *data;
	size_t left;
};

static ssize_t from_memory(void *arg, void *to, size_t n, struct gv_err *err)
{
	struct memory *m = arg;

	(void)err;
	if (n > m->left)
		n = m->left;
	memcpy(to, m->data, n);
	m->data += n;
	m->left -= n;
	return (ssize_t)n;
}

static uint32_t le16(const uint8_t *b)
{
	return (uint32_t)b[0] | (uint32_t)b[1] << 8;
}

static uint32_t le32(const uint8_t *b)
{
	return le16(b) | le16(b + 2) << 16;
}

/* Where the content of an entry ends, or a negative number. */
static int64_t content_end(struct gv_input *in, const struct gv_zip_entry *e,
			   struct gv_err *err)
{
	if (!e->late)
		return (int64_t)e->data + e->compressed;
	for (uint64_t at = e->data;; at++) {
		int r = gv_central_is_end(in, e, at, err);

		if (r != 0)
			return r < 0 ? r : (int64_t)at;
	}
}

/* Where the entries end, or a negative number. */
static int64_t feed(struct gv_central *c, struct gv_input *in, size_t *ret_n,
		    struct gv_err *err)
{
	uint64_t at = 0;
	int r;

	while ((r = gv_central_more(in, at, err)) > 0) {
		char name[GV_ENTRY_PATH + 1];
		struct gv_zip_entry e;
		int64_t end;

		if (gv_central_local(c, in, at, name, &e, err) < 0)
			return -1;
		end = content_end(in, &e, err);
		if (end < 0 ||
		    gv_central_end_entry(c, in, (uint64_t)end, &e, &at, err) < 0)
			return -1;
		++*ret_n;
	}
	return r < 0 ? r : (int64_t)at;
}

/* As a reader that begins at the end sees it. */
static void check_from_the_end(const uint8_t *data, size_t size, size_t n)
{
	const uint8_t *end = data + size - 22;
	size_t at, offset = 0;

	if (size < 22 || le32(end) != 0x06054b50 || le16(end + 10) != n)
		abort();
	at = le32(end + 16);
	if (at + le32(end + 12) != size - 22)
		abort();
	for (size_t i = 0; i < n; i++) {
		if (le32(data + at) != 0x02014b50 || le32(data + at + 42) != offset)
			abort();
		if (memcmp(data + at + 46, data + offset + 30, le16(data + at + 28)) != 0)
			abort();
		offset += 30 + le16(data + offset + 26) + le16(data + offset + 28) +
			  le32(data + at + 20);
		if (le16(data + at + 8) & 8)
			offset += 16;
		at += 46 + le16(data + at + 28) + le16(data + at + 30);
	}
	if (offset != le32(end + 16))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gv_input in;
	struct memory m = {data, size};
	struct gv_central c = GV_CENTRAL_INIT;
	struct gv_err err = GV_ERR_INIT;
	size_t n = 0;
	int64_t at;

	gv_input_init(&in, from_memory, &m);
	at = feed(&c, &in, &n, &err);
	if (at >= 0 && gv_central_check(&c, &in, (uint64_t)at, &err) == 0)
		check_from_the_end(data, size, n);
	gv_central_release(&c);
	return 0;
}
