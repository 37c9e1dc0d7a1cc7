// SPDX-License-Identifier: Apache-2.0
/*
 * buildinfo FILE...: what core/buildinfo says of each, as tests/buildinfo/oracle.go says
 * it. A line of stdin damages all of them in memory, is answered for each, and is undone:
 *
 *	whole		nothing
 *	cut N		only the first N bytes
 *	flip AT BIT	one bit is another
 *
 * An answer: "no", or "ok" and all strings in hexadecimal.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buildinfo/buildinfo.h"

struct subject {
	int fd;
	off_t size;
};

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void put(const char *s)
{
	for (; *s; s++)
		printf("%02x", (unsigned char)*s);
	putchar('.');
}

static void put_module(const struct gv_build_module *m)
{
	put(m->path);
	put(m->version);
	put(m->sum);
	if (m->replaced_by) {
		put(m->replaced_by);
		put(m->replaced_version);
		put(m->replaced_sum);
	}
	putchar(';');
}

static void answer(int fd)
{
	struct gv_buildinfo info;
	const char *why = NULL;
	int r = gv_buildinfo_read(fd, &info, &why);

	if (r < 0) {
		if (!why || !*why || (r != -GV_ENOTFOUND && r != -GV_EFORMAT))
			printf("error %d ", r);
		puts("no");
		return;
	}
	fputs("ok ", stdout);
	put(info.go_version);
	put(info.path);
	put_module(&info.main);
	for (size_t i = 0; i < info.n_deps; i++)
		put_module(&info.deps[i]);
	for (size_t i = 0; i < info.n_settings; i++) {
		put(info.settings[i].key);
		put(info.settings[i].value);
	}
	putchar('\n');
	gv_buildinfo_release(&info);
}

static struct subject load(const char *path)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	struct subject s = {memfd_create("buildinfo", MFD_CLOEXEC), 0};
	struct stat st;

	if (from < 0 || s.fd < 0 || fstat(from, &st) < 0)
		die(path);
	s.size = st.st_size;
	for (off_t at = 0; at < s.size;) {
		char piece[1 << 16];
		ssize_t n = read(from, piece, sizeof(piece));

		if (n <= 0 || pwrite(s.fd, piece, (size_t)n, at) != n)
			die(path);
		at += n;
	}
	close(from);
	return s;
}

static void flip(int fd, off_t at, unsigned bit)
{
	unsigned char c;

	if (pread(fd, &c, 1, at) != 1)
		die("flip");
	c ^= (unsigned char)(1u << bit);
	if (pwrite(fd, &c, 1, at) != 1)
		die("flip");
}

/* What is cut off is put back. */
static void answer_cut(const struct subject *s, off_t n)
{
	off_t lost = s->size > n ? s->size - n : 0;
	char *rest = malloc((size_t)lost + 1);

	if (!rest || pread(s->fd, rest, (size_t)lost, n) != lost ||
	    (lost && ftruncate(s->fd, n) < 0))
		die("cut");
	answer(s->fd);
	if (pwrite(s->fd, rest, (size_t)lost, n) != lost)
		die("cut");
	free(rest);
}

int main(int argc, char **argv)
{
	struct subject *all = calloc((size_t)argc, sizeof(*all));
	char line[128];

	if (!all)
		die("calloc");
	for (int i = 1; i < argc; i++)
		all[i] = load(argv[i]);
	while (fgets(line, sizeof(line), stdin)) {
		long long at = 0;
		unsigned bit = 0;

		for (int i = 1; i < argc; i++) {
			if (sscanf(line, "flip %lld %u", &at, &bit) == 2) {
				if (at < all[i].size)
					flip(all[i].fd, at, bit);
				answer(all[i].fd);
				if (at < all[i].size)
					flip(all[i].fd, at, bit);
			} else if (sscanf(line, "cut %lld", &at) == 1) {
				answer_cut(&all[i], at);
			} else {
				answer(all[i].fd);
			}
		}
	}
	free(all);
	return 0;
}
