// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

void gv_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(
			*fd); /* nothing was written through an fd that is closed so */
	*fd = -1;
	errno = saved;
}

int gv_nonce(char ret[GV_NONCE_LEN])
{
	unsigned char random[(GV_NONCE_LEN - 1) / 2];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -errno;
	for (size_t i = 0; i < sizeof(random); i++) {
		ret[2 * i] = "0123456789abcdef"[random[i] >> 4];
		ret[2 * i + 1] = "0123456789abcdef"[random[i] & 15];
	}
	ret[GV_NONCE_LEN - 1] = '\0';
	return 0;
}

int gv_open_dir(int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int gv_read_fd(int fd, struct gv_buf *ret)
{
	size_t chunk = 4096;

	for (;;) {
		size_t room = ret->max ? ret->max - ret->len : chunk;
		ssize_t n;
		int r;

		if (room > chunk)
			room = chunk;
		/* At the limit one byte more tells whether there is more. */
		if (room == 0) {
			char over;

			n = read(fd, &over, 1);
			if (n < 0 && errno == EINTR)
				continue;
			return n < 0 ? -errno : n > 0 ? -EFBIG : 0;
		}
		r = gv_buf_reserve(ret, room);
		if (r < 0)
			return r;
		n = read(fd, ret->data + ret->len, room);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		ret->len += (size_t)n;
		ret->data[ret->len] = '\0';
		if (n == 0)
			return 0;
		if (chunk < 1u << 20)
			chunk *= 2;
	}
}

static int read_named(int dirfd, const char *path, struct gv_buf *ret)
{
	/* Non-blocking: a FIFO without a writer must not hang us; O_NOCTTY: nor a
	 * terminal adopt us. */
	GV_CLEANUP(gv_close)
	int fd = openat(dirfd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (ret->max && st.st_size > 0 && (size_t)st.st_size > ret->max - ret->len)
		return -EFBIG;
	return gv_read_fd(fd, ret);
}

int gv_read_file(int dirfd, const char *path, struct gv_buf *ret)
{
	size_t had = ret->len;
	int r = read_named(dirfd, path, ret);

	if (r != -ESTALE)
		return r;
	ret->len = had;
	if (ret->data)
		ret->data[had] = '\0';
	return read_named(dirfd, path, ret);
}

int gv_write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

int gv_read_link(int dirfd, const char *path, char *ret, size_t cap)
{
	ssize_t n = readlinkat(dirfd, path, ret, cap);

	if (n < 0)
		return -errno;
	if ((size_t)n >= cap)
		return -ENAMETOOLONG;
	ret[n] = '\0';
	return (int)n;
}

int gv_sync_dir(int dirfd)
{
#ifdef GV_WITHOUT_DIR_SYNC /* tests/controls: bytes on the disk, and no name */
	return dirfd < 0 ? -EBADF : 0;
#endif
	/* Some file systems cannot sync a directory and say EINVAL; they have nothing to.
	 */
	return fsync(dirfd) < 0 && errno != EINVAL ? -errno : 0;
}

int gv_make_dir(int dirfd, const char *path, mode_t mode)
{
	mode_t exact = mode & 07777;

	if (mkdirat(dirfd, path, exact) < 0)
		return -errno;
	if (!(mode & GV_MODE_EXACT))
		return 0;
	if (gv_group_shares(dirfd, path))
		exact |= S_ISGID | (exact & S_IRWXU) >> 3;
	return fchmodat(dirfd, path, exact, 0) < 0 ? -errno : 0;
}

int gv_make_dirs(int dirfd, const char *path, mode_t mode)
{
	char buf[4096];
	size_t n = strlen(path);
	int r;

	if (n == 0 || n >= sizeof(buf))
		return n ? -ENAMETOOLONG : -ENOENT;
	memcpy(buf, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		char kept = buf[i];
		struct stat st;

		if (kept != '/' && kept != '\0')
			continue;
		buf[i] = '\0';
		r = gv_make_dir(dirfd, buf, mode);
		if (r == 0)
			r = gv_sync_parent(dirfd, buf);
		/* Above what is ours a directory may be there and refuse mkdir. */
		else if (r == -EEXIST ||
			 (fstatat(dirfd, buf, &st, 0) == 0 && S_ISDIR(st.st_mode)))
			r = 0;
		if (r < 0)
			return r;
		buf[i] = kept;
	}
	/* What is there may be something else. */
	r = gv_open_dir(dirfd, path);
	if (r < 0)
		return r;
	gv_close(&r);
	return 0;
}

int gv_list_dir(int dirfd, const char *path, struct gv_list *ret)
{
	int fd = gv_open_dir(dirfd, path);
	struct dirent *e;
	DIR *d;
	int r = 0;

	if (fd < 0)
		return fd;
	d = fdopendir(fd);
	if (!d) {
		r = -errno;
		gv_close(&fd);
		return r;
	}
	while (r == 0 && (errno = 0, e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = gv_list_add(ret, e->d_name);
	if (r == 0 && errno)
		r = -errno;
	(void)closedir(d); /* read only */
	return r;
}

bool gv_on_nfs(int fd)
{
	enum { NFS_MAGIC = 0x6969 }; /* linux/magic.h: NFS_SUPER_MAGIC */
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == NFS_MAGIC;
}
