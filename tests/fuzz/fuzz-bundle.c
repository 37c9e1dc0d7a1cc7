// SPDX-License-Identifier: Apache-2.0
/*
 * The index of a bundle: whatever the text is, it is refused with a reason, or its
 * archives lie one behind the other in what there is of the file, and it can be written
 * again and read back the same.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/install/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint64_t total(const struct gv_bundle *b)
{
	uint64_t at = strlen(GV_BUNDLE_MAGIC);

	for (size_t i = 0; i < b->n; i++) {
		if (b->items[i].at != at || b->items[i].bytes == 0)
			abort();
		at += b->items[i].bytes;
	}
	return at - strlen(GV_BUNDLE_MAGIC);
}

/* The first line says how many bytes of archives there are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct gv_buf once = GV_BUF_INIT(0), twice = GV_BUF_INIT(0);
	const char *text = memchr(data, '\n', n), *why = NULL;
	struct gv_bundle b, back;
	uint64_t archives = 0;

	if (!text++)
		return 0;
	for (const char *s = (const char *)data; s < text - 1; s++)
		archives = archives * 10 + (uint64_t)(*s & 15);
	n -= (size_t)(text - (const char *)data);
	if (gv_bundle_parse(text, n, archives, &b, &why) < 0) {
		if (!why)
			abort();
		return 0;
	}
	if (total(&b) != archives || gv_bundle_format(&b, &once) < 0 ||
	    gv_bundle_parse(once.data, once.len, archives, &back, &why) < 0 ||
	    gv_bundle_format(&back, &twice) < 0 || once.len != twice.len ||
	    memcmp(once.data, twice.data, once.len) != 0)
		abort();
	gv_bundle_release(&b);
	gv_bundle_release(&back);
	gv_buf_release(&once);
	gv_buf_release(&twice);
	return 0;
}
