// SPDX-License-Identifier: Apache-2.0
/* PATH, and the programs that the store's directory in it has. */
#include "core/cli/doctor/doctor.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/birth.h"
#include "core/base/file.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/cli/setup/programs.h"
#include "core/cli/setup/starter.h"
#include "core/resolve/marker.h"

/* -- whose is it --------------------------------------------------------------------- */

const char *gv_manager_of(const char *path)
{
	static const struct {
		const char *name, *part, *variable;
	} managers[] = {
		{"goenv", "/.goenv/", "GOENV_ROOT"},
		{"asdf", "/.asdf/", "ASDF_DATA_DIR"},
		{"mise", "/mise/", "MISE_DATA_DIR"},
		{"gvm", "/.gvm/", "GVM_ROOT"},
		{"gobrew", "/.gobrew/", "GOBREW_ROOT"},
		{"goup", "/.goup/", "GOUP_HOME"},
		{"goup", "/.go/current/", NULL},
		{"g", "/.g/", "G_HOME"},
		{"g", "/.go/", NULL},
		{"vfox", "/.version-fox/", "VFOX_HOME"},
		{"vfox", "/.vfox/", "VFOX_ROOT"},
		{"gimme", "/.gimme/", "GIMME_VERSION_PREFIX"},
		{"proto", "/.proto/", "PROTO_HOME"},
	};

	for (size_t i = 0; i < GV_COUNT(managers); i++) {
		const char *root =
			managers[i].variable ? getenv(managers[i].variable) : NULL;
		const char *rest = root && root[0] == '/' && root[1]
					   ? gv_after_prefix(path, root)
					   : NULL;

		if ((rest && (*rest == '/' || *rest == '\0')) ||
		    strstr(path, managers[i].part))
			return managers[i].name;
	}
	return NULL;
}

static bool is_govern_shim(const char *path)
{
	GV_CLEANUP(gv_close) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char head[GV_SHIM_MARKER_END];
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));

	return n > 0 && memmem(head, (size_t)n, GV_SHIM_MARKER, strlen(GV_SHIM_MARKER));
}

/* -- one directory after the other --------------------------------------------------- */

struct way {
	struct gv_doctor *d;
	bool has_bin; /* <prefix>/bin is there … */
	struct stat bin;
	bool passed;	       /* … and was passed on the way through PATH */
	char behind[PATH_MAX]; /* the first go behind it; "": none */
};

static void find_before(struct way *w, const char *dir, const char *program)
{
	GV_CLEANUP(gv_free_str) char *real = realpath(program, NULL);
	const char *manager = gv_manager_of(program);
	struct gv_err *f;

	if (!manager && real)
		manager = gv_manager_of(real);
	if (manager && !is_govern_shim(program)) {
		f = gv_doctor_find(w->d, GV_CHECK_PATH_MANAGER);
		gv_err_set(f, -GV_EFAILED, "'%s' of %s comes before '%s' in PATH", dir,
			   manager, w->d->bin);
		gv_err_hint(f,
			    "take %s out of the shell's rc files, or let govern setup "
			    "come after it",
			    manager);
		return;
	}
	f = gv_doctor_find(w->d, GV_CHECK_PATH_ORDER);
	if (is_govern_shim(program))
		gv_err_set(f, -GV_EFAILED,
			   "'%s', the shim of another store, comes before '%s' in PATH",
			   program, w->d->bin);
	else
		gv_err_set(f, -GV_EFAILED, "'%s' comes before '%s' in PATH", program,
			   w->d->bin);
	gv_err_hint(f, "govern setup, then open a new shell");
}

