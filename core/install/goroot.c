// SPDX-License-Identifier: Apache-2.0
#include "core/install/goroot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/install/judge.h"
#include "core/install/modes.h"
#include "core/install/names.h"
#include "core/resolve/marker.h"
#include "core/version/goroot.h"

void gv_goroot_release(struct gv_goroot *g)
{
	if (!g)
		return;
	free(g->path);
	*g = (struct gv_goroot){0};
}

/* -- where it is --------------------------------------------------------------------- */

/* <goroot>/bin/go: the directory two levels up. */
static void strip_program(char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || S_ISDIR(st.st_mode))
		return;
	for (int i = 0; i < 2 && strrchr(path, '/'); i++)
		*strrchr(path, '/') = '\0';
}

/* The directory with a VERSION file; 1: none of them has one. */
static int look(const char *real, struct gv_goroot *ret)
{
	static const char *const below[] = {"", "/go", "/libexec"};

	for (size_t i = 0; i < GV_COUNT(below); i++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf dir = GV_BUF_INIT(0);
		int r;

		gv_buf_format(&dir, "%s%s", real, below[i]);
		r = gv_buf_error(&dir);
		if (r == 0)
			r = gv_goroot_version(AT_FDCWD, dir.data, &ret->version);
		if (r == -ENOENT)
			continue;
		if (r < 0)
			return r;
		/* go/ and libexec/ may be links */
		ret->path = realpath(dir.data, NULL);
		if (!ret->path)
			return -errno;
		return 0;
	}
	return 1;
}

static int find(const char *path, struct gv_goroot *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *real = realpath(path, NULL);
	int r = real ? 0 : -errno;

	if (r == -ENOENT || r == -ENOTDIR)
		return gv_err_set(err, -GV_ENOTFOUND, "there is no '%s'", path);
	if (r == 0) {
		strip_program(real);
		r = look(real, ret);
	}
	if (r == 1)
		return gv_err_set(err, -GV_ENOTFOUND,
				  "'%s' is not a GOROOT: it has no VERSION file", path);
	if (r == -EINVAL)
		return gv_err_set(err, -GV_EFORMAT,
				  "the VERSION file of '%s' does not name a release of "
				  "Go",
				  path);
	return r < 0 ? gv_err_sys(err, r, "cannot read '%s'", path) : 0;
}

/* -- whether it is one --------------------------------------------------------------- */

static bool has(int fd, const char *name)
{
	return faccessat(fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What other managers leave while they are at work, or when they were interrupted. */
static int check_finished(int fd, const struct gv_goroot *g, const char *platform,
			  struct gv_err *err)
{
	char archive[GV_ARCHIVE_NAME_MAX];

	gv_archive_name(&g->version, platform, archive);
	if (has(fd, "g.lock") || (has(fd, archive) && !has(fd, ".unpacked-success")))
		return gv_err_set(err, -GV_EVERIFY,
				  "'%s' is not whole: it was not unpacked to the end",
				  g->path);
	return 0;
}

/* The go command makes a module's programs executable when it first needs them. */
static int check_ready(int fd, const struct gv_goroot *g, struct gv_err *err)
{
	struct stat st;

	if (!strstr(g->path, "/golang.org/toolchain@") ||
	    fstatat(fd, "bin/go", &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_mode & S_IXUSR)
		return 0;
	gv_err_set(err, -GV_EPOLICY,
		   "'%s' was never used: Go has not made it executable yet", g->path);
	return gv_err_hint(err, "GOTOOLCHAIN=%s go version", g->version.name);
}

/* Without a compiler it is only a part of a toolchain. */
static int check_compiler(int fd, const struct gv_goroot *g, const char *platform,
			  struct gv_err *err)
{
	char path[128];
	struct gv_text t = gv_text_in(path, sizeof(path));
	const char *dash = strchr(platform, '-');

	gv_text_format(&t, "pkg/tool/%.*s_%s/compile%s", (int)(dash - platform), platform,
		       dash + 1, gv_after_prefix(platform, "windows-") ? ".exe" : "");
	if (has(fd, path))
		return 0;
	if (errno != ENOENT && errno != ENOTDIR)
		return gv_err_sys(err, -errno, "cannot open '%s' of %s", path,
				  g->version.name);
	return gv_err_set(err, -GV_EVERIFY, "the tree of %s has no program '%s'",
			  g->version.name, path);
}

/* A shim in it would start itself. */
static int check_no_shim(int fd, const struct gv_goroot *g, struct gv_err *err)
{
	GV_CLEANUP(gv_close)
	int program =
		openat(fd, "bin/go", O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	char head[GV_SHIM_MARKER_END];
	ssize_t n = program < 0 ? -1 : pread(program, head, sizeof(head), 0);

	if (n <= 0 ||
	    !memmem(head, (size_t)n, GV_SHIM_MARKER, sizeof(GV_SHIM_MARKER) - 1))
		return 0;
	return gv_err_set(err, -GV_EVERIFY, "'%s/bin/go' leads back to a govern shim",
			  g->path);
}

struct open {
	char first[256]; /* the first that anybody could change */
	size_t n;
};

static void on_mode(void *arg, const char *rel)
{
	struct open *o = arg;
	struct gv_text t;

	if (o->n++ > 0)
		return;
	t = gv_text_in(o->first, sizeof(o->first));
	gv_text_add(&t, rel);
}

static int check_modes(int fd, const struct gv_goroot *g, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	struct open open = {.n = 0};
	struct stat st;
	int r = gv_modes_check(fd, true, on_mode, &open);

	if (r == 0 && fstat(fd, &st) < 0)
		r = -errno;
	if (r == 0 && st.st_mode & S_IWOTH)
		on_mode(&open, ".");
	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s'", g->path);
#ifdef GV_WITHOUT_ADOPTED_MODES /* tests/controls: everybody's is as good */
	open.n = 0;
#endif
	if (open.n == 0)
		return 0;
	gv_err_set(err, -GV_EPOLICY, "everybody can change '%s' in '%s'", open.first,
		   g->path);
	return gv_err_hint(err, "chmod -R o-w,ug-s %s", gv_word(&word, g->path));
}

static int check(const struct gv_goroot *g, const char *platform, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int fd = gv_open_dir(AT_FDCWD, g->path);
	int r;

	if (fd < 0)
		return gv_err_sys(err, fd, "cannot open '%s'", g->path);
	r = check_finished(fd, g, platform, err);
	if (r == 0)
		r = check_ready(fd, g, err);
	if (r == 0)
		r = gv_judge_tree(fd, g->version.name, platform, err);
	if (r == 0)
		r = check_compiler(fd, g, platform, err);
	if (r == 0)
		r = check_no_shim(fd, g, err);
	return r < 0 ? r : check_modes(fd, g, err);
}

int gv_goroot_find(const char *path, const char *platform, struct gv_goroot *ret,
		   struct gv_err *err)
{
	struct gv_goroot g = {0};
	int r = find(path, &g, err);

	if (r == 0)
		r = check(&g, platform, err);
	if (r < 0)
		gv_goroot_release(&g);
	else
		*ret = g;
	return r;
}
