// SPDX-License-Identifier: Apache-2.0
/*
 * Whole archives, from the bytes to a tree.  The first byte says what they are: a tar
 * file (without its gzip, whose checksum no fuzzer finds), a tar.gz, a zip, a module zip.
 * Whatever they hold, only files and directories with the modes of the rule are made, and
 * only below the tree.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/worker/unpack/extract.h"
#include "core/worker/unpack/gunzip.h"
#include "tests/fuzz/scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char top[SCRATCH_MAX];

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Looks at what is there and takes it away. */
static void sweep(int dir_fd)
{
	DIR *d = fdopendir(dir_fd);
	struct dirent *e;

	check(d != NULL);
	while ((e = readdir(d)) != NULL) {
		struct stat st;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		check(fstatat(dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0);
		if (S_ISDIR(st.st_mode)) {
			int fd = openat(dir_fd, e->d_name,
					O_RDONLY | O_DIRECTORY | O_CLOEXEC);

			check((st.st_mode & 07777) == 0755 && fd >= 0);
			sweep(fd);
			check(unlinkat(dir_fd, e->d_name, AT_REMOVEDIR) == 0);
		} else {
			mode_t mode = st.st_mode & 07777;

			check(S_ISREG(st.st_mode) && (mode == 0755 || mode == 0644));
			check(unlinkat(dir_fd, e->d_name, 0) == 0);
		}
	}
	closedir(d);
}

static void remove_top(void)
{
	rmdir(top);
}

/* So that a header which was changed is read at all: no fuzzer finds its checksum. */
static void put_checksums(uint8_t *tar, size_t size)
{
	enum { BLOCK = 512, SIZE_AT = 124, SIZE_N = 12, SUM_AT = 148, SUM_N = 8 };

	for (size_t at = 0; at + BLOCK <= size; at += BLOCK) {
		uint8_t *head = tar + at;
		unsigned sum = 0;
		size_t body = 0;

		for (int i = 0; i < SIZE_N && head[SIZE_AT + i] >= '0' &&
				head[SIZE_AT + i] <= '7' && body < size;
		     i++)
			body = body * 8 + head[SIZE_AT + i] - '0';
		memset(head + SUM_AT, ' ', SUM_N);
		for (int i = 0; i < BLOCK; i++)
			sum += head[i];
		if (sum == SUM_N * ' ') { /* the end */
			memset(head + SUM_AT, 0, SUM_N);
			continue;
		}
		for (int i = SUM_N - 3; i >= 0; i--, sum /= 8)
			head[SUM_AT + i] = (uint8_t)('0' + sum % 8);
		head[SUM_AT + SUM_N - 2] = '\0';
		at += (body + BLOCK - 1) / BLOCK * BLOCK;
	}
}

static void extract(unsigned kind, const uint8_t *data, size_t size)
{
	static const struct gv_layout tarball = {.prefix = "go/"};
	static const struct gv_layout module = {.prefix = "m@v/", .module = true};
	static struct gv_input in;
	struct gv_input_fd raw = {.fd = memfd_create("archive", MFD_CLOEXEC)};
	struct gv_gunzip *gunzip = NULL;
	struct gv_output *out = NULL;
	struct gv_err err = GV_ERR_INIT;
	int tree = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;
	uint8_t *copy = malloc(size + 1);

	check(copy != NULL);
	memcpy(copy, data, size);
	if (kind == 0)
		put_checksums(copy, size);
	check(tree >= 0 && raw.fd >= 0 && write(raw.fd, copy, size) == (ssize_t)size &&
	      lseek(raw.fd, 0, SEEK_SET) == 0);
	if (kind == 1) {
		check(gv_gunzip_new(&raw, &gunzip, &err) == 0);
		gv_input_init(&in, gv_input_from_gunzip, gunzip);
	} else {
		gv_input_init(&in, gv_input_from_fd, &raw);
	}
	check(gv_output_open(tree, kind == 3 ? &module : &tarball, &raw, &out, &err) ==
	      0);
	r = gv_extract(kind < 2 ? GV_FORMAT_TAR : GV_FORMAT_ZIP, &in, out, &err);
	if (r == 0)
		r = gv_output_finish(out, &err);
	/* The archive is to blame and nothing else, in words fit for a terminal. */
	check(r == 0 || (r == -GV_EVERIFY && err.message[0] &&
			 !strpbrk(err.message, "\n\r\t\x1b")));
	gv_output_free(out);
	gv_gunzip_free(gunzip);
	free(copy);
	close(raw.fd);
	sweep(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!top[0]) {
		(void)setlocale(LC_CTYPE, "C.UTF-8");
		scratch_name("tree", top);
		check(mkdir(top, 0700) == 0 && atexit(remove_top) == 0);
	}
	if (size > 0)
		extract(data[0] % 4, data + 1, size - 1);
	return 0;
}
