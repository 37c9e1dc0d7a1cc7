// SPDX-License-Identifier: Apache-2.0
#include "core/cli/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"

/* What the path leads to; *ret_real NULL and 1: nothing is there. */
static int look(const char *path, char **ret_real, struct stat *ret_st,
		struct gv_err *err)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 1;
		return gv_err_sys(err, -errno, "cannot look at '%s'", path);
	}
	*ret_real = realpath(path, NULL);
	if (!*ret_real || stat(*ret_real, ret_st) < 0)
		return gv_err_sys(err, -errno, "'%s' is a link that cannot be followed",
				  path);
	/* Who may put a link there would have root write what he may not. */
	if (geteuid() == 0 && st.st_uid != 0 && st.st_uid != ret_st->st_uid)
		return gv_err_set(err, -GV_EFAILED,
				  "'%s' leads to a file of somebody else", path);
	if (!S_ISREG(ret_st->st_mode))
		return gv_err_set(err, -GV_EFAILED, "'%s' is not a regular file", path);
	return 0;
}

int gv_user_file_load(const char *path, struct gv_buf *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *real = NULL;
	struct stat st;
	int r = look(path, &real, &st, err);

	if (r != 0)
		return r;
	r = gv_read_file(AT_FDCWD, real, ret);
	return r < 0 ? gv_err_sys(err, r, "cannot read '%s'", path) : 0;
}

/* The hint of gv_err_sys() speaks of a store, which this is not. */
static int cannot_write(const char *path, int r, struct gv_err *err)
{
	gv_err_sys(err, r, "cannot write '%s'", path);
	if (r == -EACCES || r == -EPERM)
		return gv_err_hint(err, "run it as the owner of that directory");
	return r == -EROFS ? gv_err_hint(err, "that file system is read-only") : r;
}

int gv_user_file_save(const char *path, const char *data, size_t n, struct gv_err *err)
{
	enum { SWEEP_AFTER_S = 60 * 60 };
	GV_CLEANUP(gv_free_str) char *real = NULL;
	struct stat st;
	int r = look(path, &real, &st, err);

	if (r < 0)
		return r;
	/* Replacing it would make it ours. */
	if (real && st.st_uid != geteuid() && geteuid() != 0)
		return gv_err_set(err, -GV_EFAILED, "'%s' belongs to somebody else",
				  path);
#ifdef GV_WITHOUT_RC_LINK /* tests/controls: a file in place of the link */
	return gv_save_file(AT_FDCWD, path, data, n, 0644);
#endif
	r = real ? gv_save_over(AT_FDCWD, real, data, n, &st)
		 : gv_save_file(AT_FDCWD, path, data, n, 0644);
	if (r < 0)
		return cannot_write(path, r, err);
	/* What a command that was killed here left beside it. */
	gv_sweep_beside(AT_FDCWD, real ? real : path, SWEEP_AFTER_S);
	return 0;
}

int gv_user_file_sync(const char *path, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *real = NULL;
	struct stat st;
	int r = look(path, &real, &st, err);

	if (r < 0)
		return r;
	r = gv_sync_parent(AT_FDCWD, r == 1 ? path : real);
	return r < 0 && r != -ENOENT ? cannot_write(path, r, err) : 0;
}
