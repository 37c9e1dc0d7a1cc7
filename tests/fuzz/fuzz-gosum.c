// SPDX-License-Identifier: Apache-2.0
/* go.sum against a module cache: what is told of stands on its line, and is of the
 * cache. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/tree.h"
#include "core/cli/policy/gosum.h"
#include "tests/fuzz/scratch.h"

struct lines {
	const char *at, *end;
	unsigned line; /* that `at` is the beginning of */
	size_t told;
};

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Lines come in order; "PATH VERSION" are the words that it begins with. */
static void on_found(void *arg, const char *module, unsigned line)
{
	struct lines *l = arg;
	const char *blank = strchr(module, ' ');
	size_t n, m;

	check(line >= l->line && blank && !strstr(module, "..") && module[0] != '/');
	for (; l->line < line; l->line++) {
		const char *eol = memchr(l->at, '\n', (size_t)(l->end - l->at));

		check(eol != NULL);
		l->at = eol + 1;
	}
	n = strspn(l->at, " \t");
	m = (size_t)(blank - module);
	check(memcmp(l->at + n, module, m) == 0);
	n += m + strspn(l->at + n + m, " \t");
	check(memcmp(l->at + n, blank + 1, strlen(blank + 1)) == 0);
	l->told++;
}

static char cache[SCRATCH_MAX];

static void remove_cache(void)
{
	(void)!gv_tree_remove(AT_FDCWD, cache);
}

static void make_cache(void)
{
	static const struct {
		const char *dir, *file;
	} has[] = {
		{"cache/download/example.com/m/@v",
		 "cache/download/example.com/m/@v/v1.2.3.ziphash"},
		{"cache/download/example.com/!big/@v",
		 "cache/download/example.com/!big/@v/v1.0.0.ziphash"},
		{"cache/download/a/@v", "cache/download/a/@v/b.ziphash"},
		{"x/@v", "x/@v/v1.ziphash"}, /* which "../../x" would be */
	};
	int fd;

	scratch_name("gosum", cache);
	check(gv_make_dirs(AT_FDCWD, cache, 0700) == 0 && atexit(remove_cache) == 0);
	fd = open(cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < GV_COUNT(has); i++)
		check(gv_make_dirs(fd, has[i].dir, 0700) == 0 &&
		      gv_save_file(fd, has[i].file, "h1:aaa=\n", 8, 0600) == 0);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = data ? (const char *)data : "";
	struct lines l = {.at = text, .end = text + size, .line = 1};
	struct gv_buf b = GV_BUF_INIT(GV_GOSUM_MAX);
	size_t cached, lines = 1;

	if (!cache[0])
		make_cache();
	if (gv_buf_add(&b, text, size) < 0)
		return 0;
	/* Copied: with a NUL behind it, which words of `text` may not have. */
	l.at = b.data ? b.data : "";
	l.end = l.at + size;
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	cached = gv_gosum_compare(&b, cache, on_found, &l);
	check(l.told <= cached && cached <= lines);
	gv_buf_release(&b);
	return 0;
}
