// SPDX-License-Identifier: Apache-2.0
/* A .go-version or .tool-versions, in one directory with a store that has nothing. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/resolve/pin.h"
#include "tests/fuzz/scratch.h"

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void words(const char *s, size_t n, enum gv_words_kind kind)
{
	struct gv_words w = gv_words_in(s, n, kind);
	struct gv_word word;
	unsigned line = 1;
	const char *at = s;
	int r;

	while ((r = gv_words_next(&w, &word)) != 0) {
		check(word.line >= line);
		line = word.line;
		if (r < 0)
			continue;
		check(word.n > 0 && word.s >= at && word.s + word.n <= s + n);
		at = word.s + word.n;
	}
}

static void resolve(const char *dir, const char *name, const uint8_t *data, size_t size)
{
	static struct gv_choice choice;
	struct gv_err err = GV_ERR_INIT;
	char path[SCRATCH_MAX + 64];
	int fd, r;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
	r = gv_resolve_pin(dir, &choice, &err);
	unlink(path);
	if (r == 0)
		check(choice.line > 0 && strcmp(choice.file, path) == 0);
	else if (r < 0)
		check(r == -GV_EPIN && strstr(err.message, name) &&
		      !strpbrk(err.message, "\n\r\t\x1b"));
}

static char dir[SCRATCH_MAX];

static void remove_dir(void)
{
	rmdir(dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!dir[0]) {
		scratch_name("pin", dir);
		check(mkdir(dir, 0700) == 0 && atexit(remove_dir) == 0);
	}
	words((const char *)data, size, GV_WORDS_VERSIONS);
	words((const char *)data, size, GV_WORDS_TOOLS);
	resolve(dir, ".go-version", data, size);
	resolve(dir, ".tool-versions", data, size);
	return 0;
}
