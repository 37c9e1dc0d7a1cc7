// SPDX-License-Identifier: Apache-2.0
/* The head of an HTTP answer, line by line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/worker/fetch/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* It goes to the parent, and back to the server: a string without control characters. */
static void check_text(const char *s, size_t cap)
{
	check(memchr(s, '\0', cap) != NULL);
	for (; *s; s++)
		check((unsigned char)*s >= 0x20 && *s != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gv_answer a;
	const uint8_t *at = data, *end = data + size;

	gv_answer_init(&a);
	while (at < end) {
		const uint8_t *nl = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((nl ? nl + 1 : end) - at);

		if (!gv_answer_line(&a, (const char *)at, n))
			break;
		check_text(a.etag, sizeof(a.etag));
		check_text(a.last_modified, sizeof(a.last_modified));
		check_text(a.type, sizeof(a.type));
		check_text(a.encoding, sizeof(a.encoding));
		check(a.retry_after >= -1 && a.retry_after <= 366L * 24 * 3600);
		check(!a.has_range || a.range_to >= a.range_from);
		check(!a.has_range || !a.range_total || a.range_to < a.range_total);
		check(!a.has_length || a.length <= INT64_MAX);
		at += n;
	}
	return 0;
}
