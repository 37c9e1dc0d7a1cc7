// SPDX-License-Identifier: Apache-2.0
#include "core/worker/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/file.h"

#ifndef SYS_landlock_create_ruleset /* the same on every architecture */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule	    445
#define SYS_landlock_restrict_self  446
#endif

#define CREATE_RULESET_VERSION 1U
#define RULE_PATH_BENEATH      1

enum {
	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_REMOVE_DIR = 1 << 4,
	FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_CHAR = 1 << 6,
	FS_MAKE_DIR = 1 << 7,
	FS_MAKE_REG = 1 << 8,
	FS_MAKE_SOCK = 1 << 9,
	FS_MAKE_FIFO = 1 << 10,
	FS_MAKE_BLOCK = 1 << 11,
	FS_MAKE_SYM = 1 << 12,
	FS_ABI_1 = (1 << 13) - 1,
	FS_REFER = 1 << 13,	/* ABI 2 */
	FS_TRUNCATE = 1 << 14,	/* ABI 3 */
	FS_IOCTL_DEV = 1 << 15, /* ABI 5 */
};

enum { NET_BIND_TCP = 1 << 0, NET_CONNECT_TCP = 1 << 1 };     /* ABI 4 */
enum { SCOPE_ABSTRACT_UNIX = 1 << 0, SCOPE_SIGNAL = 1 << 1 }; /* ABI 6 */

struct ruleset_attr {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

struct path_beneath_attr {
	uint64_t allowed;
	int32_t parent_fd;
} __attribute__((packed));

static struct ruleset_attr all_of(int abi)
{
	struct ruleset_attr attr = {.fs = FS_ABI_1};

	if (abi >= 2)
		attr.fs |= FS_REFER;
	if (abi >= 3)
		attr.fs |= FS_TRUNCATE;
	if (abi >= 4)
		attr.net = NET_BIND_TCP | NET_CONNECT_TCP;
	if (abi >= 5)
		attr.fs |= FS_IOCTL_DEV;
	if (abi >= 6)
		attr.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
	return attr;
}

static int allow(int ruleset, int fd, uint64_t access)
{
	struct path_beneath_attr rule = {.allowed = access, .parent_fd = fd};

	return (int)syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0U);
}

/* A rule that cannot be added leaves less allowed, never more. */
static void allow_reading(int ruleset, const char *path)
{
	GV_CLEANUP(gv_close) int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	(void)allow(ruleset, fd,
		    S_ISDIR(st.st_mode) ? FS_READ_FILE | FS_READ_DIR : FS_READ_FILE);
}

int gv_landlock_restrict(const struct gv_confine *what)
{
	GV_CLEANUP(gv_close) int ruleset = -1;
	struct ruleset_attr attr;
	int abi;

	abi = (int)syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
			   CREATE_RULESET_VERSION);
	if (abi < 1)
		return 0;
	attr = all_of(abi);
	if (what->network)
		attr.net &= ~(uint64_t)NET_CONNECT_TCP;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0U);
	if (ruleset < 0)
		return 0;
	for (size_t i = 0; i < what->n_read; i++)
		allow_reading(ruleset, what->read[i]);
	if (what->write_dir >= 0 &&
	    allow(ruleset, what->write_dir,
		  attr.fs & (FS_READ_FILE | FS_READ_DIR | FS_WRITE_FILE | FS_TRUNCATE |
			     FS_MAKE_REG | FS_MAKE_DIR | FS_REMOVE_FILE | FS_REMOVE_DIR |
			     FS_REFER)) < 0)
		return 0;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0U) < 0)
		return 0;
	return abi;
}
