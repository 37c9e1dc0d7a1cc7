// SPDX-License-Identifier: Apache-2.0
#include "plugins/hooks/fit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "plugins/hooks/hooks.h"

const char *const gv_hook_events[] = {
	[GV_HOOK_PRE_INSTALL] = "pre-install",
	[GV_HOOK_POST_INSTALL] = "post-install",
	[GV_HOOK_PRE_SWITCH] = "pre-switch",
	[GV_HOOK_POST_SWITCH] = "post-switch",
	[GV_HOOK_PRE_REMOVE] = "pre-remove",
	[GV_HOOK_POST_REMOVE] = "post-remove",
	[GV_HOOK_SMOKE] = "smoke",
	NULL,
};

/* What editors and package managers leave beside a file. */
static bool is_leftover(const char *name)
{
	static const char *const endings[] = {
		"~",	   ".bak",     ".orig",	   ".rej",    ".swp",	  ".tmp",
		".old",	   ".new",     ".save",	   ".rpmnew", ".rpmsave", ".rpmorig",
		".pacnew", ".pacsave", ".pacorig", ".apk-new"};

	if (name[0] == '.' || name[0] == '#' || strstr(name, ".dpkg-") ||
	    strstr(name, ".ucf-"))
		return true;
	for (size_t i = 0; i < GV_COUNT(endings); i++)
		if (gv_has_suffix(name, endings[i]))
			return true;
	return false;
}

int gv_hook_dir_unfit(const struct stat *st)
{
#ifndef GV_WITHOUT_HOOK_OWNER /* tests/controls: whose it is does not matter */
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return GV_UNFIT_ANOTHERS;
	if (st->st_mode & S_IWOTH)
		return GV_UNFIT_OPEN;
#else
	(void)st;
#endif
	return 0;
}

int gv_hook_unfit(int dirfd, const char *name)
{
	struct stat st;
	int unfit;

	if (is_leftover(name))
		return GV_UNFIT_LEFTOVER;
	if (fstatat(dirfd, name, &st, 0) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return GV_UNFIT_NO_FILE;
	unfit = gv_hook_dir_unfit(&st);
	if (unfit == 0 && faccessat(dirfd, name, X_OK, AT_EACCESS) < 0)
		return GV_UNFIT_NOT_EXECUTABLE;
	return unfit;
}

const char *gv_unfit_text(int unfit)
{
	static const char *const texts[] = {
		[GV_UNFIT_LEFTOVER] = "a hidden file or a leftover",
		[GV_UNFIT_ANOTHERS] = "it belongs to another user",
		[GV_UNFIT_OPEN] = "anybody could change it",
		[GV_UNFIT_NO_FILE] = "it is no regular file",
		[GV_UNFIT_NOT_EXECUTABLE] = "it is not executable",
	};

	return unfit < 0 ? gv_err_text(unfit) : texts[unfit];
}

/* -- all of them --------------------------------------------------------------------- */

struct inspection {
	char path[PATH_MAX];
	gv_hook_oddity *tell;
	void *arg;
};

/* Puts the name behind the path; what was there has the length that is returned, 0: it
 * does not fit. */
static size_t descend(struct inspection *in, const char *name)
{
	size_t had = strlen(in->path);
	struct gv_text t = gv_text_in(in->path + had, sizeof(in->path) - had);

	gv_text_format(&t, "/%s", name);
	if (!t.cut)
		return had;
	in->path[had] = '\0';
	return 0;
}

static bool is_event_dir(const char *name)
{
	for (size_t i = 0; gv_hook_events[i]; i++) {
		const char *rest = gv_after_prefix(name, gv_hook_events[i]);

		if (rest && strcmp(rest, ".d") == 0)
			return true;
	}
	return false;
}

/* Scripts that hooks share may lie there too; these mean to be run. */
static bool means_an_event(const char *name)
{
	return !is_leftover(name) &&
	       (gv_has_suffix(name, ".d") || gv_after_prefix(name, "pre-") ||
		gv_after_prefix(name, "post-"));
}

static void inspect_hooks(struct inspection *in)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	GV_CLEANUP(gv_close) int fd = gv_open_dir(AT_FDCWD, in->path);
	struct stat st;
	int unfit = fd < 0 ? fd : fstat(fd, &st) < 0 ? -errno : gv_hook_dir_unfit(&st);

	if (unfit) {
		in->tell(in->arg, in->path, unfit);
		return;
	}
	if (gv_list_dir(fd, ".", &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		size_t had = descend(in, names.items[i]);

		unfit = had ? gv_hook_unfit(fd, names.items[i]) : 0;
		if (unfit && unfit != GV_UNFIT_LEFTOVER)
			in->tell(in->arg, in->path, unfit);
		if (had)
			in->path[had] = '\0';
	}
}

void gv_hooks_inspect(const char *root, gv_hook_oddity *tell, void *arg)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct inspection in = {.tell = tell, .arg = arg};
	struct gv_text t = gv_text_in(in.path, sizeof(in.path));
	struct stat st;
	int unfit;

	gv_text_format(&t, "%s/hooks", root);
	if (t.cut || stat(in.path, &st) < 0)
		return;
	unfit = gv_hook_dir_unfit(&st);
	if (unfit) {
		tell(arg, in.path, unfit);
		return;
	}
	if (gv_list_dir(AT_FDCWD, in.path, &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		size_t had = descend(&in, names.items[i]);

		if (!had)
			continue;
		if (is_event_dir(names.items[i]))
			inspect_hooks(&in);
		else if (means_an_event(names.items[i]))
			tell(arg, in.path, 0);
		in.path[had] = '\0';
	}
}
