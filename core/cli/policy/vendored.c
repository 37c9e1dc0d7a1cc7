// SPDX-License-Identifier: Apache-2.0
#include "core/cli/policy/vendored.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/tree.h"

struct comparison {
	int wanted, there;
	gv_vendored_found *found;
	void *arg;
};

/* As many bytes as there are, up to n. */
static ssize_t read_full(int fd, char *to, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = read(fd, to + got, n - got);

		if (r == 0)
			break;
		if (r < 0 && errno != EINTR)
			return -errno;
		if (r > 0)
			got += (size_t)r;
	}
	return (ssize_t)got;
}

/* 0: they are the same; the line that differs first; -errno. */
static int compare_bytes(int a, int b)
{
	char x[16 << 10], y[sizeof(x)];
	unsigned line = 1;

	for (;;) {
		ssize_t n = read_full(a, x, sizeof(x)), m = read_full(b, y, sizeof(y));
		ssize_t both = n < m ? n : m, i = 0;

		if (n < 0 || m < 0)
			return (int)(n < 0 ? n : m);
		for (; i < both && x[i] == y[i]; i++)
			line += x[i] == '\n';
		if (i < both || n != m)
			return (int)line;
		if (n == 0)
			return 0;
	}
}

static int on_wanted(void *arg, int parentfd, const char *name, const char *rel,
		     const struct stat *st)
{
	const struct comparison *c = arg;
	GV_CLEANUP(gv_close) int wanted = -1, there = -1;
	struct stat is;
	int r;

	if (gv_interrupted())
		return -GV_EINTERRUPTED;
	if (!S_ISREG(st->st_mode))
		return 0;
	there = openat(c->there, rel, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (there < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		c->found(c->arg, rel, 0, GV_VENDORED_MISSING);
		return 0;
	}
	if (there < 0 && errno != ELOOP)
		return -errno;
	if (there < 0 || fstat(there, &is) < 0 || !S_ISREG(is.st_mode)) {
		c->found(c->arg, rel, 0, GV_VENDORED_NO_FILE);
		return 0;
	}
	wanted = openat(parentfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (wanted < 0)
		return -errno;
	r = compare_bytes(wanted, there);
	if (r > 0)
		c->found(c->arg, rel, (unsigned)r, GV_VENDORED_OTHER);
	return r < 0 ? r : 0;
}

static int on_there(void *arg, int parentfd, const char *name, const char *rel,
		    const struct stat *st)
{
	const struct comparison *c = arg;
	struct stat wanted;

	(void)parentfd;
	(void)name;
	if (gv_interrupted())
		return -GV_EINTERRUPTED;
	if (S_ISDIR(st->st_mode) ||
	    fstatat(c->wanted, rel, &wanted, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	c->found(c->arg, rel, 0, GV_VENDORED_MORE);
	return 0;
}

int gv_vendored_compare(int wanted, int there, gv_vendored_found *found, void *arg)
{
#ifdef GV_WITHOUT_VENDORED /* tests/controls: whatever is vendored is right */
	return 0;
#endif
	struct comparison c = {
		.wanted = wanted, .there = there, .found = found, .arg = arg};
	int r = gv_tree_walk(wanted, on_wanted, &c);

	return r == 0 ? gv_tree_walk(there, on_there, &c) : r;
}
