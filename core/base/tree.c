// SPDX-License-Identifier: Apache-2.0
#include "core/base/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"

enum { DEPTH_MAX = 512, PATH_BYTES = 4096 };

/* -- walking ------------------------------------------------------------------------- */

struct walk {
	gv_tree_visit *visit;
	gv_tree_visit *leave; /* after what a directory holds; or NULL */
	void *arg;
	char rel[PATH_BYTES];
	bool open_up; /* give ourselves the right to empty a directory */
};

static int walk_dir(struct walk *w, int fd, size_t rel_len, unsigned depth);

static int walk_entry(struct walk *w, int parentfd, const char *name, size_t rel_len,
		      unsigned depth)
{
	size_t n = strlen(name);
	struct stat st;
	int fd, r;

	if (rel_len + n + 2 > sizeof(w->rel))
		return -ENAMETOOLONG;
	if (rel_len)
		w->rel[rel_len++] = '/';
	memcpy(w->rel + rel_len, name, n + 1);
	rel_len += n;
	if (fstatat(parentfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	r = w->visit ? w->visit(w->arg, parentfd, name, w->rel, &st) : GV_TREE_ON;
	if (r < 0 || !S_ISDIR(st.st_mode) || r == GV_TREE_SKIP)
		return r < 0 ? r : 0;
	if (w->open_up && (st.st_mode & S_IRWXU) != S_IRWXU)
		(void)!fchmodat(parentfd, name, (st.st_mode | S_IRWXU) & 07777, 0);
	fd = openat(parentfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = walk_dir(w, fd, rel_len, depth + 1);
	w->rel[rel_len] = '\0';
	if (r == 0 && w->leave)
		r = w->leave(w->arg, parentfd, name, w->rel, &st);
	return r;
}

/* Takes fd over. */
static int walk_dir(struct walk *w, int fd, size_t rel_len, unsigned depth)
{
	struct dirent *e;
	int r = 0;
	DIR *d;

	d = depth < DEPTH_MAX ? fdopendir(fd) : NULL;
	if (!d) {
		r = depth < DEPTH_MAX ? -errno : -ENAMETOOLONG;
		gv_close(&fd);
		return r;
	}
	while (r == 0 && (errno = 0, e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = walk_entry(w, dirfd(d), e->d_name, rel_len, depth);
	if (r == 0 && errno)
		r = -errno;
	(void)closedir(d); /* read only */
	return r;
}

static int walk_from(struct walk *w, int treefd)
{
	int fd = openat(treefd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : walk_dir(w, fd, 0, 0);
}

int gv_tree_walk(int treefd, gv_tree_visit *visit, void *arg)
{
	struct walk w = {.visit = visit, .arg = arg};

	return walk_from(&w, treefd);
}

static int add_bytes(void *arg, int parentfd, const char *name, const char *rel,
		     const struct stat *st)
{
	(void)parentfd, (void)name, (void)rel;
	if (S_ISREG(st->st_mode))
		*(uint64_t *)arg += (uint64_t)st->st_size;
	return GV_TREE_ON;
}

int gv_tree_bytes(int treefd, uint64_t *ret)
{
	uint64_t sum = 0;
	int r = gv_tree_walk(treefd, add_bytes, &sum);

	if (r == 0)
		*ret = sum;
	return r;
}

/* -- removing ------------------------------------------------------------------------ */

static int remove_file(void *arg, int parentfd, const char *name, const char *rel,
		       const struct stat *st)
{
	bool *busy = arg;

	(void)rel;
	if (S_ISDIR(st->st_mode))
		return GV_TREE_ON;
	/* The NFS client's name for a file that was removed while open. */
	if (gv_after_prefix(name, ".nfs")) {
		*busy = true;
		return GV_TREE_ON;
	}
	if (unlinkat(parentfd, name, 0) < 0 && errno != ENOENT)
		return -errno;
	return GV_TREE_ON;
}

static int remove_dir(void *arg, int parentfd, const char *name, const char *rel,
		      const struct stat *st)
{
	bool *busy = arg;

	(void)rel, (void)st;
	if (unlinkat(parentfd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	/* Not empty: a .nfs file is left, or one was added or overlooked while entries
	 * went. */
	if (errno != ENOTEMPTY && errno != EEXIST)
		return -errno;
	*busy = true;
	return 0;
}

int gv_tree_remove(int dirfd, const char *path)
{
	/* Removing while reading may hide entries on some file systems: look again, while
	 * that helps. */
	for (int turn = 0; turn < 3; turn++) {
		bool busy = false;
		struct walk w = {
			.visit = remove_file,
			.leave = remove_dir,
			.arg = &busy,
			.open_up = true,
		};
		int r = walk_entry(&w, dirfd, path, 0, 0);

		if (r == -ENOENT)
			return 0;
		if (r < 0 || !busy)
			return r;
	}
	return -EBUSY;
}

/* -- syncing ------------------------------------------------------------------------- */

static int sync_one(int parentfd, const char *name, int flags)
{
	GV_CLEANUP(gv_close)
	int fd = openat(parentfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | flags);

	if (fd < 0)
		return -errno;
	if (flags & O_DIRECTORY)
		return gv_sync_dir(fd);
	return fsync(fd) < 0 ? -errno : 0;
}

static int sync_file(void *arg, int parentfd, const char *name, const char *rel,
		     const struct stat *st)
{
	(void)arg, (void)rel;
	return S_ISREG(st->st_mode) ? sync_one(parentfd, name, O_NONBLOCK) : GV_TREE_ON;
}

static int sync_directory(void *arg, int parentfd, const char *name, const char *rel,
			  const struct stat *st)
{
	(void)arg, (void)rel, (void)st;
	return sync_one(parentfd, name, O_DIRECTORY);
}

int gv_tree_sync(int treefd)
{
	struct walk w = {.visit = sync_file, .leave = sync_directory};
	int r;

#ifdef GV_WITHOUT_TREE_SYNC /* tests/controls: names of a toolchain, and no bytes */
	return 0;
#endif
	/* One syncfs costs 0.2 s for a toolchain, an fsync of each file 5 s; it reports
	 * write-back errors since Linux 5.8.  On NFS only fsync and close do. */
	if (!gv_on_nfs(treefd) && syncfs(treefd) == 0)
		return 0;
	r = walk_from(&w, treefd);
	return r < 0 ? r : gv_sync_dir(treefd);
}
