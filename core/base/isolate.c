// SPDX-License-Identifier: Apache-2.0
#include "core/base/isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"

static int put(const char *path, const char *text, size_t n)
{
	GV_CLEANUP(gv_close) int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, text, n) == (ssize_t)n ? 0 : -errno;
}

/* As whom it was before: "nobody" could not make a file. */
static int keep_id(const char *path, unsigned id)
{
	char line[32];
	struct gv_text t = gv_text_in(line, sizeof(line));

	gv_text_format(&t, "%u %u 1\n", id, id);
	return put(path, line, t.len);
}

int gv_isolate_network(void)
{
	unsigned uid = geteuid(), gid = getegid();
	int r;

	if (unshare(CLONE_NEWNET) == 0)
		return 0;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return -errno;
	/* Before Linux 3.19 there is no such file, and none is needed. */
	r = put("/proc/self/setgroups", "deny", 4);
	if (r < 0 && r != -ENOENT)
		return r;
	r = keep_id("/proc/self/uid_map", uid);
	return r < 0 ? r : keep_id("/proc/self/gid_map", gid);
}

bool gv_isolate_possible(void)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(gv_isolate_network() < 0);
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
