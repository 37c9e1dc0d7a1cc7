// SPDX-License-Identifier: Apache-2.0
/* Replacing files and links: old or new, never between, and durable when it is said. */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/text.h"

#define TEMP_PREFIX ".tmp-govern-"

/* The directory part of path, "." when it has none; "" is cut with the error set. */
static int parent_of(const char *path, char *ret, size_t cap)
{
	const char *slash = strrchr(path, '/');
	struct gv_text t = gv_text_in(ret, cap);

	if (!slash)
		gv_text_add(&t, ".");
	else if (slash == path)
		gv_text_add(&t, "/");
	else
		gv_text_add_n(&t, path, (size_t)(slash - path));
	return t.cut ? -ENAMETOOLONG : 0;
}

int gv_sync_parent(int dirfd, const char *path)
{
	GV_CLEANUP(gv_close) int fd = -1;
	char parent[4096];
	int r = parent_of(path, parent, sizeof(parent));

	if (r < 0)
		return r;
	fd = gv_open_dir(dirfd, parent);
	return fd < 0 ? fd : gv_sync_dir(fd);
}

bool gv_group_shares(int dirfd, const char *path)
{
	char parent[4096];
	struct stat st;

	return parent_of(path, parent, sizeof(parent)) == 0 &&
	       fstatat(dirfd, parent, &st, 0) == 0 && st.st_mode & S_ISGID &&
	       st.st_mode & S_IWGRP && !(st.st_mode & S_IWOTH);
}

/* A temporary name beside path. */
static int temp_name(const char *path, char *ret, size_t cap)
{
	const char *slash = strrchr(path, '/');
	struct gv_text t = gv_text_in(ret, cap);
	char nonce[GV_NONCE_LEN];
	int r = gv_nonce(nonce);

	if (r < 0)
		return r;
	if (slash)
		gv_text_add_n(&t, path, (size_t)(slash + 1 - path));
	gv_text_add(&t, TEMP_PREFIX);
	gv_text_add(&t, nonce);
	return t.cut ? -ENAMETOOLONG : 0;
}

/* Gives the finished temporary its name.  On failure it is removed. */
static int take_place(int dirfd, const char *temp, const char *path)
{
	int r = 0;

	if (renameat(dirfd, temp, dirfd, path) < 0) {
		r = -errno;
		(void)unlinkat(dirfd, temp, 0); /* swept later when that fails too */
		return r;
	}
	return gv_sync_parent(dirfd, path);
}

/* fsync and close a file that was written; the first error counts, close's too (NFS
 * reports a full quota there). */
static int finish(int fd, int r)
{
#ifndef GV_WITHOUT_FILE_SYNC /* tests/controls: a name on the disk, and no bytes */
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
#endif
	if (close(fd) < 0 && r == 0 && errno != EINTR)
		r = -errno;
	return r;
}

typedef int filler(int fd, const void *arg, size_t n);

/* Owner and mode of the file whose place it will take: before the rename, else a crash
 * would leave it with others. */
static int become(int fd, const struct stat *old)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((st.st_uid != old->st_uid || st.st_gid != old->st_gid) &&
	    fchown(fd, old->st_uid, old->st_gid) < 0)
		return -errno;
	return fchmod(fd, old->st_mode & 07777) < 0 ? -errno : 0;
}

struct like {
	mode_t mode;		/* less the umask, unless GV_MODE_EXACT */
	const struct stat *old; /* or NULL */
};

static int save(int dirfd, const char *path, struct like like, filler *fill,
		const void *arg, size_t n)
{
	char temp[4096];
	int r = temp_name(path, temp, sizeof(temp));
	int fd;

#ifdef GV_WITHOUT_TEMPORARY /* tests/controls: written where it is read */
	fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    like.mode & 07777);
	return fd < 0 ? -errno : finish(fd, fill(fd, arg, n));
#endif
	if (r < 0)
		return r;
	fd = openat(dirfd, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    like.mode & 07777);
	if (fd < 0)
		return -errno;
	r = fill(fd, arg, n);
	if (r == 0 && like.mode & GV_MODE_EXACT && fchmod(fd, like.mode & 07777) < 0)
		r = -errno;
#ifndef GV_WITHOUT_RC_MODE /* tests/controls: whatever a new file has */
	if (r == 0 && like.old)
		r = become(fd, like.old);
#endif
	r = finish(fd, r);
	if (r < 0) {
		(void)unlinkat(dirfd, temp, 0); /* swept later when that fails too */
		return r;
	}
	return take_place(dirfd, temp, path);
}

int gv_save_file(int dirfd, const char *path, const void *data, size_t n, mode_t mode)
{
	return save(dirfd, path, (struct like){.mode = mode}, gv_write_all, data, n);
}

int gv_save_over(int dirfd, const char *path, const void *data, size_t n,
		 const struct stat *old)
{
	struct like like = {.mode = 0600, .old = old};

	return save(dirfd, path, like, gv_write_all, data, n);
}

static int fill_from_fd(int fd, const void *arg, size_t n)
{
	const int *from = arg;
	char chunk[16384];
	off_t at = 0;

	(void)n; /* all of it */
	for (;;) {
		ssize_t got = pread(*from, chunk, sizeof(chunk), at);
		int r;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		r = gv_write_all(fd, chunk, (size_t)got);
		if (r < 0)
			return r;
		at += got;
	}
}

