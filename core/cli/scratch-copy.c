// SPDX-License-Identifier: Apache-2.0
#include "core/cli/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/tree.h"

/* linux/fs.h, which is not among musl's headers. */
#ifndef FICLONE
#define FICLONE _IOW(0x94, 9, int)
#endif

struct copy {
	int to;
	const char *without; /* or NULL */
	struct stat scratch; /* not to be copied into itself */
};

static int copy_bytes(int from, int to)
{
	char room[64 << 10];

	/* The blocks are shared where the file system can. */
	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	for (;;) {
		ssize_t n = copy_file_range(from, NULL, to, NULL, 1u << 30, 0);

		if (n == 0)
			return 0;
		if (n < 0)
			break; /* not between these two: by hand, from where it stopped */
	}
	for (;;) {
		ssize_t n = read(from, room, sizeof(room));
		int r = n > 0 ? gv_write_all(to, room, (size_t)n) : 0;

		if (n == 0 || r < 0)
			return r;
		if (n < 0 && errno != EINTR)
			return -errno;
	}
}

static int copy_file(const struct copy *c, int parentfd, const char *name,
		     const char *rel, const struct stat *st)
{
	GV_CLEANUP(gv_close)
	int from = openat(parentfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	GV_CLEANUP(gv_close) int to = -1;

	if (from < 0)
		return -errno;
	to = openat(c->to, rel, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    (st->st_mode & 0777) | 0600);
	return to < 0 ? -errno : copy_bytes(from, to);
}

static int copy_link(const struct copy *c, int parentfd, const char *name,
		     const char *rel)
{
	char target[PATH_MAX];
	int r = gv_read_link(parentfd, name, target, sizeof(target));

	if (r < 0)
		return r;
	return symlinkat(target, c->to, rel) < 0 ? -errno : 0;
}

/* A build does not need .git. */
static int on_entry(void *arg, int parentfd, const char *name, const char *rel,
		    const struct stat *st)
{
	const struct copy *c = arg;

	if (gv_interrupted())
		return -GV_EINTERRUPTED;
	if (strcmp(name, ".git") == 0 || (c->without && strcmp(rel, c->without) == 0) ||
	    (st->st_dev == c->scratch.st_dev && st->st_ino == c->scratch.st_ino))
		return GV_TREE_SKIP;
	if (S_ISREG(st->st_mode))
		return copy_file(c, parentfd, name, rel, st);
	if (S_ISLNK(st->st_mode))
		return copy_link(c, parentfd, name, rel);
	if (S_ISDIR(st->st_mode) && mkdirat(c->to, rel, (st->st_mode & 0777) | 0700) < 0)
		return -errno;
	return 0;
}

int gv_scratch_copy(const struct gv_scratch *s, const char *dir, const char *name,
		    const char *without, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int from = gv_open_dir(AT_FDCWD, dir);
	GV_CLEANUP(gv_close) int to = -1;
	struct copy c = {.without = without};
	int r = from < 0 ? from : 0;

	if (r == 0 && (stat(s->dir, &c.scratch) < 0 || mkdirat(s->fd, name, 0700) < 0))
		r = -errno;
	if (r == 0)
		r = to = gv_open_dir(s->fd, name);
	c.to = to;
	if (r >= 0)
		r = gv_tree_walk(from, on_entry, &c);
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	return r < 0 ? gv_err_sys(err, r, "cannot copy '%s'", dir) : 0;
}
