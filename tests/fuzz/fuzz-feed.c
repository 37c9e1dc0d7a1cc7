// SPDX-License-Identifier: Apache-2.0
/* The release feed, and the lines that are kept of it: whatever the bytes are, they parse
 * or are refused, what is named is a plain file name, and what was kept is found
 * again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/godev/feed.h"

/* Each release that is listed has an archive. */
static size_t check_lines(const char *text, size_t size)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_releases list = {0};
	size_t n;

	if (gv_feed_releases(text, size, "linux-amd64", &list, &err) < 0)
		abort();
	for (size_t i = 0; i < list.n; i++) {
		struct gv_feed_file file;

		if (gv_feed_find(text, size, &list.items[i], "linux-amd64", &file, &err) <
		    0)
			abort();
		if (!file.name[0] || strchr(file.name, '/') || file.name[0] == '.')
			abort();
	}
	n = list.n;
	gv_releases_release(&list);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = data ? (const char *)data : "";
	struct gv_buf lines = GV_BUF_INIT(0);
	struct gv_err err = GV_ERR_INIT;

	(void)check_lines(text, size);
	if (gv_feed_condense(text, size, &lines, &err) == 0 && lines.data) {
		size_t n = 0;

		for (const char *at = lines.data; (at = strchr(at, '\n')); at++)
			n++;
		if (check_lines(lines.data, lines.len) > n ||
		    lines.data[lines.len - 1] != '\n')
			abort();
	}
	gv_buf_release(&lines);
	return 0;
}
