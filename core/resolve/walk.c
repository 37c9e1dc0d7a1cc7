// SPDX-License-Identifier: Apache-2.0
#include "core/resolve/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/nolinks.h"
#include "core/base/text.h"

enum {
	DIR_FLAGS = O_PATH | O_DIRECTORY | O_CLOEXEC,
	FILE_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
};

/* A longer chain of ".." is shortened by opening the directory it leads to: each link of
 * it costs, and 2,000 levels would cost 2,000 times that. */
enum { UPS = sizeof(GV_WALK_UPS) - 1, UP_MAX = UPS / 3 };

static bool same_directory(const char *a, int fd)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && fstatat(fd, "", &sb, AT_EMPTY_PATH) == 0 &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

static void set_path(struct gv_walk *w, size_t len)
{
	while (len && w->path[len - 1] == '/')
		len--;
	w->path[len] = '\0';
	w->len = len;
	w->named = true;
}

/* w->path + "/" + dir, "." and ".." taken out as a shell's cd does it. */
static bool join(struct gv_walk *w, const char *dir)
{
	size_t len = *dir == '/' ? 0 : w->len;

	if (*dir != '/' && !w->named)
		return false;
	while (*dir) {
		size_t n;

		dir += strspn(dir, "/");
		n = strcspn(dir, "/");
		if (n == 2 && dir[0] == '.' && dir[1] == '.') {
			while (len && w->path[--len] != '/')
				;
		} else if (n && !(n == 1 && dir[0] == '.')) {
			if (len + 1 + n >= PATH_MAX)
				return false;
			w->path[len++] = '/';
			memcpy(w->path + len, dir, n);
			len += n;
		}
		dir += n;
	}
	w->path[len] = '\0';
	w->len = len;
	return true;
}

/* The path of an open directory as the kernel knows it. */
static bool ask_kernel(struct gv_walk *w)
{
	char link[40];
	struct gv_text t = gv_text_in(link, sizeof(link));
	ssize_t n;

	if (w->fd == AT_FDCWD)
		gv_text_add(&t, "/proc/self/cwd");
	else
		gv_text_format(&t, "/proc/self/fd/%d", w->fd);
	n = readlink(link, w->path, PATH_MAX);
	if (n <= 0 || n >= PATH_MAX || w->path[0] != '/')
		return false;
	w->path[n] = '\0';
	return true;
}

/* Where the walk stands, by the kernel and by $PWD.  Once. */
static void ask(struct gv_walk *w)
{
	const char *pwd = w->pwd;
	long n;
	int error;

	if (w->asked)
		return;
	w->asked = true;
	/* Not getcwd(3): in glibc that begins to list directories, on the heap, when the
	 * path is longer than the kernel can say. */
	n = syscall(SYS_getcwd, w->path, PATH_MAX);
	error = n < 0 ? errno : 0;
	if (n > 1 && w->path[0] == '/')
		set_path(w, (size_t)n - 1);
	if (error != ENOENT && pwd && gv_path_is_clean(pwd) && strlen(pwd) < PATH_MAX &&
	    !(w->named && strcmp(w->len ? w->path : "/", pwd) == 0) &&
	    same_directory(pwd, AT_FDCWD)) {
		memcpy(w->path, pwd, strlen(pwd) + 1);
		set_path(w, strlen(pwd));
		w->logical = true;
	}
	w->deleted = error == ENOENT || error == ESTALE;
}

void gv_walk_start(struct gv_walk *w, const char *pwd, char buf[GV_WALK_BUF])
{
	*w = (struct gv_walk){.path = buf, .fd = AT_FDCWD, .pwd = pwd};
}

void gv_walk_change(struct gv_walk *w, const char *dir)
{
	int fd = open(dir, DIR_FLAGS);

	if (fd < 0)
		return; /* Go will say so */
	ask(w);
	w->fd = fd;
	w->deleted = false;
	w->logical = join(w, dir) && same_directory(w->len ? w->path : "/", fd);
	w->named = w->logical;
	if (!w->named && ask_kernel(w))
		set_path(w, strlen(w->path));
}

bool gv_walk_is_nowhere(struct gv_walk *w)
{
	ask(w);
	return w->deleted;
}

