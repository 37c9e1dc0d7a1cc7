// SPDX-License-Identifier: Apache-2.0
#include "core/cli/setup/programs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/output.h"

/* Largest program that is copied, in bytes. */
#define PROGRAM_MAX (256u << 20)

const struct gv_program gv_programs[] = {
	{"bin/go", "go"},
	{"bin/gofmt", "go"},
	{"bin/govern", NULL},
	{"libexec/govern/fetch", "fetch"},
	{"libexec/govern/unpack", "unpack"},
	{"libexec/govern/go", "go"},
	{0},
};

static int open_original(const char *libexec, const struct gv_program *p,
			 struct gv_err *err)
{
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));
	struct stat st;
	int fd, r;

	if (p->from)
		gv_text_format(&t, "%s/%s", libexec, p->from);
	else
		gv_text_add(&t, "/proc/self/exe");
	/* A FIFO in its place would hold us up. */
	fd = t.cut ? -1 : open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	r = t.cut ? -ENAMETOOLONG : fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;
	if (r == 0 && S_ISREG(st.st_mode))
		return fd;
	gv_close(&fd);
	gv_err_sys(err, r < 0 ? r : -EINVAL, "cannot read '%s'", path);
	return gv_err_hint(err, "install govern anew: this one is not complete");
}

static enum gv_program_is compare(int prefix_fd, const char *name, int original)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf old = GV_BUF_INIT(PROGRAM_MAX);
	GV_CLEANUP(gv_buf_release) struct gv_buf new = GV_BUF_INIT(PROGRAM_MAX);
	struct stat is, should;

	if (fstatat(prefix_fd, name, &is, 0) < 0 ||
	    faccessat(prefix_fd, name, X_OK, 0) < 0)
		return GV_PROGRAM_MISSING;
	if (fstat(original, &should) == 0) {
		if (is.st_ino == should.st_ino && is.st_dev == should.st_dev)
			return GV_PROGRAM_SAME;
		if (is.st_size != should.st_size)
			return GV_PROGRAM_OTHER;
	}
	return gv_read_file(prefix_fd, name, &old) == 0 &&
			       gv_read_fd(original, &new) == 0 &&
			       old.len == new.len &&memcmp(old.data, new.data, old.len) ==
				       0
		       ? GV_PROGRAM_SAME
		       : GV_PROGRAM_OTHER;
}

int gv_program_compare(const struct gv_store *s, const char *libexec,
		       const struct gv_program *p, enum gv_program_is *ret,
		       struct gv_err *err)
{
	GV_CLEANUP(gv_close) int original = open_original(libexec, p, err);

	if (original < 0)
		return original;
	*ret = compare(s->prefix_fd, p->to, original);
	return 0;
}

static int put(struct gv_cli *cli, const char *libexec, const struct gv_program *p,
	       bool *changed, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int original = open_original(libexec, p, err);
	int prefix_fd = cli->store.prefix_fd;
	bool same;
	int r;

	if (original < 0)
		return original;
	same = compare(prefix_fd, p->to, original) == GV_PROGRAM_SAME;
	/* The same may be by a setup that was killed before it was durable. */
	r = same ? gv_sync_parent(prefix_fd, p->to)
		 : gv_save_copy(prefix_fd, p->to, original, 0755 | GV_MODE_EXACT);
	if (r < 0)
		return gv_err_sys(err, r, "cannot write '%s/%s'", cli->store.prefix,
				  p->to);
	if (same)
		return 0;
	*changed = true;
	gv_cli_done(cli, "%s/%s written", cli->store.prefix, p->to);
	return 0;
}

int gv_programs_put(struct gv_cli *cli, const char *libexec, bool *ret_changed,
		    struct gv_err *err)
{
	int prefix_fd = cli->store.prefix_fd;
	bool changed = false;
	int r = gv_make_dirs(prefix_fd, "bin", 0755 | GV_MODE_EXACT);

	if (r == 0)
		r = gv_make_dirs(prefix_fd, "libexec/govern", 0755 | GV_MODE_EXACT);
	if (r < 0)
		return gv_err_sys(err, r, "cannot make directories in '%s'",
				  cli->store.prefix);
	for (const struct gv_program *p = gv_programs; p->to && r == 0; p++)
		r = put(cli, libexec, p, &changed, err);
	if (r == 0)
		*ret_changed = changed;
	return r;
}
