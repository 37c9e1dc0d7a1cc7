// SPDX-License-Identifier: Apache-2.0
/* proc_pid(5): exe, cwd, environ. */
#include "core/cli/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/resolve/environ.h"
#include "core/version/goroot.h"

enum { ENVIRON_MAX = 1 << 20 };

/* What the kernel puts behind the path of a file that has no name any more. */
static const char gone[] = " (deleted)";

static void release(struct gv_process *p)
{
	free(p->exe);
	free(p->cwd);
	free(p->goroot);
	gv_list_release(&p->environment);
}

void gv_processes_release(struct gv_processes *p)
{
	for (size_t i = 0; i < p->n; i++)
		release(&p->items[i]);
	for (size_t i = 0; i < p->n_known; i++)
		gv_buildinfo_release(&p->known[i].info);
	free(p->items);
	free(p->known);
	*p = (struct gv_processes){0};
}

const struct gv_buildinfo *gv_process_info(const struct gv_processes *all,
					   const struct gv_process *p)
{
	return &all->known[p->known].info;
}

/* -- what it runs -------------------------------------------------------------------- */

/* 1: it is no Go program. */
static int identify(struct gv_processes *all, int process, size_t *ret)
{
	GV_CLEANUP(gv_close) int fd = openat(process, "exe", O_RDONLY | O_CLOEXEC);
	struct gv_running_exe new = {0};
	const char *why;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	for (size_t i = 0; i < all->n_known; i++) {
		if (all->known[i].dev == st.st_dev && all->known[i].ino == st.st_ino) {
			*ret = i;
			return all->known[i].is_go ? 0 : 1;
		}
	}
	if (all->n_known == all->cap_known) {
		size_t cap = all->cap_known ? 2 * all->cap_known : 32;
		void *more = reallocarray(all->known, cap, sizeof(*all->known));

		if (!more)
			return -ENOMEM;
		all->known = more;
		all->cap_known = cap;
	}
	new.dev = st.st_dev;
	new.ino = st.st_ino;
	new.is_go = gv_buildinfo_read(fd, &new.info, &why) == 0;
	*ret = all->n_known;
	all->known[all->n_known++] = new;
	return new.is_go ? 0 : 1;
}

/* GOROOT/bin/go, GOROOT/pkg/tool/linux_amd64/compile: what lies above, where it is
 * one. */
static char *goroot_of(const char *exe)
{
	static const unsigned levels[] = {2, 4};
	char path[PATH_MAX];
	struct gv_version ignored;

	for (size_t i = 0; i < GV_COUNT(levels); i++) {
		struct gv_text t = gv_text_in(path, sizeof(path));

		gv_text_add(&t, exe);
		for (unsigned up = 0; up < levels[i] && strrchr(path, '/'); up++)
			*strrchr(path, '/') = '\0';
		if (path[0] && gv_goroot_version(AT_FDCWD, path, &ignored) != -ENOENT)
			return strdup(path);
	}
	return NULL;
}

/* Go's own programs: "" for one that does not lie in a GOROOT, as those that Go builds
 * when they are wanted (since 1.25). */
static int find_goroot(const struct gv_processes *all, struct gv_process *p)
{
	if (!gv_after_prefix(gv_process_info(all, p)->path, "cmd/") &&
	    !strstr(p->exe, "/pkg/tool/"))
		return 0;
	p->goroot = goroot_of(p->exe);
	if (!p->goroot)
		p->goroot = strdup("");
	return p->goroot ? 0 : -ENOMEM;
}

/* -- where, and with what ------------------------------------------------------------ */

static int read_exe(int process, struct gv_process *p)
{
	char path[PATH_MAX];
	int r = gv_read_link(process, "exe", path, sizeof(path));

	if (r < 0)
		return r;
	if (gv_has_suffix(path, gone)) {
		path[strlen(path) - strlen(gone)] = '\0';
		p->exe_gone = true;
	}
	p->exe = strdup(path);
	return p->exe ? 0 : -ENOMEM;
}

