// SPDX-License-Identifier: Apache-2.0
#include "core/base/nolinks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/openat2.h is not among musl's headers. */
#define RESOLVE_NO_SYMLINKS 0x04
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
struct open_how {
	uint64_t flags, mode, resolve;
};

int gv_open_nolinks(int dirfd, const char *path, int flags)
{
	const struct open_how how = {
		.flags = (uint64_t)flags,
		.resolve = RESOLVE_NO_SYMLINKS,
	};
	long fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

/* It asks for a directory, so that no file is opened: ENOTDIR says that one is there. */
bool gv_is_file_nolinks(const char *path)
{
	int fd = gv_open_nolinks(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd == -ENOTDIR;
}
