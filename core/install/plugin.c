// SPDX-License-Identifier: Apache-2.0
#include "core/install/plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/lines.h"
#include "core/base/supervise.h"
#include "core/base/text.h"

#define PREFIX "govern-"
#define SOURCE "source-"

/* -- where they are ------------------------------------------------------------------ */

bool gv_plugin_name_valid(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < 64 && name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == n;
}

/*
 * Calls `look` for each directory, in order, until it answers with something else than 0,
 * which is returned.
 */
static int each_directory(const char *libexec, int look(void *arg, const char *dir),
			  void *arg)
{
	const char *p = getenv("PATH");
	char dir[PATH_MAX];
	struct gv_text t = gv_text_in(dir, sizeof(dir));
	int r = 0;

	gv_text_format(&t, "%s/plugins", libexec);
	if (!t.cut)
		r = look(arg, dir);
	while (r == 0 && p && *p) {
		size_t n = strcspn(p, ":");

		t = gv_text_in(dir, sizeof(dir));
		gv_text_add_n(&t, p, n);
		if (dir[0] == '/' && !t.cut)
			r = look(arg, dir);
		p += n + (p[n] == ':');
	}
	return r;
}

static bool is_program(int dirfd, const char *path)
{
	struct stat st;

	return fstatat(dirfd, path, &st, 0) == 0 && S_ISREG(st.st_mode) &&
	       faccessat(dirfd, path, X_OK, AT_EACCESS) == 0;
}

struct finding {
	const char *name;
	char *path; /* PATH_MAX bytes */
};

static int find_in(void *arg, const char *dir)
{
	struct finding *f = arg;
	struct gv_text t = gv_text_in(f->path, PATH_MAX);

	gv_text_format(&t, "%s/" PREFIX "%s", dir, f->name);
	return !t.cut && is_program(AT_FDCWD, f->path);
}

int gv_plugin_find(const char *libexec, const char *name, char ret[PATH_MAX])
{
	struct finding f = {name, ret};

	return gv_plugin_name_valid(name) && each_directory(libexec, find_in, &f) == 1
		       ? 0
		       : -ENOENT;
}

struct listing {
	struct gv_list *all;
	size_t n_seen;
	struct {
		dev_t device;
		ino_t inode;
	} seen[32]; /* directories; what comes behind them is read as often as it is named */
};

/* /bin is /usr/bin on many machines, and large: Tab waits for it. */
static bool was_seen(struct listing *l, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	for (size_t i = 0; i < l->n_seen; i++)
		if (l->seen[i].device == st.st_dev && l->seen[i].inode == st.st_ino)
			return true;
	if (l->n_seen < GV_COUNT(l->seen)) {
		l->seen[l->n_seen].device = st.st_dev;
		l->seen[l->n_seen++].inode = st.st_ino;
	}
	return false;
}

static int list_in(void *arg, const char *dir)
{
	struct listing *l = arg;
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	GV_CLEANUP(gv_close) int fd = gv_open_dir(AT_FDCWD, dir);
	int r = fd < 0 || was_seen(l, fd) ? 0 : gv_list_dir(fd, ".", &names);

	if (r < 0)
		return r == -ENOMEM ? r : 0; /* then there is nothing to list */
	for (size_t i = 0; i < names.n && r == 0; i++) {
		const char *name = gv_after_prefix(names.items[i], PREFIX);

		if (name && gv_plugin_name_valid(name) &&
		    !gv_after_prefix(name, SOURCE) && is_program(fd, names.items[i]))
			r = gv_list_add(l->all, name);
	}
	return r;
}

int gv_plugin_list(const char *libexec, struct gv_list *ret)
{
	struct listing l = {.all = ret};
	size_t kept = 0;
	int r = each_directory(libexec, list_in, &l);

	gv_list_sort(ret);
	for (size_t i = 0; i < ret->n; i++) {
		if (kept && strcmp(ret->items[kept - 1], ret->items[i]) == 0)
			free(ret->items[i]);
		else
			ret->items[kept++] = ret->items[i];
	}
	ret->n = kept;
	return r;
}

