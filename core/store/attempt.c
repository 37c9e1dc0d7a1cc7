// SPDX-License-Identifier: Apache-2.0
#include "core/store/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/store/layout.h"

struct waiting {
	gv_lock_waiting *tell;
	void *arg;
	bool waited;
};

static void on_waiting(void *arg, const char *name)
{
	struct waiting *w = arg;

	w->waited = true;
	if (w->tell)
		w->tell(w->arg, name);
}

/* Another user's may not be written; and what has a second name is somebody's file, which
 * was linked here to be emptied. */
static void write_over(int fd, const char *said)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
#ifndef GV_WITHOUT_SECOND_NAME /* tests/controls: whatever is linked there */
	if (st.st_nlink != 1)
		return;
#endif
	/* When it fails, nobody learns from it. */
	(void)!ftruncate(fd, 0);
	(void)!pwrite(fd, said, strlen(said), 0);
}

/* How the one for whom we waited failed; 0: he did not, or was killed. */
static int take_over(int fd, struct gv_err *err)
{
	char said[sizeof(err->message)];
	ssize_t n = pread(fd, said, sizeof(said) - 1, 0);

	if (n <= 0)
		return 0;
	said[n] = '\0';
	return gv_err_set(err, -GV_EFAILED, "%s", said);
}

int gv_attempt_begin(struct gv_store *s, const char *what, long wait_ms,
		     gv_lock_waiting *waiting, void *arg, struct gv_attempt *ret,
		     struct gv_err *err)
{
	struct waiting w = {.tell = waiting, .arg = arg};
	struct gv_attempt a = GV_ATTEMPT_INIT;
	int r = 0;

#ifndef GV_WITHOUT_ATTEMPT /* tests/controls: everybody tries */
	r = gv_lock_take(&a.lock, s->root_fd, gv_attempt_path(s, what).s, wait_ms,
			 on_waiting, &w);
#endif
	if (r == -EWOULDBLOCK)
		return gv_err_set(err, -GV_EFAILED,
				  "another process is still at work on %s", what);
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r < 0)
		return gv_err_sys(err, r, "cannot lock %s", what);
	r = w.waited && a.lock.fd >= 0 ? take_over(a.lock.fd, err) : 0;
	if (r < 0) {
		gv_lock_drop(&a.lock);
		return r;
	}
	write_over(a.lock.fd, "");
	*ret = a;
	return 0;
}

void gv_attempt_end(struct gv_attempt *a, const struct gv_err *failed)
{
	if (failed)
		write_over(a->lock.fd, failed->message);
	gv_lock_drop(&a->lock);
}

int gv_attempt_age(const struct gv_store *s, const char *what, int64_t *ret)
{
	struct stat st;

	if (fstatat(s->root_fd, gv_attempt_path(s, what).s, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	*ret = time(NULL) - st.st_mtime;
	return 0;
}
