// SPDX-License-Identifier: Apache-2.0
/* Not every C library knows statx(2), and those that do define its structure themselves.
 * This file takes the kernel's, so <sys/stat.h> has to stay out of it. */
#include "core/base/birth.h"

#include <errno.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int gv_birth_time(int dirfd, const char *path, int64_t *ret)
{
	struct statx st;

	if (syscall(SYS_statx, dirfd, path, 0, STATX_BTIME, &st) < 0)
		return -errno;
	if (!(st.stx_mask & STATX_BTIME))
		return -ENODATA;
	*ret = st.stx_btime.tv_sec;
	return 0;
}
