// SPDX-License-Identifier: Apache-2.0
/*
 * Files, relative to a directory fd (AT_FDCWD with an absolute path is fine).  Not for
 * the shim, which opens its few files itself.
 *
 * Every fd is O_CLOEXEC from birth.  gv_save_file() and gv_save_link() are the one way in
 * which this project replaces a file or a link: a temporary name beside it, all bytes, an
 * fsync, a rename, an fsync of the directory.  Whoever reads sees the old content or the
 * new one; when the call returned 0, the new one survives a loss of power.  Nobody else
 * writes their own.
 *
 * Temporary names start with ".tmp-govern-"; gv_sweep_temps() removes those that a killed
 * process left.
 */
#ifndef GV_BASE_FILE_H
#define GV_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/attr.h"
#include "core/base/buf.h"

/* For GV_CLEANUP(gv_close) int fd: closes an fd that is not negative, keeps errno. */
void gv_close(int *fd);

/* 16 random hexadecimal digits and a NUL. */
#define GV_NONCE_LEN 17
int gv_nonce(char ret[GV_NONCE_LEN]) GV_MUST;

int gv_open_dir(int dirfd, const char *path)
	GV_MUST GV_NONNULL(2); /* the fd, or -errno */

/* Reads a whole regular file, at most ret->max bytes (-EFBIG).  Never blocks on a FIFO or
 * a device: whatever is not a regular file is -EINVAL (a directory -EISDIR).  One that
 * another machine replaces meanwhile is read from its beginning again (ESTALE, NFS). */
int gv_read_file(int dirfd, const char *path, struct gv_buf *ret)
	GV_MUST GV_NONNULL(2, 3);
int gv_read_fd(int fd, struct gv_buf *ret) GV_MUST GV_NONNULL(2); /* to the end */

int gv_write_all(int fd, const void *data, size_t n) GV_MUST;

/*
 * Added to a `mode`: the umask does not count.  For what lies in a store, where the mode
 * of the store's own directory says who comes in.
 */
#define GV_MODE_EXACT ((mode_t)1 << 20)

/* `path` may have directories in it; they must exist. */
int gv_save_file(int dirfd, const char *path, const void *data, size_t n, mode_t mode)
	GV_MUST GV_NONNULL(2);
/* As gv_save_file(), in the place of a file whose owner and mode it gets. */
int gv_save_over(int dirfd, const char *path, const void *data, size_t n,
		 const struct stat *old) GV_MUST GV_NONNULL(2, 5);
int gv_save_link(int dirfd, const char *path, const char *target)
	GV_MUST GV_NONNULL(2, 3);
/* As gv_save_file(), the content being that of an open file, from its beginning. */
int gv_save_copy(int dirfd, const char *path, int from, mode_t mode)
	GV_MUST GV_NONNULL(2);

/* As gv_save_file(), of content that `fill` writes to the fd piece by piece; a
 * negative answer of it is returned, and `path` is as it was.  For much content: until
 * it is whole it has no name, where the file system can do that (not NFS), so that a
 * kill leaves nothing. */
typedef int gv_save_fill(int fd, void *arg);
int gv_save_filled(int dirfd, const char *path, gv_save_fill *fill, void *arg,
		   mode_t mode) GV_MUST GV_NONNULL(2, 3);

/* readlinkat(2) with a NUL; -ENAMETOOLONG when it does not fit.  Returns the length. */
int gv_read_link(int dirfd, const char *path, char *ret, size_t cap)
	GV_MUST GV_NONNULL(2, 3);

/*
 * mkdir.  With GV_MODE_EXACT, in a directory that a group shares (gv_group_shares()), the
 * group gets the owner's rights in the new one.
 */
int gv_make_dir(int dirfd, const char *path, mode_t mode) GV_MUST GV_NONNULL(2);

/* Whether the directory that holds `path` is one in which a group works together: set-gid
 * and writable by the group, and not by everybody. */
bool gv_group_shares(int dirfd, const char *path) GV_NONNULL(2);

/* mkdir -p; each directory it makes is made durable. */
int gv_make_dirs(int dirfd, const char *path, mode_t mode) GV_MUST GV_NONNULL(2);

/* fsync of a directory fd, or of the directory that holds `path`. */
int gv_sync_dir(int dirfd) GV_MUST;
int gv_sync_parent(int dirfd, const char *path) GV_MUST GV_NONNULL(2);

/* rename(2), then an fsync of both directories that are concerned. */
int gv_rename_durably(int from_dir, const char *from, int to_dir, const char *to)
	GV_MUST GV_NONNULL(2, 4);

/* Two names change hands in one step (renameat2(2), RENAME_EXCHANGE), where the kernel
 * and the file system can: -EINVAL and -ENOSYS where not, as on NFS.  Not durable by
 * itself. */
int gv_exchange(int a_dir, const char *a, int b_dir, const char *b)
	GV_MUST GV_NONNULL(2, 4);

/* unlink(2), then an fsync of the directory; also when it is gone (-ENOENT): who removed
 * it may have been killed before that was durable. */
int gv_remove_durably(int dirfd, const char *path) GV_MUST GV_NONNULL(2);

/* Whether it is a ".tmp-govern-*" (file, link) that has not changed for so many seconds
 * by the file system's own clock: whoever made it is dead. */
bool gv_is_old_temp(int dirfd, const char *name, long older_than_s) GV_NONNULL(2);
/* Removes those from the directory, or from the one that holds `path`.  Errors are not
 * worth reporting. */
void gv_sweep_temps(int dirfd, long older_than_s);
void gv_sweep_beside(int dirfd, const char *path, long older_than_s) GV_NONNULL(2);

/* Names in a directory, "." and ".." left out, unsorted.  -errno. */
int gv_list_dir(int dirfd, const char *path, struct gv_list *ret)
	GV_MUST GV_NONNULL(2, 3);

bool gv_on_nfs(int fd);

#endif
