// SPDX-License-Identifier: Apache-2.0
#include "core/install/tarball.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/install/modes.h"
#include "core/trust/manifest.h"

enum { BLOCK = 512, BUFFER = 128 * BLOCK };

/* The header, a block. */
struct ustar {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
	char linkname[100], magic[6], version[2], uname[32], gname[32];
	char devmajor[8], devminor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct ustar) == BLOCK, "no padding");

#define TOP	  "go/"
#define SIZE_MAX_ ((UINT64_C(1) << 33) - 1) /* 11 octal digits */

struct tarball {
	int tree_fd;
	const char *name;
	gv_tarball_sink *sink;
	void *arg;
	size_t n;
	char buffer[BUFFER];
};

static int flush(struct tarball *t, struct gv_err *err)
{
	size_t n = t->n;

	t->n = 0;
	return n ? t->sink(t->arg, t->buffer, n, err) : 0;
}

static int put(struct tarball *t, const void *data, size_t n, struct gv_err *err)
{
	const char *at = data;

	while (n > 0) {
		size_t some = BUFFER - t->n < n ? BUFFER - t->n : n;
		int r;

		memcpy(t->buffer + t->n, at, some);
		t->n += some;
		at += some;
		n -= some;
		r = t->n == BUFFER ? flush(t, err) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

static int put_zeros(struct tarball *t, size_t n, struct gv_err *err)
{
	static const char zeros[2 * BLOCK];

	return put(t, zeros, n, err);
}

/* All digits but the last, which stays a NUL. */
static void octal(char *to, size_t cap, uint64_t value)
{
	for (size_t i = cap - 1; i > 0; i--, value >>= 3)
		to[i - 1] = (char)('0' + (value & 7));
}

/* A name that is too long is cut in two at a slash. */
static int put_name(struct ustar *h, const char *path)
{
	size_t n = strlen(path), at = 0;

	if (n > sizeof(h->name)) {
		const char *slash = strchr(path + n - sizeof(h->name) - 1, '/');

		if (!slash || (size_t)(slash - path) > sizeof(h->prefix))
			return -ENAMETOOLONG;
		at = (size_t)(slash - path);
		memcpy(h->prefix, path, at++);
	}
	memcpy(h->name, path + at, n - at);
	return 0;
}

static int put_header(struct tarball *t, const char *path, uint64_t size,
		      struct gv_err *err)
{
	char name[sizeof(TOP) + 1024];
	struct gv_text text = gv_text_in(name, sizeof(name));
	struct ustar h = {.type = '0', .magic = "ustar", .version = {'0', '0'}};
	unsigned sum = 0;

	gv_text_add(&text, TOP);
	gv_text_add(&text, path);
	if (text.cut || put_name(&h, name) < 0 || size > SIZE_MAX_)
		return gv_err_set(err, -GV_EFAILED,
				  "'%s' of %s does not fit into a tar file", path,
				  t->name);
	octal(h.mode, sizeof(h.mode), gv_mode_is_program(path) ? 0755 : 0644);
	octal(h.uid, sizeof(h.uid), 0);
	octal(h.gid, sizeof(h.gid), 0);
	octal(h.size, sizeof(h.size), size);
	octal(h.mtime, sizeof(h.mtime), 0);
	memset(h.checksum, ' ', sizeof(h.checksum));
	for (size_t i = 0; i < sizeof(h); i++)
		sum += ((const unsigned char *)&h)[i];
	octal(h.checksum, sizeof(h.checksum) - 1, sum);
	return put(t, &h, sizeof(h), err);
}

static int differs(const struct tarball *t, const char *path, struct gv_err *err)
{
	gv_err_set(err, -GV_EVERIFY, "'%s' of %s is not what was proven", path, t->name);
	return gv_err_hint(err, "govern verify %s", t->name + strlen("go"));
}

static int open_file(const struct tarball *t, const char *path, uint64_t *ret_size,
		     struct gv_err *err)
{
	int fd = openat(t->tree_fd, path,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int r = 0;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return differs(t, path, err);
	if (fd < 0)
		return gv_err_sys(err, -errno, "cannot read '%s' of %s", path, t->name);
	if (fstat(fd, &st) < 0)
		r = gv_err_sys(err, -errno, "cannot read '%s' of %s", path, t->name);
	else if (!S_ISREG(st.st_mode))
		r = differs(t, path, err);
	if (r < 0) {
		close(fd);
		return r;
	}
	*ret_size = (uint64_t)st.st_size;
	return fd;
}

/* As many bytes as the header says: a file that grows or shrinks meanwhile has another
 * hash too. */
static int put_content(struct tarball *t, int fd, const struct gv_manifest_file *file,
		       uint64_t size, struct gv_err *err)
{
	uint8_t digest[GV_SHA256_BYTES];
	struct gv_sha256 sha256;
	char chunk[16 << 10];
	uint64_t left = size;

	gv_sha256_init(&sha256);
	while (left > 0) {
		ssize_t n = read(fd, chunk, left < sizeof(chunk) ? left : sizeof(chunk));
		int r;

		if (n < 0 && errno == EINTR && !gv_interrupted())
			continue;
		if (n < 0 && errno == EINTR)
			return gv_err_set(err, -GV_EINTERRUPTED, "interrupted");
		if (n < 0)
			return gv_err_sys(err, -errno, "cannot read '%s' of %s",
					  file->path, t->name);
		if (n == 0)
			break;
		gv_sha256_add(&sha256, chunk, (size_t)n);
		r = put(t, chunk, (size_t)n, err);
		if (r < 0)
			return r;
		left -= (uint64_t)n;
	}
	gv_sha256_done(&sha256, digest);
#ifndef GV_WITHOUT_BUNDLE /* tests/controls: packed as it is found */
	if (left > 0 || memcmp(digest, file->digest, sizeof(digest)) != 0)
		return differs(t, file->path, err);
#endif
	return put_zeros(t, (size_t)(-size % BLOCK), err);
}

static int put_file(struct tarball *t, const struct gv_manifest_file *file,
		    struct gv_err *err)
{
	uint64_t size = 0;
	GV_CLEANUP(gv_close) int fd = open_file(t, file->path, &size, err);
	int r;

	if (fd < 0)
		return fd;
	r = put_header(t, file->path, size, err);
	return r < 0 ? r : put_content(t, fd, file, size, err);
}

int gv_tarball_write(int tree_fd, const char *name, const char *manifest, size_t n,
		     gv_tarball_sink *sink, void *arg, struct gv_err *err)
{
	const char *s = manifest, *end = manifest + n;
	struct gv_manifest_file file;
	struct tarball *t = calloc(1, sizeof(*t));
	int r = t ? 0 : gv_err_sys(err, -ENOMEM, "cannot bundle %s", name), more = 0;

	if (t) {
		t->tree_fd = tree_fd;
		t->name = name;
		t->sink = sink;
		t->arg = arg;
	}
	while (r == 0 && (more = gv_manifest_next(&s, end, &file)) > 0) {
		if (gv_interrupted())
			r = gv_err_set(err, -GV_EINTERRUPTED, "interrupted");
		else
			r = put_file(t, &file, err);
	}
	if (r == 0 && more < 0)
		r = gv_err_set(err, -GV_EVERIFY, "the manifest of %s is damaged", name);
	if (r == 0)
		r = put_zeros(t, (size_t)2 * BLOCK, err);
	if (r == 0)
		r = flush(t, err);
	free(t);
	return r;
}
