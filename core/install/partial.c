// SPDX-License-Identifier: Apache-2.0
#include "core/install/partial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/install/url.h"
#include "core/trust/sha256.h"

#define PARTIAL	 "partial"
#define ARCHIVES "archives"

/* The key is of the whole URL; the file's name is there for people only. */
static void make_name(const char *url, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);
	GV_CLEANUP(gv_free_str) char *shown = gv_url_public(url);
	const char *slash = shown ? strrchr(shown, '/') : NULL;
	uint8_t digest[GV_SHA256_BYTES];
	char hex[GV_SHA256_HEX];

	gv_sha256_of(url, strlen(url), digest);
	gv_sha256_to_hex(digest, hex);
	gv_text_add_n(&t, hex, 32);
	gv_text_add(&t, "-");
	if (slash)
		gv_text_add_visible(&t, slash + 1, strnlen(slash + 1, 128));
}

static void path_of(const struct gv_partial *p, const char *dir, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);

	gv_text_format(&t, "%s/%s", dir, p->name);
}

static int open_file(const struct gv_partial *p, const char *dir, int flags)
{
	char path[256];
	int fd;
	struct stat st;

	path_of(p, dir, path, sizeof(path));
	fd = openat(p->cache_dir, path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		    0644);
	if (fd < 0)
		return -1;
	/* Two who write the same file would mix their bytes. */
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void gv_partial_open(int cache_dir, const char *url, struct gv_partial *ret)
{
	struct gv_partial p = {.cache_dir = cache_dir, .fd = -1};
	struct stat st;

	make_name(url, p.name, sizeof(p.name));
	if (cache_dir >= 0) {
		p.fd = open_file(&p, ARCHIVES, O_RDWR);
		p.complete = p.fd >= 0;
		if (p.fd < 0 && gv_make_dirs(cache_dir, PARTIAL, 0755) == 0)
			p.fd = open_file(&p, PARTIAL, O_RDWR | O_CREAT);
	}
	if (p.fd >= 0 && fstat(p.fd, &st) == 0)
		p.size = (uint64_t)st.st_size;
	*ret = p;
}

ssize_t gv_partial_read(struct gv_partial *p, void *data, size_t n)
{
	ssize_t got = read(p->fd, data, n);

	return got < 0 ? -errno : got;
}

static void remove_from(struct gv_partial *p, const char *dir)
{
	char path[256];

	path_of(p, dir, path, sizeof(path));
	if (p->cache_dir >= 0)
		unlinkat(p->cache_dir, path, 0);
}

void gv_partial_close(struct gv_partial *p)
{
	struct stat st;

	/* Nothing came, so there is nothing to go on from. */
	if (p->fd >= 0 && !p->complete && fstat(p->fd, &st) == 0 && st.st_size == 0)
		remove_from(p, PARTIAL);
	gv_close(&p->fd);
	p->fd = -1;
}

void gv_partial_discard(struct gv_partial *p)
{
	remove_from(p, PARTIAL);
	remove_from(p, ARCHIVES);
	gv_close(&p->fd); /* its name may be another's by now */
	p->fd = -1;
}

void gv_partial_add(struct gv_partial *p, const void *data, size_t n)
{
	if (p->fd >= 0 && gv_write_all(p->fd, data, n) < 0)
		gv_partial_discard(p);
}

void gv_partial_restart(struct gv_partial *p)
{
	p->size = 0;
	/* A kept archive that did not hold: what comes now is a partial of its own. */
	if (p->complete) {
		gv_partial_discard(p);
		p->complete = false;
		p->fd = open_file(p, PARTIAL, O_RDWR | O_CREAT);
	}
	if (p->fd >= 0 && (ftruncate(p->fd, 0) < 0 || lseek(p->fd, 0, SEEK_SET) < 0))
		gv_partial_discard(p);
}

void gv_partial_finish(struct gv_partial *p, bool keep)
{
	char from[256], to[256];

	if (p->fd < 0 || (p->complete && keep))
		return gv_partial_close(p);
	path_of(p, PARTIAL, from, sizeof(from));
	path_of(p, ARCHIVES, to, sizeof(to));
	if (!keep || gv_make_dirs(p->cache_dir, ARCHIVES, 0755) < 0 ||
	    renameat(p->cache_dir, from, p->cache_dir, to) < 0)
		return gv_partial_discard(p);
	gv_partial_close(p);
}
