// SPDX-License-Identifier: Apache-2.0
/* A module proxy's list of versions, read as the source reads it. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/install/source.h"
#include "tests/fuzz/scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static char top[SCRATCH_MAX];

static void remove_proxy(void)
{
	check(chdir(top) == 0);
	unlink("golang.org/toolchain/@v/list");
	rmdir("golang.org/toolchain/@v");
	rmdir("golang.org/toolchain");
	rmdir("golang.org");
	rmdir(top);
}

static void make_proxy(void)
{
	scratch_name("list", top);
	check(mkdir(top, 0700) == 0 && atexit(remove_proxy) == 0);
	for (const char *const *dir =
		     (const char *const[]){"golang.org", "golang.org/toolchain",
					   "golang.org/toolchain/@v", NULL};
	     *dir; dir++) {
		char path[SCRATCH_MAX + 64];

		snprintf(path, sizeof(path), "%s/%s", top, *dir);
		check(mkdir(path, 0700) == 0);
	}
}

/* A file:// proxy needs no fetcher; the interface wants one. */
static struct gv_fetcher *nobody(void)
{
	static struct gv_fetcher *f;
	static const struct gv_net offline = {.offline = true};
	struct gv_err err = GV_ERR_INIT;

	if (!f)
		check(gv_fetcher_open("/nonexistent", &offline, &f, &err) == 0);
	return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[SCRATCH_MAX + 64], url[SCRATCH_MAX + 64];
	struct gv_source_env env = {.goproxy = url, .cache_dir = -1, .fetcher = nobody()};
	struct gv_err err = GV_ERR_INIT;
	struct gv_releases list = {0};
	int fd;

	if (!top[0])
		make_proxy();
	snprintf(url, sizeof(url), "file://%s", top);
	snprintf(path, sizeof(path), "%s/golang.org/toolchain/@v/list", top);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
	if (gv_source_goproxy.list(&env, "linux-amd64", &list, &err) == 0) {
		gv_releases_sort(&list);
		for (size_t i = 0; i < list.n; i++) {
			const char *name = list.items[i].name;

			check(strncmp(name, "go", 2) == 0 && !strchr(name, '/'));
			/* None is made up. */
			check(memmem(data, size, name + 2, strlen(name + 2)) != NULL);
			check(i == 0 || gv_version_compare(&list.items[i - 1],
							   &list.items[i]) >= 0);
		}
	}
	gv_releases_release(&list);
	return 0;
}
