// SPDX-License-Identifier: Apache-2.0
#include "core/install/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/install/url.h"

enum { MAGIC_LEN = sizeof(GV_BUNDLE_MAGIC) - 1 };
#define ANY_MAGIC "govern bundle "

/* -- the file ------------------------------------------------------------------------ */

static int read_at(int fd, uint64_t at, void *to, size_t n)
{
	char *p = to;

	while (n > 0) {
		ssize_t got = pread(fd, p, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -GV_EVERIFY;
		p += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
}

/* Local, as the person named it; NULL: it is none, or memory is out. */
static char *local_path(const char *from)
{
	char *path = NULL;

	if (!gv_after_prefix(from, "file://"))
		return gv_is_url(from) ? NULL : strdup(from);
	return gv_url_file_path(from, &path) < 0 ? NULL : path;
}

static int open_regular(const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = fstat(fd, st) < 0 ? -errno : S_ISREG(st->st_mode) ? 0 : -EINVAL;
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

bool gv_bundle_is(const char *from)
{
	GV_CLEANUP(gv_free_str) char *path = local_path(from);
	char head[sizeof(ANY_MAGIC) - 1];
	struct stat st;
	GV_CLEANUP(gv_close) int fd = path ? open_regular(path, &st) : -1;

	return fd >= 0 && read_at(fd, 0, head, sizeof(head)) == 0 &&
	       memcmp(head, ANY_MAGIC, sizeof(head)) == 0;
}

static int absolute_path(const char *from, char **ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *path = local_path(from);

	if (!path)
		return gv_err_set(err, -GV_EUSAGE, "'%s' is not the path of a file",
				  from);
	*ret = realpath(path, NULL);
	return *ret ? 0 : gv_err_sys(err, -errno, "cannot open '%s'", path);
}

static int damaged(const char *path, const char *why, struct gv_err *err)
{
	return gv_err_set(err, -GV_EVERIFY, "the bundle '%s' is damaged or not whole: %s",
			  path, why);
}

/* The last n bytes, if the last line begins in them: then without what is before it, and
 * without its newline.  1: it begins earlier. */
static int read_tail(int fd, uint64_t size, size_t n, struct gv_buf *ret)
{
	const char *line;
	int r;

	gv_buf_clear(ret);
	r = gv_buf_reserve(ret, n);
	if (r == 0)
		r = read_at(fd, size - n, ret->data, n);
	if (r < 0)
		return r;
	if (ret->data[n - 1] != '\n')
		return -GV_EVERIFY;
	line = memrchr(ret->data, '\n', n - 1);
	if (!line++)
		return 1;
	ret->len = n - 1 - (size_t)(line - ret->data);
	memmove(ret->data, line, ret->len);
	ret->data[ret->len] = '\0';
	return 0;
}

/* The last line, behind the newline that ends the archives. */
static int read_index(int fd, uint64_t size, struct gv_buf *ret)
{
	uint64_t rest = size - MAGIC_LEN;

	for (size_t n = 64 << 10;; n *= 16) {
		uint64_t most = rest < GV_BUNDLE_INDEX_MAX ? rest : GV_BUNDLE_INDEX_MAX;
		int r = read_tail(fd, size, n < most ? n : (size_t)most, ret);

		if (r <= 0)
			return r;
		if (n >= most)
			return -GV_EVERIFY;
	}
}

/* The file is the first line, the archives, a newline, the index, a newline. */
static int load(const char *path, int fd, uint64_t size, struct gv_bundle *ret,
		struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_BUNDLE_INDEX_MAX);
	char head[MAGIC_LEN];
	const char *why = "its last line is no index";
	int r = size > MAGIC_LEN + 1 ? read_at(fd, 0, head, MAGIC_LEN) : -GV_EVERIFY;

	if (r == 0 && memcmp(head, GV_BUNDLE_MAGIC, MAGIC_LEN) != 0) {
		gv_err_set(err, -GV_EFAILED,
			   "'%s' is not a bundle that this govern can read", path);
		return gv_err_hint(err, "use a newer govern");
	}
	if (r == 0)
		r = read_index(fd, size, &text);
	if (r == -GV_EVERIFY)
		return damaged(path, why, err);
	if (r == 0)
		r = gv_bundle_parse(text.data, text.len, size - MAGIC_LEN - 2 - text.len,
				    ret, &why);
	if (r == -GV_EFORMAT)
		return damaged(path, why, err);
	return r < 0 ? gv_err_sys(err, r, "cannot read '%s'", path) : 0;
}

int gv_bundle_load(const char *from, struct gv_bundle *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *path = NULL;
	GV_CLEANUP(gv_close) int fd = -1;
	struct stat st;
	int r = absolute_path(from, &path, err);

	if (r < 0)
		return r;
	fd = r = open_regular(path, &st);
	if (r < 0)
		return gv_err_sys(err, r, "cannot open '%s'", path);
	r = load(path, fd, (uint64_t)st.st_size, ret, err);
	if (r == 0) {
		ret->path = path;
		path = NULL;
	}
	return r;
}

void gv_bundle_release(struct gv_bundle *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++)
		gv_receipt_record_release(&b->items[i].record);
	free(b->path);
	free(b->items);
	free(b->beginnings);
	*b = (struct gv_bundle){0};
}

const struct gv_bundle_item *gv_bundle_find(const struct gv_bundle *b, const char *name,
					    const char *platform)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->items[i].name, name) == 0 &&
		    strcmp(b->items[i].platform, platform) == 0)
			return &b->items[i];
	return NULL;
}
