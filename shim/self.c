// SPDX-License-Identifier: Apache-2.0
#include "shim/self.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "core/base/nolinks.h"
#include "core/base/text.h"
#include "core/version/version.h"

/* `path`, absolute, is cut to what comes before /bin/go.  False: it has another name. */
static bool take(char *path, struct shim_self *ret)
{
	char *name = strrchr(path, '/') + 1, *end;

	if (strcmp(name, "go") == 0)
		ret->program = "go";
	else if (strcmp(name, "gofmt") == 0)
		ret->program = "gofmt";
	else
		return false;
	/* where there are no two levels above, the root */
	for (end = name - 1; end > path && end[-1] != '/'; end--)
		;
	*(end > path + 1 ? end - 1 : path + 1) = '\0';
	ret->prefix = path;
	return true;
}

/* Whether `path` ends with /<platform>/bin/ and a name, as in every store. */
static bool looks_at_home(const char *path)
{
	const char *platform = gv_platform_host();
	size_t n = strlen(platform);
	const char *name = strrchr(path, '/');

	return name - path >= (ptrdiff_t)(n + strlen("//bin")) &&
	       memcmp(name - 4, "/bin", 4) == 0 && name[-5 - (ptrdiff_t)n] == '/' &&
	       memcmp(name - 4 - n, platform, n) == 0;
}

bool shim_self_guess(char *execfn, struct shim_self *ret)
{
	ret->guessed = execfn && gv_path_is_clean(execfn) && looks_at_home(execfn) &&
		       take(execfn, ret);
	return ret->guessed;
}

int shim_self_find(char *execfn, char buf[PATH_MAX], struct shim_self *ret,
		   struct gv_err *err)
{
	char *path = execfn && *execfn == '/' ? execfn : NULL;
	ssize_t n;

	/* Without links it is what /proc would say. */
	if (path && !ret->guessed && gv_path_is_clean(path) && gv_is_file_nolinks(path) &&
	    take(path, ret))
		return 0;
	n = readlink("/proc/self/exe", buf, PATH_MAX);
	/* A name that does not start at our root is of no use: "(unreachable)/…". */
	if (n > 0 && n < PATH_MAX && buf[0] == '/') {
		buf[n] = '\0';
		/* The file was replaced by a newer one since it was started. */
		if (gv_has_suffix(buf, " (deleted)"))
			buf[(size_t)n - strlen(" (deleted)")] = '\0';
		path = buf;
	} else if (ret->guessed) { /* no /proc, in a chroot */
		ret->guessed = false;
		return 0;
	}
	ret->guessed = false;
	if (!path)
		return gv_err_set(err, -GV_EFAILED,
				  "cannot tell where this program is: /proc is missing "
				  "and it was started as '%s'",
				  execfn ? execfn : "");
	if (!take(path, ret))
		return gv_err_set(err, -GV_EFAILED,
				  "the shim '%s' must be called go or gofmt", path);
	return 0;
}
