// SPDX-License-Identifier: Apache-2.0
#include "core/base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/mount.h"

enum { POLL_MS = 50 };

/* Whether a failure says "there are no locks here" rather than "not now". */
static bool no_locks_here(int error)
{
	return error == ENOLCK || error == EOPNOTSUPP || error == ENOSYS ||
	       error == EROFS || error == EBADF; /* NFS, of an fd for reading */
}

/* An NFS mount whose locks no other machine sees (nfs(5): nolock, local_lock). */
static bool of_this_machine_only(int fd)
{
	enum { MOUNTINFO_MAX = 4 << 20 };
	static const char *const options[] = {"nolock", "local_lock=all",
					      "local_lock=flock", NULL};
	GV_CLEANUP(gv_buf_release) struct gv_buf mounts = GV_BUF_INIT(MOUNTINFO_MAX);
	GV_CLEANUP(gv_close) int mountinfo = -1;
	struct stat st;

	if (!gv_on_nfs(fd) || fstat(fd, &st) < 0)
		return false;
	mountinfo = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	return mountinfo >= 0 && gv_read_fd(mountinfo, &mounts) == 0 && mounts.data &&
	       gv_mount_has_option(mounts.data, mounts.len, st.st_dev, options);
}

/* Whether the name still leads to the file that is locked: somebody may have removed the
 * whole directory and made it again, against the rules. */
static bool still_named(int fd, int dirfd, const char *name)
{
	struct stat ours, named;

	return fstat(fd, &ours) == 0 && fstatat(dirfd, name, &named, 0) == 0 &&
	       ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

/* Where a group shares the directory, its members share the lock (NFS wants it opened for
 * writing), whatever the umask of who made it. */
static void open_to_group(int fd, int dirfd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() && !(st.st_mode & S_IWGRP) &&
	    gv_group_shares(dirfd, name))
		(void)!fchmod(fd, 0664); /* then they go on without it */
}

static int open_lock(int dirfd, const char *name)
{
	/* Non-blocking: somebody may have put a FIFO there. */
	const int flags = O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
	int fd = openat(dirfd, name, O_RDWR | O_CREAT | flags, 0666);

	/* Somebody else's: local file systems lock what is open for reading, too. */
	if (fd < 0 && errno == EACCES)
		fd = openat(dirfd, name, O_RDONLY | flags);
	return fd;
}

static void sleep_ms(long ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	(void)nanosleep(&t, NULL); /* woken early is fine */
}

int gv_lock_take(struct gv_lock *l, int dirfd, const char *name, long wait_ms,
		 gv_lock_waiting *waiting, void *arg)
{
	int64_t deadline = gv_clock_ms() + wait_ms;
	bool told = false;

	l->fd = -1;
#ifdef GV_WITHOUT_LOCK /* tests/controls: as where there are none */
	return 1;
#endif
	for (;;) {
		int fd = open_lock(dirfd, name);

		if (fd < 0)
			return no_locks_here(errno) ? 1 : -errno;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			if (still_named(fd, dirfd, name)) {
				open_to_group(fd, dirfd, name);
				l->fd = fd;
				return of_this_machine_only(fd) ? 1 : 0;
			}
		} else if (no_locks_here(errno)) {
			(void)close(fd);
			return 1;
		} else if (errno != EWOULDBLOCK && errno != EINTR) {
			int error = errno;

			(void)close(fd);
			return -error;
		}
		(void)close(fd);
		if (gv_interrupted())
			return -GV_EINTERRUPTED;
		if (gv_clock_ms() >= deadline)
			return -EWOULDBLOCK;
		if (!told && waiting)
			waiting(arg, name);
		told = true;
		sleep_ms(POLL_MS);
	}
}

void gv_lock_drop(struct gv_lock *l)
{
	if (!l || l->fd < 0)
		return;
	(void)close(l->fd); /* the kernel frees the lock with it */
	l->fd = -1;
}

bool gv_lock_is_held(int dirfd, const char *name)
{
	int fd = openat(dirfd, name,
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;

	if (fd >= 0)
		(void)close(fd);
	return held;
}

bool gv_lock_works(int fd)
{
	int r = flock(fd, LOCK_SH | LOCK_NB);

#ifdef GV_WITHOUT_LOCK /* tests/controls: as where there are none */
	return false;
#endif
	if (r < 0 && errno != EWOULDBLOCK && errno != EINTR)
		return false;
	if (r == 0)
		(void)flock(fd, LOCK_UN);
	return !of_this_machine_only(fd);
}
