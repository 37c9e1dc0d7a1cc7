// SPDX-License-Identifier: Apache-2.0
#include "core/store/expire.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/store/generations.h"
#include "core/store/layout.h"

static struct gv_path name_of(uint64_t number)
{
	struct gv_path name;
	struct gv_text t = gv_text_in(name.s, sizeof(name.s));

	gv_text_format(&t, "%llu", (unsigned long long)number);
	return name;
}

/* By the clock of the file system, which is asked by touching the directory. */
static time_t now_of(int dirfd, bool dry)
{
	const struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
	struct stat st;

	if (dry || futimens(dirfd, now) < 0 || fstat(dirfd, &st) < 0)
		return time(NULL);
	return st.st_mtime;
}

/* Whether the one that replaced it is that old: until then it was in force.  A generation
 * is not touched after it was written. */
static bool left_long_ago(int dirfd, uint64_t next, time_t now)
{
	enum { GRACE_S = 60 * 60 };
	struct stat st;

#ifdef GV_WITHOUT_GRACE /* tests/controls: it was in force a moment ago */
	return true;
#endif
	return fstatat(dirfd, name_of(next).s, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now - st.st_mtime > GRACE_S;
}

static uint64_t size_of(int dirfd, uint64_t number)
{
	GV_CLEANUP(gv_close) int fd = gv_open_dir(dirfd, name_of(number).s);
	uint64_t bytes = 0;

	return fd >= 0 && gv_tree_bytes(fd, &bytes) == 0 ? bytes : 0;
}

static bool remove_one(const struct gv_store *s, int dirfd, uint64_t number)
{
	struct gv_path gone;

	if (gv_trash(s, dirfd, name_of(number).s, &gone) < 0)
		return false;
	(void)!gv_tree_remove(s->root_fd, gone.s); /* or with the rest of the trash */
	return true;
}

int gv_generation_expire(const struct gv_store *s, uint64_t keep, bool dry,
			 struct gv_expired *ret)
{
	GV_CLEANUP(gv_free_numbers) uint64_t *numbers = NULL;
	GV_CLEANUP(gv_close) int dirfd = -1;
	struct gv_expired gone = {0};
	uint64_t current = 0;
	size_t n = 0;
	time_t now;
	int r = gv_generation_list(s, &numbers, &n);

	if (r == 0)
		r = gv_generation_current(s, &current);
	if (r < 0 && r != -GV_EFORMAT)
		return r;
	*ret = gone;
	if (n <= 1 || n - 1 <= keep)
		return 0;
	dirfd = gv_open_dir(s->prefix_fd, "generations");
	if (dirfd < 0)
		return dirfd;
	now = now_of(dirfd, dry);
	for (size_t i = 0; i + 1 + keep < n; i++) {
		uint64_t bytes = size_of(dirfd, numbers[i]);

		if (numbers[i] == current || !left_long_ago(dirfd, numbers[i + 1], now) ||
		    (!dry && !remove_one(s, dirfd, numbers[i])))
			break;
		gone.n++;
		gone.bytes += bytes;
		gone.until = numbers[i];
	}
	*ret = gone;
	return 0;
}
