// SPDX-License-Identifier: Apache-2.0
/*
 * The limit: what an install of a zip cannot be faster than, on this machine, with the
 * libraries that govern uses.  The zip is in memory; its entries are inflated, checked,
 * hashed and written by as many threads as there are processors, then the file system is
 * synced.  Nothing is downloaded, judged or read back.
 *
 *	limit ZIP DIRECTORY
 *
 * Prints wall time, and the processor time of each part, in seconds, as JSON.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>

#include "core/trust/sha256.h"

enum { BUFFER = 64 << 10, THREADS_MAX = 64, RUN_BYTES = 1 << 20 };

struct entry {
	const unsigned char *packed;
	uint32_t n_packed, crc;
	char path[1024];
};

/* Neighbours are one thread's: two in one directory wait for each other. */
struct run {
	size_t first, n;
};

struct times {
	double inflate, hash, write;
};

static struct entry *entries;
static struct run *runs;
static size_t n_entries, n_runs;
static atomic_size_t next_run;
static atomic_uint_fast64_t bytes;
static int tree;

static void die(const char *what)
{
	fprintf(stderr, "limit: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint32_t le16(const unsigned char *b)
{
	return (uint32_t)b[0] | (uint32_t)b[1] << 8;
}

static uint32_t le32(const unsigned char *b)
{
	return le16(b) | le16(b + 2) << 16;
}

static void read_directory(const unsigned char *zip, size_t size)
{
	const unsigned char *end = zip + size - 22, *at;

	if (size < 22 || le32(end) != 0x06054b50)
		die("not a plain zip");
	n_entries = le16(end + 10);
	entries = calloc(n_entries, sizeof(*entries));
	runs = calloc(n_entries, sizeof(*runs));
	if (!entries || !runs)
		die("memory");
	at = zip + le32(end + 16);
	for (size_t i = 0; i < n_entries; i++) {
		const unsigned char *local = zip + le32(at + 42);
		struct entry *e = &entries[i];
		size_t n = le16(at + 28);

		if (le16(at + 10) != Z_DEFLATED || n >= sizeof(e->path))
			die("not a zip of Go's");
		e->packed = local + 30 + le16(local + 26) + le16(local + 28);
		e->n_packed = le32(at + 20);
		e->crc = le32(at + 16);
		memcpy(e->path, at + 46, n);
		at += 46 + n + le16(at + 30) + le16(at + 32);
	}
}

static size_t parent_len(const char *path)
{
	return (size_t)(strrchr(path, '/') - path);
}

static void make_runs(void)
{
	size_t packed = 0;

	for (size_t i = 0; i < n_entries; i++) {
		const char *path = entries[i].path,
			   *before = i ? path - sizeof(*entries) : "/";
		size_t n = parent_len(path);

		if (n != parent_len(before) || memcmp(path, before, n) != 0 ||
		    packed > RUN_BYTES) {
			runs[n_runs++].first = i;
			packed = 0;
		}
		runs[n_runs - 1].n++;
		packed += entries[i].n_packed;
	}
}

static void make_parents(char *path)
{
	for (char *s = strchr(path, '/'); s; s = strchr(s + 1, '/')) {
		*s = '\0';
		if (mkdirat(tree, path, 0755) < 0 && errno != EEXIST)
			die(path);
		*s = '/';
	}
}

static void make_directories(void)
{
	for (size_t i = 0; i < n_runs; i++)
		make_parents(entries[runs[i].first].path);
}

static void extract(const struct entry *e, z_stream *z, unsigned char *buffer,
		    struct times *t)
{
	uint8_t digest[GV_SHA256_BYTES];
	double a = now(CLOCK_THREAD_CPUTIME_ID), b, c, d;
	struct gv_sha256 hash;
	uLong crc = 0;
	int r, fd;

	fd = openat(tree, e->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		die(e->path);
	b = now(CLOCK_THREAD_CPUTIME_ID);
	t->write += b - a;
	gv_sha256_init(&hash);
	inflateReset(z);
	z->next_in = (unsigned char *)(uintptr_t)e->packed;
	z->avail_in = e->n_packed;
	do {
		size_t n;

		z->next_out = buffer;
		z->avail_out = BUFFER;
		r = inflate(z, Z_NO_FLUSH);
		n = BUFFER - z->avail_out;
		crc = crc32(crc, buffer, (uInt)n);
		a = now(CLOCK_THREAD_CPUTIME_ID);
		gv_sha256_add(&hash, buffer, n);
		c = now(CLOCK_THREAD_CPUTIME_ID);
		if (n && write(fd, buffer, n) != (ssize_t)n)
			die(e->path);
		d = now(CLOCK_THREAD_CPUTIME_ID);
		t->inflate += a - b;
		t->hash += c - a;
		t->write += d - c;
		b = d;
		atomic_fetch_add(&bytes, n);
	} while (r == Z_OK);
	if (r != Z_STREAM_END || crc != e->crc)
		die("damaged");
	gv_sha256_done(&hash, digest);
	a = now(CLOCK_THREAD_CPUTIME_ID);
	t->hash += a - b;
	if (close(fd) < 0)
		die(e->path);
	t->write += now(CLOCK_THREAD_CPUTIME_ID) - a;
}

static void *work(void *arg)
{
	unsigned char *buffer = malloc(BUFFER);
	z_stream z = {0};

	if (!buffer || inflateInit2(&z, -MAX_WBITS) != Z_OK)
		die("memory");
	for (;;) {
		size_t i = atomic_fetch_add(&next_run, 1);

		if (i >= n_runs)
			break;
		for (size_t k = 0; k < runs[i].n; k++)
			extract(&entries[runs[i].first + k], &z, buffer, arg);
	}
	inflateEnd(&z);
	free(buffer);
	return NULL;
}

int main(int argc, char **argv)
{
	struct times times[THREADS_MAX] = {0};
	pthread_t threads[THREADS_MAX];
	double start, made, written, end;
	cpu_set_t set;
	struct stat st;
	size_t n, i;
	int fd;
	void *zip;

	if (argc != 3)
		return 2;
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		die(argv[1]);
	zip = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd,
		   0);
	tree = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (zip == MAP_FAILED || tree < 0)
		die(argv[2]);
	n = sched_getaffinity(0, sizeof(set), &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
	if (n > THREADS_MAX)
		n = THREADS_MAX;

	start = now(CLOCK_MONOTONIC);
	read_directory(zip, (size_t)st.st_size);
	make_runs();
	make_directories();
	made = now(CLOCK_MONOTONIC);
	for (i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, work, &times[i]) != 0)
			die("thread");
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	written = now(CLOCK_MONOTONIC);
	if (syncfs(tree) < 0)
		die("sync");
	end = now(CLOCK_MONOTONIC);
	for (i = 1; i < n; i++) {
		times[0].inflate += times[i].inflate;
		times[0].hash += times[i].hash;
		times[0].write += times[i].write;
	}
	printf("{\"wall\": %.3f, \"threads\": %zu, \"files\": %zu, \"bytes\": %llu, "
	       "\"directories\": %.3f, \"inflate\": %.3f, \"hash\": %.3f, "
	       "\"write\": %.3f, \"until_sync\": %.3f, \"sync\": %.3f}\n",
	       end - start, n, n_entries, (unsigned long long)bytes, made - start,
	       times[0].inflate, times[0].hash, times[0].write, written - start,
	       end - written);
	return 0;
}
