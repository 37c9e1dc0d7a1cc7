// SPDX-License-Identifier: Apache-2.0
/* The `go` and `toolchain` lines of a go.mod, the settings in Go's env file, and what
 * mise's config.toml asks for. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cli/adopt/misetoml.c"
#include "core/cli/gomod.h"
#include "core/config/goenv.h"
#include "tests/fuzz/scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static void find(const char *text, size_t n, const char *word)
{
	size_t len = 0;
	const char *value = gv_gomod_find(text, n, word, &len);

	if (!value)
		return;
	check(value >= text && value + len <= text + n);
	check(!memchr(value, '\n', len) && !memmem(value, len, "//", 2));
	check(len == 0 || (!is_blank(value[0]) && !is_blank(value[len - 1])));
}

static char path[SCRATCH_MAX];

static void remove_file(void)
{
	unlink(path);
}

/* The value of a line of the text, and no more of it than that line. */
static void settings(const char *text, size_t n)
{
	char *value = NULL, *origin = NULL;
	struct gv_err err = GV_ERR_INIT;
	int fd;

	if (!path[0]) {
		scratch_name("env", path);
		check(atexit(remove_file) == 0 && setenv("GOENV", path, 1) == 0 &&
		      unsetenv("GOPROXY") == 0);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	check(fd >= 0 && write(fd, text, n) == (ssize_t)n);
	close(fd);
	if (gv_goenv_find("GOPROXY", NULL, &value, &origin, &err) != 0)
		return;
	check(value[0] && !strchr(value, '\n') && strcmp(origin, path) == 0);
	check(memmem(text, n, value, strlen(value)) != NULL);
	free(value);
	free(origin);
}

/* A word of one line of the text, with quotes around it. */
static void mise(const char *text, size_t n)
{
	struct gv_mise_go go;
	unsigned line = 1;

	if (gv_mise_find_go(text, n, &go) != 0)
		return;
	check(go.n > 0 && go.word > text && go.word + go.n < text + n);
	check(go.word[-1] == go.word[go.n] &&
	      (go.word[-1] == '"' || go.word[-1] == '\''));
	check(!memchr(go.word, '\n', go.n));
	for (const char *p = text; p < go.word; p++)
		line += *p == '\n';
	check(line == go.line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = data ? (const char *)data : "";

	find(text, size, "go");
	find(text, size, "toolchain");
	settings(text, size);
	mise(text, size);
	return 0;
}