int gv_save_copy(int dirfd, const char *path, int from, mode_t mode)
{
	return save(dirfd, path, (struct like){.mode = mode}, fill_from_fd, &from, 0);
}

struct by {
	gv_save_fill *fill;
	void *arg;
};

static int fill_by(int fd, const void *arg, size_t n)
{
	const struct by *by = arg;

	(void)n; /* not known */
	return by->fill(fd, by->arg);
}

/* A file without a name until it is whole; -errno: not here. */
static int open_nameless(int dirfd, const char *path, mode_t mode)
{
	char parent[4096];
	int r = parent_of(path, parent, sizeof(parent));
	int fd;

	/* It gets its name through /proc. */
	if (r < 0 || access("/proc/self/fd", X_OK) < 0)
		return r < 0 ? r : -ENOENT;
	fd = openat(dirfd, parent, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode & 07777);
	return fd < 0 ? -errno : fd;
}

/* rename(2) alone replaces what has the name. */
static int name_it(int fd, int dirfd, const char *path)
{
	char self[32], temp[4096];
	struct gv_text t = gv_text_in(self, sizeof(self));
	int r = temp_name(path, temp, sizeof(temp));

	gv_text_format(&t, "/proc/self/fd/%d", fd);
	if (r == 0 && linkat(AT_FDCWD, self, dirfd, temp, AT_SYMLINK_FOLLOW) < 0)
		r = -errno;
	return r < 0 ? r : take_place(dirfd, temp, path);
}

int gv_save_filled(int dirfd, const char *path, gv_save_fill *fill, void *arg,
		   mode_t mode)
{
	struct by by = {fill, arg};
#ifndef GV_WITHOUT_TEMPORARY
	int fd = open_nameless(dirfd, path, mode), r;

	if (fd >= 0) {
		r = fill(fd, arg);
		if (r == 0 && fsync(fd) < 0)
			r = -errno;
		if (r == 0)
			r = name_it(fd, dirfd, path);
		(void)close(fd); /* all of it is on the disk */
		return r;
	}
#endif
	return save(dirfd, path, (struct like){.mode = mode}, fill_by, &by, 0);
}

int gv_save_link(int dirfd, const char *path, const char *target)
{
	char temp[4096];
	int r = temp_name(path, temp, sizeof(temp));

#ifdef GV_WITHOUT_SWITCH /* tests/controls: gone for a moment */
	(void)unlinkat(dirfd, path, 0);
	return symlinkat(target, dirfd, path) < 0 ? -errno : 0;
#endif
	if (r < 0)
		return r;
	if (symlinkat(target, dirfd, temp) < 0)
		return -errno;
	return take_place(dirfd, temp, path);
}

static bool in_same_dir(const char *a, const char *b)
{
	const char *end_a = strrchr(a, '/'), *end_b = strrchr(b, '/');
	size_t n = end_a ? (size_t)(end_a - a) : 0;

	return n == (end_b ? (size_t)(end_b - b) : 0) && strncmp(a, b, n) == 0;
}

int gv_rename_durably(int from_dir, const char *from, int to_dir, const char *to)
{
	int r;

	if (renameat(from_dir, from, to_dir, to) < 0)
		return -errno;
	/* The new place first: should power fail between the two, it is in both or one.
	 */
	r = gv_sync_parent(to_dir, to);
	if (r < 0 || (from_dir == to_dir && in_same_dir(from, to)))
		return r;
	return gv_sync_parent(from_dir, from);
}

int gv_exchange(int a_dir, const char *a, int b_dir, const char *b)
{
	const unsigned exchange = 1 << 1; /* RENAME_EXCHANGE, of <linux/fs.h> */

#ifdef GV_WITHOUT_EXCHANGE /* tests/controls: as where there is none */
	return -EINVAL;
#endif
	/* Not every C library has a name for it. */
	return syscall(SYS_renameat2, a_dir, a, b_dir, b, exchange) < 0 ? -errno : 0;
}

int gv_remove_durably(int dirfd, const char *path)
{
	int r = unlinkat(dirfd, path, 0) < 0 ? -errno : 0;
	int synced;

	if (r < 0 && r != -ENOENT)
		return r;
	synced = gv_sync_parent(dirfd, path);
	return r < 0 ? r : synced;
}

void gv_sweep_beside(int dirfd, const char *path, long older_than_s)
{
	GV_CLEANUP(gv_close) int fd = -1;
	char parent[4096];

	if (parent_of(path, parent, sizeof(parent)) == 0)
		fd = gv_open_dir(dirfd, parent);
	if (fd >= 0)
		gv_sweep_temps(fd, older_than_s);
}

/* The directory's own time is near the server's present one whenever something was made
 * in it; a local clock may be wrong by days on NFS. */
bool gv_is_old_temp(int dirfd, const char *name, long older_than_s)
{
	struct stat dir, st;

	return gv_after_prefix(name, TEMP_PREFIX) && fstat(dirfd, &dir) == 0 &&
	       fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       !S_ISDIR(st.st_mode) && dir.st_mtime - st.st_mtime >= older_than_s;
}

void gv_sweep_temps(int dirfd, long older_than_s)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;

	if (gv_list_dir(dirfd, ".", &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++)
		if (gv_is_old_temp(dirfd, names.items[i], older_than_s))
			(void)unlinkat(dirfd, names.items[i],
				       0); /* another may have been faster */
}
