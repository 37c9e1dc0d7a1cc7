// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a fuzz target over its corpus without a fuzzer, as a TAP test: each input that
 * ever broke something, and a few that are right, in every `make check`.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
	uint8_t *data = NULL;
	size_t n = 0, cap = 0;
	FILE *f = fopen(path, "rb");

	if (!f)
		return -1;
	for (;;) {
		size_t got;

		if (n == cap) {
			cap = cap ? cap * 2 : 4096;
			data = realloc(data, cap);
			if (!data)
				abort();
		}
		got = fread(data + n, 1, cap - n, f);
		if (got == 0)
			break;
		n += got;
	}
	fclose(f);
	/* Just this size, so that the sanitizer sees a read behind the end. */
	{
		uint8_t *exact = malloc(n ? n : 1);

		if (!exact)
			abort();
		memcpy(exact, data, n);
		(void)LLVMFuzzerTestOneInput(exact, n);
		free(exact);
	}
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	char dir[512], path[1024];
	unsigned count = 0;
	struct dirent *e;
	DIR *d;

	(void)argc;
	name = name ? name + 1 : argv[0];
	snprintf(dir, sizeof(dir), "tests/fuzz/corpus/%s", name);
	printf("1..1\n");
	d = opendir(dir);
	if (!d) {
		printf("not ok 1 - %s has no corpus (%s)\n", name, dir);
		return 1;
	}
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (run_file(path) == 0)
			count++;
	}
	closedir(d);
	printf("%s 1 - %s over %u inputs\n", count ? "ok" : "not ok", name, count);
	return count ? 0 : 1;
}
