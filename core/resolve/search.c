// SPDX-License-Identifier: Apache-2.0
#include "core/resolve/run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/resolve/environ.h"
#include "core/resolve/marker.h"

/* This store's own shim: known also where it may be executed and not read. */
__attribute__((noinline)) static bool is_ours(const struct gv_run *run,
					      const struct stat *st)
{
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));
	struct stat ours;

	gv_text_format(&t, "%s/bin/go", run->req->prefix);
	return !t.cut && stat(path, &ours) == 0 && ours.st_ino == st->st_ino &&
	       ours.st_dev == st->st_dev;
}

__attribute__((noinline)) static bool has_marker(const char *path)
{
	char head[GV_SHIM_MARKER_END];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return false;
	n = read(fd, head, sizeof(head));
	close(fd);
	return n > 0 && memmem(head, (size_t)n, GV_SHIM_MARKER, strlen(GV_SHIM_MARKER));
}

bool gv_is_shim(const struct gv_run *run, const char *path, const struct stat *st,
		bool look)
{
	if (st->st_size >= GV_SHIM_SIZE_MAX)
		return false;
	return is_ours(run, st) || (look && has_marker(path));
}

/*
 * Whether the program is the go of a GOROOT: then it will not search PATH for another go.
 * As Go tells a GOROOT: by pkg/tool beside the bin that the file, links resolved, is in.
 * The path of that bin is left in `real`.
 */
static bool in_goroot(const char *program, char real[PATH_MAX])
{
	char link[32];
	struct gv_text t = gv_text_in(link, sizeof(link));
	struct stat st;
	ssize_t n;
	int fd = open(program, O_PATH | O_CLOEXEC);
	bool found = false;

	if (fd < 0)
		return false;
	gv_text_format(&t, "/proc/self/fd/%d", fd);
	n = readlink(link, real, PATH_MAX);
	close(fd);
	if (n <= 0 || n >= PATH_MAX - 16 || real[0] != '/')
		return false;
	real[n] = '\0';
	*strrchr(real, '/') = '\0';
	n = (ssize_t)strlen(real);
	if (gv_has_suffix(real, "/bin")) {
		memcpy(real + n - 3, "pkg/tool", sizeof("pkg/tool"));
		found = stat(real, &st) == 0 && S_ISDIR(st.st_mode);
		memcpy(real + n - 3, "bin", sizeof("bin"));
	}
	return found;
}

static bool is_program(const char *path, struct stat *st)
{
	return stat(path, st) == 0 && S_ISREG(st->st_mode) && (st->st_mode & 0111);
}

/* One directory of PATH. */
static bool try_directory(struct gv_run *run, const char *dir, size_t n)
{
	struct gv_choice *c = run->choice;
	struct gv_text t = gv_text_in(c->text + c->used, PATH_MAX);
	struct stat st;

	if (n == 0 || dir[0] != '/')
		return false; /* the working directory must not choose the program */
	gv_text_add_n(&t, dir, n);
	gv_text_add(&t, "/go");
	if (t.cut)
		return false;
	if (!is_program(t.at, &st)) {
		gv_run_trace(run, t.at, "absent");
		return false;
	}
	if (gv_is_shim(run, t.at, &st, true)) {
		gv_run_trace(run, t.at, "a govern shim");
		return false;
	}
	gv_run_trace(run, t.at, "the next go in PATH");
	return true;
}

/* The program that goes with the go in `dir`: beside it, or where its GOROOT has it. */
static bool take(struct gv_run *run, const char *dir, size_t n)
{
	struct gv_choice *c = run->choice;
	struct gv_text t = gv_text_in(c->text + c->used, PATH_MAX);
	char *real, *next;
	struct stat st;
	bool goroot;

	gv_text_add_n(&t, dir, n);
	gv_text_add(&t, "/go");
	real = t.at + t.len + 1 + PATH_MAX;
	goroot = in_goroot(t.at, real);
	t = gv_text_in(t.at, PATH_MAX);
	gv_text_add_n(&t, dir, n);
	gv_text_format(&t, "/%s", run->req->program);
	if (goroot && !t.cut && !is_program(t.at, &st)) {
		t = gv_text_in(t.at, PATH_MAX);
		gv_text_format(&t, "%s/%s", real, run->req->program);
	}
	if (t.cut || !is_program(t.at, &st)) {
		gv_run_trace(run, t.at, "absent");
		return false;
	}
	c->name[0] = '\0';
	c->goroot = c->behind = "";
	c->program = t.at;
	if (!goroot) {
		next = t.at + t.len + 1;
		memcpy(next, dir, n);
		next[n] = '\0';
		c->behind = next;
	}
	return true;
}

/* Behind the directory that this chain of programs was handed over to already.  Inside a
 * go command there is no such chain: that go is no shim, and asks for a go again. */
static const char *begin(const struct gv_run *run, const char *path)
{
	const char *behind = run->env.behind;
	const char *at = path;

	if (!behind || !*behind || run->env.gotooldir)
		return path;
	while (at) {
		size_t n = strcspn(at, ":");
		const char *next = at[n] ? at + n + 1 : NULL;

		if (strlen(behind) == n && memcmp(behind, at, n) == 0) {
			gv_run_trace(run, GV_VAR_BEHIND, behind);
			return next ? next : "";
		}
		at = next;
	}
	return path;
}

/* Whether PATH names the directory in front of here too. */
static bool is_repeated(const char *path, const char *dir, size_t n)
{
	while (path < dir) {
		size_t len = strcspn(path, ":");

		if (len == n && memcmp(path, dir, n) == 0)
			return true;
		path += len + 1;
	}
	return false;
}

enum gv_found gv_search_path(struct gv_run *run)
{
	const char *path = run->env.path;
	bool chain;

	if (!path) {
		gv_run_trace(run, "PATH", "not set");
		return GV_NONE_IN_PATH;
	}
	path = begin(run, path);
	chain = path != run->env.path;
	while (*path) {
		size_t n = strcspn(path, ":");

		/* What PATH names twice has had its turn: a chain goes on, and never back
		 * to where it was. */
		if (!(chain && is_repeated(run->env.path, path, n)) &&
		    try_directory(run, path, n))
			return take(run, path, n) ? GV_FOUND : GV_NONE_IN_PATH;
		path += n + (path[n] == ':');
	}
	gv_run_trace(run, "PATH", "no other go");
	return GV_NONE_IN_PATH;
}