/* -- what they are told -------------------------------------------------------------- */

int gv_plugin_env_add(struct gv_list *env, const char *name, const char *value)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);
	int r;

	gv_buf_format(&b, "%s=%s", name, value ? value : "");
	r = gv_buf_error(&b);
	return r < 0 ? r : gv_list_add(env, b.data);
}

int gv_plugin_env(const char *root, const char *platform, struct gv_list *ret)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int r = gv_plugin_env_add(ret, "GOVERN_ROOT", root);

	self[n > 0 ? n : 0] = '\0';
	if (r == 0)
		r = gv_plugin_env_add(ret, "GOVERN_PLATFORM", platform);
	return r < 0 ? r : gv_plugin_env_add(ret, "GOVERN_PROGRAM", self);
}

/* -- asking one ---------------------------------------------------------------------- */

struct conversation {
	const struct gv_plugin_call *call;
	struct gv_lines words;
	int refused; /* by who asked */
};

static int on_output(void *arg, int fd, const char *data, size_t n)
{
	struct conversation *c = arg;

	if (fd == 1)
		return c->refused = c->call->output(c->call->arg, data, n);
	gv_lines_add(&c->words, data, n);
	return 0;
}

static int why_not(const struct gv_plugin_call *call, int r, int status, const char *last,
		   struct gv_err *err)
{
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r == -ETIMEDOUT && call->quiet_ms)
		return gv_err_set(
			err, -GV_EREMOTE, "%s sent nothing for %ld s and was stopped%s%s",
			call->source, call->quiet_ms / 1000, last[0] ? ": " : "", last);
	if (r == -ETIMEDOUT)
		return gv_err_set(err, -GV_EREMOTE,
				  "%s did not answer within %ld s and was stopped%s%s",
				  call->source, call->limit_ms / 1000,
				  last[0] ? ": " : "", last);
	if (r < 0)
		return gv_err_sys(err, r, "cannot run '%s' for %s", call->program,
				  call->source);
	if (status > 255)
		return gv_err_set(err, -GV_EREMOTE, "%s was killed by signal %d%s%s",
				  call->source, status - 256, last[0] ? ": " : "", last);
	return gv_err_set(err, -GV_EREMOTE, "%s failed with status %d%s%s", call->source,
			  status, last[0] ? ": " : "", last);
}

int gv_plugin_call(const struct gv_plugin_call *call, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release)
	struct gv_list env = GV_LIST_INIT, argv = GV_LIST_INIT;
	const char *slash = strrchr(call->program, '/');
	const char *words[] = {slash ? slash + 1 : call->program, call->verb,
			       call->version ? call->version : call->platform,
			       call->version ? call->platform : NULL};
	struct conversation c = {.call = call};
	struct gv_supervise what = {
		.program = call->program,
		.set = &env,
		.limit_ms = call->limit_ms,
		.quiet_ms = call->quiet_ms,
		.output = on_output,
		.arg = &c,
	};
	char *pointers[GV_COUNT(words) + 1] = {NULL};
	int status = 0, r = 0;

	for (size_t i = 0; i < GV_COUNT(words) && words[i] && r == 0; i++) {
		r = gv_list_add(&argv, words[i]);
		if (r == 0)
			pointers[i] = argv.items[i];
	}
	what.argv = pointers;
	if (r == 0)
		r = gv_plugin_env(call->root, call->platform, &env);
	if (r == 0)
		r = gv_plugin_env_add(&env, "GOVERN_SOURCE", call->source);
	if (r == 0)
		r = gv_supervise(&what, &status);
	if (c.refused < 0 && r == c.refused)
		return r;
	if (r == 0 && status == 0)
		return 0;
	return why_not(call, r, status, gv_lines_end(&c.words), err);
}