static void look_at_directory(struct way *w, const char *dir)
{
	char program[PATH_MAX];
	struct gv_text t = gv_text_in(program, sizeof(program));
	struct stat st;
	struct gv_err *f;

	if (dir[0] != '/') {
		if (w->passed)
			return;
		f = gv_doctor_find(w->d, GV_CHECK_PATH_RELATIVE);
		gv_err_set(f, -GV_EFAILED, "PATH has '%s' before '%s'", dir, w->d->bin);
		gv_err_hint(f, "take it out of PATH where the shell sets that");
		return;
	}
	if (w->has_bin && stat(dir, &st) == 0 && st.st_ino == w->bin.st_ino &&
	    st.st_dev == w->bin.st_dev) {
		w->passed = true;
		return;
	}
	gv_text_format(&t, "%s/go", dir);
	if (t.cut || stat(program, &st) < 0 || !S_ISREG(st.st_mode) ||
	    access(program, X_OK) < 0)
		return;
	if (!w->passed && w->has_bin)
		find_before(w, dir, program);
	else if (w->passed && !w->behind[0])
		memcpy(w->behind, program, t.len + 1);
}

static void walk(struct way *w, const char *path)
{
	char dir[PATH_MAX];

	for (;;) {
		size_t n = strcspn(path, ":");
		struct gv_text t = gv_text_in(dir, sizeof(dir));

		gv_text_add_n(&t, path, n);
		if (!t.cut)
			look_at_directory(w, dir);
		if (!path[n])
			return;
		path += n + 1;
	}
}

/* Whether our bin is in PATH at all: else it is not "before" anything. */
static bool is_in_path(const struct way *w, const char *path)
{
	char dir[PATH_MAX];
	struct stat st;

	while (path && *path && w->has_bin) {
		size_t n = strcspn(path, ":");
		struct gv_text t = gv_text_in(dir, sizeof(dir));

		gv_text_add_n(&t, path, n);
		if (!t.cut && dir[0] == '/' && stat(dir, &st) == 0 &&
		    st.st_ino == w->bin.st_ino && st.st_dev == w->bin.st_dev)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

/* What reads no rc file is told of the directory in another way. */
static void find_absent(struct gv_doctor *d)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf line = GV_BUF_INIT(0);
	struct gv_err *f = gv_doctor_find(d, GV_CHECK_PATH_ABSENT);
	enum gv_starter starter = gv_starter_find();

	gv_err_set(f, -GV_EFAILED, "'%s' is not in PATH", d->bin);
	gv_starter_line(starter, d->bin, &line);
	if (gv_buf_error(&line) < 0)
		return;
	switch (starter) {
	case GV_STARTER_SHELL:
		gv_err_hint(f, "govern setup, then open a new shell, or: %s", line.data);
		break;
	case GV_STARTER_CRON:
		gv_err_hint(f, "cron reads no rc file; above the job in the crontab: %s",
			    line.data);
		break;
	case GV_STARTER_SYSTEMD:
		gv_err_hint(f, "systemd reads no rc file; in [Service] of the unit: %s",
			    line.data);
		break;
	case GV_STARTER_SSHD:
		gv_err_hint(f, "govern setup; where the login shell reads no rc file: %s",
			    line.data);
		break;
	case GV_STARTER_SUDO:
		gv_err_hint(f, "sudo sets PATH anew: %s", line.data);
		break;
	}
}

/* -- the shell's memory -------------------------------------------------------------- */

/* Seconds since the machine started at which the process did; -1. */
static long long started(pid_t pid)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf stat = GV_BUF_INIT(4096);
	char path[64];
	struct gv_text t = gv_text_in(path, sizeof(path));
	const char *p;
	uint64_t ticks = 0;

	gv_text_format(&t, "/proc/%d/stat", (int)pid);
	GV_CLEANUP(gv_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || gv_read_fd(fd, &stat) < 0 || !stat.data)
		return -1;
	/* The name in parentheses may hold anything; starttime is the 20th behind it. */
	p = strrchr(stat.data, ')');
	for (int i = 0; i < 20 && p; i++)
		p = strchr(p + 1, ' ');
	if (!p || gv_num_parse(p + 1, strcspn(p + 1, " \n"), UINT64_MAX, &ticks) < 0)
		return -1;
	return (long long)(ticks / (uint64_t)sysconf(_SC_CLK_TCK));
}

