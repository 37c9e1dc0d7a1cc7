// SPDX-License-Identifier: Apache-2.0
#include "plugins/build/build.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/base/tree.h"

enum { PIECE = 8 << 20 };

struct copying {
	const char *from; /* for messages */
	int tree_fd;
	struct gv_err *err;
};

/* What a build makes, what version control keeps there, and what no module has: without
 * these a release's tree and its source are the same. */
static bool is_passed_over(const char *rel)
{
	static const char *const names[] = {"bin", "pkg", ".git", "VERSION.cache",
					    "api", "doc", "misc", "test"};

	for (size_t i = 0; i < GV_COUNT(names); i++)
		if (strcmp(rel, names[i]) == 0)
			return true;
	return false;
}

static int copy_file(const struct copying *c, int parentfd, const char *name,
		     const char *rel, const struct stat *st)
{
	GV_CLEANUP(gv_close)
	int from = openat(parentfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	GV_CLEANUP(gv_close)
	int to = openat(c->tree_fd, rel, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			0600 | (st->st_mode & 0100));
	ssize_t n;

	if (from < 0 || to < 0)
		return -errno;
	while ((n = sendfile(to, from, NULL, PIECE)) != 0)
		if (n < 0 && errno != EINTR)
			return -errno;
	return 0;
}

static int visit(void *arg, int parentfd, const char *name, const char *rel,
		 const struct stat *st)
{
	const struct copying *c = arg;
	int r = 0;

	if (gv_interrupted())
		return gv_err_set(c->err, -GV_EINTERRUPTED, "interrupted");
	if (is_passed_over(rel))
		return GV_TREE_SKIP;
	if (S_ISDIR(st->st_mode))
		r = mkdirat(c->tree_fd, rel, 0700) < 0 ? -errno : 0;
	else if (S_ISREG(st->st_mode))
		r = copy_file(c, parentfd, name, rel, st);
	else
		return gv_err_set(c->err, -GV_EVERIFY,
				  "'%s/%s' is neither a file nor a directory", c->from,
				  rel);
	return r < 0 ? gv_err_sys(c->err, r, "cannot copy '%s/%s'", c->from, rel) : 0;
}

int gv_build_copy(int from_fd, const char *from, int tree_fd, struct gv_err *err)
{
	struct copying c = {.from = from, .tree_fd = tree_fd};
	struct gv_err cause = GV_ERR_INIT;
	int r;

	c.err = &cause;
	r = gv_tree_walk(from_fd, visit, &c);
	if (r < 0 && !cause.code)
		return gv_err_sys(err, r, "cannot copy '%s'", from);
	if (r < 0)
		*err = cause;
	return r;
}
