// SPDX-License-Identifier: Apache-2.0
#include "core/config/dirs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/text.h"

/* The variable's value when it is an absolute path, else NULL. */
static const char *absolute(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0] == '/' ? value : NULL;
}

static int join(const char *dir, const char *below, char **ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	gv_buf_add(&path, dir, n);
	gv_buf_add_str(&path, below);
	*ret = gv_buf_take(&path);
	return *ret ? 0 : gv_err_sys(err, -ENOMEM, "cannot compose a path");
}

static int below_here(const char *relative, char **ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf below = GV_BUF_INIT(0);
	char cwd[PATH_MAX];

	if (!getcwd(cwd, sizeof(cwd)))
		return gv_err_sys(err, -errno, "cannot tell the working directory");
	gv_buf_format(&below, "/%s", relative);
	if (gv_buf_error(&below) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot compose a path");
	return join(cwd, below.data, ret, err);
}

/* $XDG_…/govern, else ~/<otherwise>/govern. */
static int xdg_dir(const char *variable, const char *otherwise, const char *what,
		   char **ret, struct gv_err *err)
{
	const char *base = absolute(variable);

	if (base)
		return join(base, "/govern", ret, err);
	base = absolute("HOME");
	if (base)
		return join(base, otherwise, ret, err);
	gv_err_set(err, -GV_EUSAGE, "cannot tell where the %s is: HOME is not set", what);
	return gv_err_hint(err, "export HOME, or %s, as an absolute path", variable);
}

int gv_dirs_root(const char *given, char **ret, const char **ret_origin,
		 struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	const char *origin = "--root";
	int r;

	if (!given) {
		given = getenv("GOVERN_ROOT");
		origin = "GOVERN_ROOT";
	}
	if (given && given[0] == '/') {
		r = join(given, "", ret, err);
	} else if (given && given[0] && origin[0] == '-') {
		r = below_here(given, ret, err);
	} else if (given && given[0]) {
		gv_err_set(err, -GV_EUSAGE, "%s must be an absolute path, not '%s'",
			   origin, given);
		return gv_err_hint(err, "export %s=\"$PWD\"/%s", origin,
				   gv_word(&word, given));
	} else {
		origin = absolute("XDG_DATA_HOME") ? "XDG_DATA_HOME" : "default";
		r = xdg_dir("XDG_DATA_HOME", "/.local/share/govern", "store", ret, err);
		if (r == -GV_EUSAGE)
			gv_err_hint(err, "export GOVERN_ROOT=/path/to/store");
	}
	if (r == 0 && ret_origin)
		*ret_origin = origin;
	return r;
}

static bool same_directory(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

int gv_dirs_working(char ret[PATH_MAX])
{
	const char *pwd = getenv("PWD");

	if (!getcwd(ret, PATH_MAX))
		return -errno;
	if (pwd && strlen(pwd) < PATH_MAX && gv_path_is_clean(pwd) &&
	    same_directory(pwd, "."))
		memcpy(ret, pwd, strlen(pwd) + 1);
	return 0;
}

int gv_dirs_cache(char **ret, struct gv_err *err)
{
	return xdg_dir("XDG_CACHE_HOME", "/.cache/govern", "cache", ret, err);
}

int gv_dirs_config(char **ret, struct gv_err *err)
{
	return xdg_dir("XDG_CONFIG_HOME", "/.config/govern", "configuration", ret, err);
}