int gv_walk_start_at(struct gv_walk *w, const char *dir, char buf[GV_WALK_BUF])
{
	size_t n = strlen(dir);

	*w = (struct gv_walk){
		.path = buf, .fd = AT_FDCWD, .absolute = true, .asked = true};
	if (*dir != '/')
		return -EINVAL;
	if (n >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(buf, dir, n + 1);
	set_path(w, n);
	return 0;
}

static const char *compose(struct gv_walk *w, const char *name)
{
	struct gv_text t = {.at = w->path, .cap = GV_WALK_BUF, .len = w->len};

	gv_text_add(&t, "/");
	gv_text_add(&t, name + UPS);
	return w->path;
}

/* Where the file is: relative to *ret_fd. */
static const char *locate(struct gv_walk *w, const char *name, int *ret_fd)
{
	*ret_fd = w->fd;
	return w->absolute ? compose(w, name) : name + 3 * (UP_MAX - w->up);
}

static int try_open(struct gv_walk *w, const char *name)
{
	struct stat st;
	int dirfd, fd;
	const char *path = locate(w, name, &dirfd);

	/* Above the first level there mostly is nothing, and to be told so by stat costs
	 * half of what it costs by open: that prepares an open file first. */
	if (w->depth && fstatat(dirfd, path, &st, 0) < 0)
		return -errno;
	fd = gv_open_nolinks(dirfd, path, FILE_FLAGS);
	w->plain = fd >= 0;
	if (fd >= 0 || fd == -ENOENT)
		return fd;
	fd = openat(dirfd, path, FILE_FLAGS);
	return fd < 0 ? -errno : fd;
}

/* After EACCES: whether the file is there and only its content is denied. */
static bool is_there(struct gv_walk *w, const char *name)
{
	struct stat st;
	int dirfd;
	const char *path = locate(w, name, &dirfd);

	return fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int gv_walk_open(struct gv_walk *w, const char *name)
{
	int fd = try_open(w, name);

	if (fd == -EACCES && w->named && !w->absolute && w->up) {
		/* some directory between may not be searched: its own ".." neither, but
		 * those above it by their path */
		w->absolute = true;
		fd = try_open(w, name);
	}
	switch (fd) {
	case -EACCES:
	case -EPERM:
		return is_there(w, name) ? fd : -ENOENT;
	case -ENOTDIR:
	case -ENAMETOOLONG:
	case -ESTALE:
		return -ENOENT;
	default:
		return fd;
	}
}

const char *gv_walk_path(struct gv_walk *w, const char *name)
{
	struct gv_text t;

	ask(w);
	if (w->named)
		return compose(w, name);
	if (ask_kernel(w)) {
		w->len = strlen(w->path);
		return compose(w, name);
	}
	t = gv_text_in(w->path, GV_WALK_BUF);
	for (unsigned i = 0; i < w->depth; i++)
		gv_text_add(&t, "../");
	if (t.len + strlen(name + UPS) >= PATH_MAX)
		t = gv_text_in(w->path, GV_WALK_BUF);
	gv_text_add(&t, name + UPS);
	return w->path;
}

static void set_fd(struct gv_walk *w, int fd)
{
	gv_walk_end(w);
	w->fd = fd;
	w->up = 0;
}

/* Without a path only ".." itself tells where the top is: there it leads nowhere. */
static bool up_unnamed(struct gv_walk *w)
{
	struct stat here, above;
	int fd = openat(w->fd, "..", DIR_FLAGS);

	if (fd < 0)
		return false;
	if (fstatat(w->fd, "", &here, AT_EMPTY_PATH) < 0 || fstat(fd, &above) < 0 ||
	    (here.st_dev == above.st_dev && here.st_ino == above.st_ino)) {
		close(fd);
		return false;
	}
	set_fd(w, fd);
	return true;
}

bool gv_walk_up(struct gv_walk *w)
{
	int fd;

	w->depth++;
	ask(w);
	if (w->deleted)
		return false;
	if (!w->named)
		return up_unnamed(w);
	if (w->len == 0)
		return false;
	while (w->path[--w->len] != '/')
		;
	if (w->logical)
		w->absolute = true;
	if (w->absolute || ++w->up < UP_MAX)
		return true;
	fd = openat(w->fd, GV_WALK_UPS, DIR_FLAGS);
	if (fd < 0)
		w->absolute = true;
	else
		set_fd(w, fd);
	return true;
}

void gv_walk_end(struct gv_walk *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = AT_FDCWD;
}
