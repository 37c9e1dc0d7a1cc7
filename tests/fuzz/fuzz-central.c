// SPDX-License-Identifier: Apache-2.0
/*
 * The reader of a zip's two directories.  It is driven as the extraction drives it, by a
 * reader of local headers that believes everything; whatever is accepted must look the
 * same to one that starts from the end record.
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

/* Where the entry at `at` ends, taking its sizes from the header or the next signature.
 */
static size_t skip_entry(const uint8_t *data, size_t size, size_t at, uint32_t *ret_size)
{
	size_t body = at + 30 + le16(data + at + 26) + le16(data + at + 28);

	*ret_size = le32(data + at + 22);
	if (!(le16(data + at + 6) & 8))
		return body + le32(data + at + 18);
	for (size_t i = body; i + 16 <= size; i++)
		if (le32(data + i) == 0x08074b50) {
			*ret_size = le32(data + i + 12);
			return i + 16;
		}
	return size;
}

static size_t feed(struct gv_central *c, struct gv_input *in, const uint8_t *data,
		   size_t size, size_t *ret_n, struct gv_err *err)
{
	size_t at = 0;

	while (at + 30 <= size && le32(data + at) == 0x04034b50) {
		size_t n = le16(data + at + 26);
		char name[1025];
		uint32_t content;

		if (n >= sizeof(name) || at + 30 + n > size ||
		    memchr(data + at + 30, '\0', n))
			break;
		memcpy(name, data + at + 30, n);
		name[n] = '\0';
		if (gv_central_local(c, in, at, name, n > 0 && name[n - 1] == '/', err) <
		    0)
			return SIZE_MAX;
		at = skip_entry(data, size, at, &content);
		gv_central_content(c, content);
		++*ret_n;
	}
	return at;
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
	size_t n = 0, at;

	gv_input_init(&in, from_memory, &m);
	at = feed(&c, &in, data, size, &n, &err);
	if (at != SIZE_MAX && gv_central_check(&c, &in, at, &err) == 0)
		check_from_the_end(data, size, n);
	gv_central_release(&c);
	return 0;
}
