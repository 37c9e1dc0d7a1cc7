// SPDX-License-Identifier: Apache-2.0
#include "shim/self.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/text.h"

/* openat2(2): linux/openat2.h is not among musl's headers. */
#define RESOLVE_NO_SYMLINKS 0x04
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
struct open_how {
	uint64_t flags, mode, resolve;
};

/* Absolute, and without the empty, "." and ".." components that PATH may have brought. */
static bool is_clean(const char *path)
{
	const char *p = path;

	if (*p != '/')
		return false;
	for (; *p; p++)
		if (*p == '/' &&
		    (p[1] == '/' || p[1] == '\0' ||
		     (p[1] == '.' && (p[2] == '/' || p[2] == '\0' ||
				      (p[2] == '.' && (p[3] == '/' || p[3] == '\0'))))))
			return false;
	return true;
}

/*
 * Whether `path` is what /proc/self/exe would say: no component of it is a link.  Asking
 * /proc costs a new process an inode and a dentry for itself and for the link, and their
 * removal when it ends: 24 µs where the whole shim may take 75, against 2 µs for this
 * call.  It asks for a directory, so that nothing is opened: ENOTDIR says that a file is
 * there and that no link was met.  A kernel or a sandbox without openat2 (Linux < 5.6)
 * says something else.
 */
static bool is_real(const char *path)
{
	const struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS,
	};

	return is_clean(path) &&
	       syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how)) < 0 &&
	       errno == ENOTDIR;
}

/* The path of the running file: AT_EXECFN as it is, or what /proc says, in `buf`; failing
 * both (no /proc in a chroot) an absolute AT_EXECFN that may hold links. */
static char *find_path(char *execfn, char *buf, size_t cap)
{
	ssize_t n;

	if (execfn && is_real(execfn))
		return execfn;
	n = readlink("/proc/self/exe", buf, cap);
	/* A name that does not start at our root is of no use: "(unreachable)/…". */
	if (n > 0 && (size_t)n < cap && buf[0] == '/') {
		buf[n] = '\0';
		/* The file was replaced by a newer one since it was started. */
		if (gv_has_suffix(buf, " (deleted)"))
			buf[(size_t)n - strlen(" (deleted)")] = '\0';
		return buf;
	}
	return execfn && *execfn == '/' ? execfn : NULL;
}

int shim_self_find(char *execfn, char buf[PATH_MAX], struct shim_self *ret,
		   struct gv_err *err)
{
	char *path = find_path(execfn, buf, PATH_MAX);
	char *name, *end;

	if (!path)
		return gv_err_set(err, -GV_EFAILED,
				  "cannot tell where this program is: /proc is missing "
				  "and it was started as '%s'",
				  execfn ? execfn : "");
	name = strrchr(path, '/') + 1;
	if (strcmp(name, "go") == 0)
		ret->program = "go";
	else if (strcmp(name, "gofmt") == 0)
		ret->program = "gofmt";
	else
		return gv_err_set(err, -GV_EFAILED,
				  "the shim '%s' must be called go or gofmt", path);
	/* <prefix>/bin/go; where there are no two levels above, the root. */
	for (end = name - 1; end > path && end[-1] != '/'; end--)
		;
	*(end > path + 1 ? end - 1 : path + 1) = '\0';
	ret->prefix = path;
	return 0;
}
