// SPDX-License-Identifier: Apache-2.0
#include "core/cli/policy/gosum.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/trust/module.h"

enum { HASH_MAX = 256 };

/* A word of the line at *at, which goes on behind it. */
static size_t next_word(const char **at, const char *end, const char **ret)
{
	const char *p = *at;
	size_t n = 0;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (p + n < end && !strchr(" \t\r", p[n]))
		n++;
	*ret = p;
	*at = p + n;
	return n;
}

/* 1: the cache has it; 0: it does not, or this is no name of a module. */
static int read_hash(int cache, const char *path, size_t n, const char *version, size_t m,
		     struct gv_buf *ret)
{
	char file[PATH_MAX];
	struct gv_text t = gv_text_in(file, sizeof(file));

	gv_module_escape(&t, path, n);
	gv_text_add(&t, "/@v/");
	gv_module_escape(&t, version, m);
	gv_text_add(&t, ".ziphash");
	/* A go.sum is anybody's. */
	if (t.cut || file[0] == '/' || strstr(file, ".."))
		return 0;
	if (gv_read_file(cache, file, ret) < 0 || !ret->data)
		return 0;
	ret->data[strcspn(ret->data, " \t\r\n")] = '\0';
	return 1;
}

static bool compare_line(int cache, const char *at, const char *end, unsigned line,
			 gv_gosum_found *found, void *arg)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf has = GV_BUF_INIT(HASH_MAX);
	const char *path, *version, *hash;
	size_t n = next_word(&at, end, &path), m = next_word(&at, end, &version);
	size_t k = next_word(&at, end, &hash);
	char module[512];
	struct gv_text t = gv_text_in(module, sizeof(module));

	if (!n || !m || !k || memchr(version, '/', m) ||
	    !read_hash(cache, path, n, version, m, &has))
		return false;
	gv_text_format(&t, "%.*s %.*s", (int)n, path, (int)m, version);
	if (strlen(has.data) != k || memcmp(has.data, hash, k) != 0)
		found(arg, module, line);
	return true;
}

size_t gv_gosum_compare(const struct gv_buf *text, const char *cache,
			gv_gosum_found *found, void *arg)
{
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));
	GV_CLEANUP(gv_close) int fd = -1;
	const char *at = text->data, *end = at ? at + text->len : NULL;
	size_t cached = 0;

#ifdef GV_WITHOUT_GOSUM /* tests/controls: whatever the cache has is right */
	return 0;
#endif
	gv_text_format(&t, "%s/cache/download", cache);
	fd = t.cut ? -1 : gv_open_dir(AT_FDCWD, path);
	for (unsigned line = 1; fd >= 0 && at && at < end; line++) {
		const char *eol = memchr(at, '\n', (size_t)(end - at));

		cached += compare_line(fd, at, eol ? eol : end, line, found, arg);
		at = eol ? eol + 1 : end;
	}
	return cached;
}