static bool is_hashing_shell(pid_t pid)
{
	static const char *const shells[] = {"bash", "zsh", "dash", "sh", "ksh", "mksh"};
	char path[64], comm[32] = "";
	struct gv_text t = gv_text_in(path, sizeof(path));
	ssize_t n;

	gv_text_format(&t, "/proc/%d/comm", (int)pid);
	GV_CLEANUP(gv_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, comm, sizeof(comm) - 1);
	comm[n > 0 ? n : 0] = '\0';
	comm[strcspn(comm, "\n")] = '\0';
	for (size_t i = 0; i < GV_COUNT(shells); i++)
		if (strcmp(comm, shells[i]) == 0)
			return true;
	return false;
}

/*
 * A child cannot see what its shell remembers, only that it may: the shell is older than
 * our go, and finds another one without it.
 */
static void look_at_memory(struct gv_doctor *d, const struct way *w)
{
	long long start = started(getppid());
	struct timespec now, boot;
	int64_t made;
	struct gv_err *f;

	if (!w->behind[0] || start < 0 || !is_hashing_shell(getppid()) ||
	    gv_birth_time(d->cli->store.prefix_fd, "bin/go", &made) < 0 ||
	    clock_gettime(CLOCK_REALTIME, &now) < 0 ||
	    clock_gettime(CLOCK_BOOTTIME, &boot) < 0)
		return;
	if (now.tv_sec - boot.tv_sec + start >= made)
		return;
	f = gv_doctor_find(d, GV_CHECK_PATH_HASH);
	gv_err_set(f, -GV_EFAILED,
		   "this shell is older than '%s/go' and may remember '%s'", d->bin,
		   w->behind);
	gv_err_hint(f, "hash -r");
}

/* -- programs ------------------------------------------------------------------------ */

static void find_missing(struct gv_doctor *d, const char *program)
{
	struct gv_err *f = gv_doctor_find(d, GV_CHECK_SHIM_MISSING);

	gv_err_set(f, -GV_EFAILED, "'%s/%s' is missing or cannot be executed", d->prefix,
		   program);
	gv_err_hint(f, "govern doctor --fix");
}

static void find_old(struct gv_doctor *d, const char *program)
{
	struct gv_err *f = gv_doctor_find(d, GV_CHECK_SHIM_OLD);

	gv_err_set(f, -GV_EFAILED, "'%s/%s' is of another build than this govern",
		   d->prefix, program);
	gv_err_hint(f, "govern doctor --fix");
}

/* One of each kind is named: the others are put right with it. */
static void look_at_programs(struct gv_doctor *d)
{
	GV_CLEANUP(gv_free_str) char *libexec = NULL;
	const char *missing = NULL, *old = NULL;
	struct gv_err why = GV_ERR_INIT;
	enum gv_program_is is;

	if (gv_cli_libexec(&libexec, &why) < 0)
		return;
	for (const struct gv_program *p = gv_programs; p->to; p++) {
		if (gv_program_compare(&d->cli->store, libexec, p, &is, &why) < 0) {
			*gv_doctor_find(d, GV_CHECK_GOVERN_INCOMPLETE) = why;
			return;
		}
		if (is == GV_PROGRAM_MISSING && !missing)
			missing = p->to;
		if (is == GV_PROGRAM_OTHER && !old)
			old = p->to;
	}
	if (missing)
		find_missing(d, missing);
	if (old)
		find_old(d, old);
}

void gv_doctor_path(struct gv_doctor *d)
{
	const char *path = getenv("PATH"), *sudo = getenv("SUDO_USER");
	struct way w = {.d = d};
	struct gv_err *f;

	if (sudo && sudo[0]) {
		f = gv_doctor_find(d, GV_CHECK_PATH_SUDO);
		gv_err_set(f, -GV_EFAILED, "this is run by sudo for '%s'", sudo);
		gv_err_hint(f, "without sudo, or: sudo \"$(command -v go)\" ARGUMENT...");
	}
	if (!d->has_store)
		return;
	w.has_bin = fstatat(d->cli->store.prefix_fd, "bin", &w.bin, 0) == 0;
	look_at_programs(d);
	if (!is_in_path(&w, path)) {
		find_absent(d);
		return;
	}
	walk(&w, path);
	look_at_memory(d, &w);
}
