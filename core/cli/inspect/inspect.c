// SPDX-License-Identifier: Apache-2.0
/* Finding Go binaries and reading them. */
#include "core/cli/inspect/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"

const struct gv_inspect_rule_about gv_inspect_rules[GV_INSPECT_RULES] = {
	[GV_RULE_PIN] = {"pin", "built with another version than the pin asks for"},
	[GV_RULE_SPEC] = {"spec", "built with another version than was asked for"},
	[GV_RULE_AGE] = {"max-age", "built with a release that is too old"},
	[GV_RULE_DENIED] = {"denied", "built with a version that policy refuses"},
	[GV_RULE_UNKNOWN] = {"unknown", "what it was built with cannot be told"},
};

/* -- one file ------------------------------------------------------------------------ */

static void release(struct gv_inspected *i)
{
	for (size_t f = 0; f < i->n_findings; f++)
		free(i->findings[f].message);
	free(i->findings);
	free(i->expected);
	free(i->path);
	gv_buildinfo_release(&i->info);
}

void gv_inspection_release(struct gv_inspection *in)
{
	for (size_t i = 0; i < in->n; i++)
		release(&in->items[i]);
	free(in->items);
	in->items = NULL;
	in->n = in->cap = 0;
}

int gv_inspect_find(struct gv_inspected *i, enum gv_inspect_rule rule, const char *fmt,
		    ...)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf message = GV_BUF_INIT(0);
	struct gv_inspect_finding *more =
		reallocarray(i->findings, i->n_findings + 1, sizeof(*more));
	va_list ap;

	if (!more)
		return -ENOMEM;
	i->findings = more;
	va_start(ap, fmt);
	gv_buf_vformat_visible(&message, fmt, ap);
	va_end(ap);
	more[i->n_findings].rule = rule;
	more[i->n_findings].message = gv_buf_take(&message);
	if (!more[i->n_findings].message)
		return -ENOMEM;
	i->n_findings++;
	return 0;
}

bool gv_inspected_fits(const struct gv_inspected *i)
{
	return i->told && i->n_findings == 0;
}

void gv_inspected_platform(const struct gv_inspected *i, char ret[GV_PLATFORM_MAX])
{
	const char *os = gv_buildinfo_setting(&i->info, "GOOS");
	const char *arch = gv_buildinfo_setting(&i->info, "GOARCH");
	struct gv_text t = gv_text_in(ret, GV_PLATFORM_MAX);

	if (os && arch)
		gv_text_format(&t, "%s-%s", os, arch);
	else
		gv_text_add(&t, gv_exe_format_name(i->info.format));
}

struct gv_build_module gv_inspect_built(const struct gv_build_module *m)
{
	if (!m->replaced_by)
		return *m;
	return (struct gv_build_module){.path = m->replaced_by,
					.version = m->replaced_version,
					.sum = m->replaced_sum};
}

static struct gv_inspected *add(struct gv_inspection *in, const char *path)
{
	struct gv_inspected *i;

	if (in->n == in->cap) {
		size_t cap = in->cap ? 2 * in->cap : 16;

		i = reallocarray(in->items, cap, sizeof(*i));
		if (!i)
			return NULL;
		in->items = i;
		in->cap = cap;
	}
	i = &in->items[in->n];
	*i = (struct gv_inspected){.path = strdup(path)};
	if (!i->path)
		return NULL;
	in->n++;
	return i;
}

/* The release is the first word: "go1.22.5 X:rangefunc". */
static void tell(struct gv_inspection *in, struct gv_inspected *i)
{
	const char *name = i->info.go_version;
	struct gv_version v;

	i->told = true;
	in->told++;
	if (gv_version_parse(name, strcspn(name, " "), &v) == 0)
		i->version = v;
}

static int read_one(struct gv_inspection *in, int dirfd, const char *name,
		    const char *path, bool named)
{
	GV_CLEANUP(gv_close)
	int fd = openat(dirfd, name,
			O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
				(named ? 0 : O_NOFOLLOW));
	struct gv_buildinfo info = {0};
	int r = fd < 0 ? -errno : 0;
	const char *why = gv_err_text(r);
	struct gv_inspected *i;

	if (r == 0)
		r = gv_buildinfo_read(fd, &info, &why);
	if (r == -ENOMEM || r == -GV_EINTERRUPTED)
		return r;
	/* Others than Go's, and what went away while we looked. */
	if (!named && (r == -GV_ENOTFOUND || r == -ENOENT || r == -ELOOP))
		return 0;
	i = add(in, path);
	if (!i) {
		gv_buildinfo_release(&info);
		return -ENOMEM;
	}
	i->named = named;
	i->info = info;
	if (r < 0)
		return gv_inspect_find(i, GV_RULE_UNKNOWN, "%s", why);
	tell(in, i);
	return 0;
}

/* -- directories --------------------------------------------------------------------- */

static int cannot_look(struct gv_inspection *in, const char *path, int why)
{
	struct gv_inspected *i;

	if (why == -ENOENT || why == -ENOTDIR || why == -ELOOP)
		return 0; /* it went away while we looked elsewhere */
	if (why == -ENOMEM)
		return why;
	i = add(in, path);
	return i ? gv_inspect_find(i, GV_RULE_UNKNOWN, "%s", gv_err_text(why)) : -ENOMEM;
}

/* What lies there is the kernel's, not a file of anybody's. */
static bool is_kernels(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 &&
	       (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC);
}

/* Directories that it holds come behind those that still are to be looked into. */
static int look_into(struct gv_inspection *in, const char *dir, struct gv_list *more)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	GV_CLEANUP(gv_close)
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
				   (more->n > 1 ? O_NOFOLLOW : 0));
	int r = fd < 0 ? -errno : 0;

	if (r == 0 && is_kernels(fd))
		return 0;
	if (r == 0)
		r = gv_list_dir(fd, ".", &names);
	if (r < 0)
		return cannot_look(in, dir, r);
	for (size_t i = 0; i < names.n && r == 0; i++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
		struct stat st;

		if (gv_interrupted())
			return -GV_EINTERRUPTED;
		gv_buf_format(&path, "%s%s%s", dir, gv_has_suffix(dir, "/") ? "" : "/",
			      names.items[i]);
		if (gv_buf_error(&path) < 0)
			return -ENOMEM;
		if (fstatat(fd, names.items[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			r = cannot_look(in, path.data, -errno);
		else if (S_ISDIR(st.st_mode))
			r = gv_list_add(more, path.data);
		else if (S_ISREG(st.st_mode))
			r = read_one(in, fd, names.items[i], path.data, false);
	}
	return r;
}

static int look_below(struct gv_inspection *in, const char *top)
{
	GV_CLEANUP(gv_list_release) struct gv_list dirs = GV_LIST_INIT;
	int r = gv_list_add(&dirs, top);

	for (size_t i = 0; i < dirs.n && r == 0; i++)
		r = look_into(in, dirs.items[i], &dirs);
	return r;
}

int gv_inspect_look(struct gv_inspection *in, const char *path, struct gv_err *err)
{
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = look_below(in, path);
	else if (S_ISREG(st.st_mode))
		r = read_one(in, AT_FDCWD, path, path, true);
	else
		return gv_err_set(err, -GV_EFAILED,
				  "cannot inspect '%s': it is neither a file nor a "
				  "directory",
				  path);
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r == -ENOENT || r == -ENOTDIR)
		return gv_err_set(err, -GV_ENOTFOUND, "cannot inspect '%s': %s", path,
				  gv_err_text(r));
	return r < 0 ? gv_err_sys(err, r, "cannot inspect '%s'", path) : 0;
}
