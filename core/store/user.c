// SPDX-License-Identifier: Apache-2.0
/* Who uses a toolchain, as far as /proc of this machine tells. */
#include "core/store/store.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/store/layout.h"

/* Whether the link leads to `goroot` or below it.  EACCES (another user's process) and
 * processes that are gone say no. */
static bool leads_into(int dirfd, const char *link, const char *goroot)
{
	char target[PATH_MAX];
	const char *rest;

	if (gv_read_link(dirfd, link, target, sizeof(target)) < 0)
		return false;
	rest = gv_after_prefix(target, goroot);
	return rest && (*rest == '\0' || *rest == '/');
}

/* Go's programs are static and read their files through fds, so that the mapped files
 * (/proc/PID/maps) would add nothing. */
static bool uses(int process, const char *goroot)
{
	GV_CLEANUP(gv_list_release) struct gv_list fds = GV_LIST_INIT;
	GV_CLEANUP(gv_close) int dir = -1;

	if (leads_into(process, "exe", goroot) || leads_into(process, "cwd", goroot))
		return true;
	dir = gv_open_dir(process, "fd");
	if (dir < 0 || gv_list_dir(dir, ".", &fds) < 0)
		return false;
	for (size_t i = 0; i < fds.n; i++)
		if (leads_into(dir, fds.items[i], goroot))
			return true;
	return false;
}

static void comm_of(int process, char *ret, size_t cap)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf comm = GV_BUF_INIT(64);
	struct gv_text t = gv_text_in(ret, cap);

	if (gv_read_file(process, "comm", &comm) < 0 || comm.len == 0)
		gv_text_add(&t, "?");
	else
		gv_text_add_visible(&t, comm.data, comm.len - 1); /* less its newline */
}

/* The path that /proc would show for it: the real one. */
static int goroot_of(const struct gv_store *s, const char *name, char *ret, size_t cap)
{
	struct gv_err unused = GV_ERR_INIT;
	GV_CLEANUP(gv_close) int fd = gv_store_open_toolchain(s, name, &unused);
	char link[64];
	struct gv_text t = gv_text_in(link, sizeof(link));

	if (fd < 0)
		return fd;
	gv_text_format(&t, "/proc/self/fd/%d", fd);
	return gv_read_link(AT_FDCWD, link, ret, cap);
}

int gv_store_user(const struct gv_store *s, const char *name, char *ret_comm, size_t cap)
{
	GV_CLEANUP(gv_list_release) struct gv_list processes = GV_LIST_INIT;
	GV_CLEANUP(gv_close) int proc = gv_open_dir(AT_FDCWD, "/proc");
	char goroot[PATH_MAX];

	if (proc < 0 || goroot_of(s, name, goroot, sizeof(goroot)) < 0 ||
	    gv_list_dir(proc, ".", &processes) < 0)
		return 0;
	for (size_t i = 0; i < processes.n; i++) {
		const char *number = processes.items[i];
		GV_CLEANUP(gv_close) int process = -1;
		uint64_t pid;

		if (gv_num_parse(number, strlen(number), INT_MAX, &pid) < 0 ||
		    (pid_t)pid == getpid())
			continue;
		process = gv_open_dir(proc, number);
		if (process < 0 || !uses(process, goroot))
			continue;
		comm_of(process, ret_comm, cap);
		return (int)pid;
	}
	return 0;
}