/* Only when that path leads there for us, too. */
static int read_cwd(int process, struct gv_process *p)
{
	struct stat theirs, ours;
	char path[PATH_MAX];

	if (gv_read_link(process, "cwd", path, sizeof(path)) < 0 ||
	    fstatat(process, "cwd", &theirs, 0) < 0 || stat(path, &ours) < 0 ||
	    theirs.st_dev != ours.st_dev || theirs.st_ino != ours.st_ino)
		return 0;
	p->cwd = strdup(path);
	return p->cwd ? 0 : -ENOMEM;
}

/* What a go command that it starts would find; but not that it is inside of one. */
static int read_environment(int process, struct gv_process *p)
{
	static const char *const wanted[] = {"PATH=", "GOVERN_VERSION=", "GOTOOLCHAIN=",
					     GV_VAR_EXPORTED "=", GV_VAR_BEHIND "="};
	GV_CLEANUP(gv_buf_release) struct gv_buf all = GV_BUF_INIT(ENVIRON_MAX);
	GV_CLEANUP(gv_close) int fd = openat(process, "environ", O_RDONLY | O_CLOEXEC);
	const char *path = getenv("PATH");

	if (fd < 0 || gv_read_fd(fd, &all) < 0) {
		GV_CLEANUP(gv_buf_release) struct gv_buf ours = GV_BUF_INIT(0);

		gv_buf_format(&ours, "PATH=%s", path ? path : "");
		return gv_buf_error(&ours) < 0 ? -ENOMEM
					       : gv_list_add(&p->environment, ours.data);
	}
	for (const char *s = all.data; s && s < all.data + all.len; s += strlen(s) + 1)
		for (size_t i = 0; i < GV_COUNT(wanted); i++)
			if (gv_after_prefix(s, wanted[i]) &&
			    gv_list_add(&p->environment, s) < 0)
				return -ENOMEM;
	return 0;
}

/* -- all ----------------------------------------------------------------------------- */

static int look(struct gv_processes *all, int process, struct gv_process *p)
{
	struct stat st;
	int r = read_exe(process, p);

	if (r == 0)
		r = identify(all, process, &p->known);
	if (r == 0)
		r = find_goroot(all, p);
	if (r == 0)
		r = read_cwd(process, p);
	if (r == 0)
		r = read_environment(process, p);
	if (r == 0 && fstat(process, &st) == 0)
		p->uid = st.st_uid;
	return r;
}

static int add(struct gv_processes *all, struct gv_process *p)
{
	if (all->n == all->cap) {
		size_t cap = all->cap ? 2 * all->cap : 16;
		void *more = reallocarray(all->items, cap, sizeof(*all->items));

		if (!more)
			return -ENOMEM;
		all->items = more;
		all->cap = cap;
	}
	all->items[all->n++] = *p;
	return 0;
}

static int by_pid(const void *a, const void *b)
{
	const struct gv_process *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Kernel threads run nothing (ENOENT); what ends while we look is not told of. */
static int look_at(struct gv_processes *all, int proc, const char *number)
{
	GV_CLEANUP(gv_close) int process = -1;
	struct gv_process p = {0};
	uint64_t pid;
	int r;

	if (gv_num_parse(number, strlen(number), INT_MAX, &pid) < 0)
		return 0;
	process = gv_open_dir(proc, number);
	if (process < 0)
		return 0;
	p.pid = (pid_t)pid;
	r = look(all, process, &p);
	if (r == 0)
		r = add(all, &p);
	else if (r == -EACCES || r == -EPERM)
		all->hidden++;
	if (r == 0)
		return 0;
	release(&p);
	return r == -ENOMEM ? r : 0;
}

int gv_processes_gather(struct gv_processes *ret)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	GV_CLEANUP(gv_close) int proc = gv_open_dir(AT_FDCWD, "/proc");
	int r = proc < 0 ? proc : gv_list_dir(proc, ".", &names);

	for (size_t i = 0; i < names.n && r == 0; i++)
		r = gv_interrupted() ? -GV_EINTERRUPTED
				     : look_at(ret, proc, names.items[i]);
	if (r == 0 && ret->n)
		qsort(ret->items, ret->n, sizeof(*ret->items), by_pid);
	return r;
}
