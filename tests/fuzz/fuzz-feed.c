// SPDX-License-Identifier: Apache-2.0
/* The release feed: whatever the bytes are, it parses or is refused, and what it names is
 * a plain file name. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/godev/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_releases list = {0};
	const char *text = (const char *)data;

	if (gv_feed_releases(text ? text : "", size, "linux-amd64", &list, &err) == 0) {
		for (size_t i = 0; i < list.n; i++) {
			struct gv_feed_file file;

			if (gv_feed_find(text, size, &list.items[i], "linux-amd64", &file,
					 &err) < 0)
				abort();
			if (!file.name[0] || strchr(file.name, '/') ||
			    file.name[0] == '.')
				abort();
		}
	}
	gv_releases_release(&list);
	return 0;
}
