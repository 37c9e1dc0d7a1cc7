// SPDX-License-Identifier: Apache-2.0
/*
 * The entry policy: lines of names, a slash at the end for a directory.  Whatever passes
 * must be a path that stays below the tree, and no two of them the same.
 */
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/worker/unpack/entry.h"
#include "core/worker/unpack/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct gv_entry *e)
{
	const char *at = e->path;
	size_t depth = 0;

	if (e->len != strlen(e->path) || e->len > GV_ENTRY_PATH)
		abort();
	if (e->mode != 0755 && e->mode != 0644)
		abort();
	if (e->len == 0) {
		if (!e->dir)
			abort();
		return;
	}
	for (;;) {
		size_t n = strcspn(at, "/");

		if (n == 0 || n > GV_ENTRY_COMPONENT || ++depth > GV_ENTRY_DEPTH)
			abort();
		if (strncmp(at, "..", n) == 0 && n <= 2)
			abort();
		if (at[n] == '\0')
			return;
		at += n + 1;
	}
}

static void put(struct gv_names *names, const struct gv_entry *e)
{
	int r;

	for (const char *slash = strchr(e->path, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		r = gv_names_put(names, e->path, (size_t)(slash - e->path),
				 GV_NAME_PARENT);
		if (r == GV_NAME_TWICE)
			abort();
	}
	r = gv_names_put(names, e->path, e->len, e->dir ? GV_NAME_DIR : GV_NAME_FILE);
	if (r == GV_NAME_NEW && gv_names_put(names, e->path, e->len, GV_NAME_FILE) !=
					(e->dir ? GV_NAME_CLASH : GV_NAME_TWICE))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct gv_layout layouts[] = {{.prefix = "go/"},
						   {.prefix = "m@v/", .module = true}};
	struct gv_names names = GV_NAMES_INIT;
	char name[2048];

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	for (size_t i = 0, n; i < size; i += n + 1) {
		const uint8_t *end = memchr(data + i, '\0', size - i);
		bool dir;

		n = end ? (size_t)(end - (data + i)) : size - i;
		if (n >= sizeof(name))
			continue;
		memcpy(name, data + i, n);
		name[n] = '\0';
		dir = n > 0 && name[n - 1] == '/';
		for (size_t k = 0; k < GV_COUNT(layouts); k++) {
			struct gv_err err = GV_ERR_INIT;
			struct gv_entry e;

			if (gv_entry_parse(&layouts[k], name, dir, &e, &err) < 0) {
				if (err.code != -GV_EVERIFY)
					abort();
				continue;
			}
			check(&e);
			if (e.len > 0)
				put(&names, &e);
		}
	}
	gv_names_release(&names);
	return 0;
}
