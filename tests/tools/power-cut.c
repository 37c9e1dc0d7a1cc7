// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a command and turns off the power of the file system it works on, at a moment that
 * can be named again.
 *
 *	power-cut [-n N] [-a ACTION] [-l LOG] MOUNT COMMAND...
 *
 * The command and all that it starts are traced.  Counted is each system call that
 * changed something below MOUNT, or asked for that to be made durable, and each line the
 * command itself reported on its stdout; a call counts when it has returned.  After the
 * Nth, or when all processes have ended (no -n, or fewer than N), ACTION happens, before
 * any of them can go on:
 *
 *	off	nothing that was not made durable reaches the disk
 *	log	the journal does; data that has no blocks yet does not
 *	sync	everything does: what kill -9 leaves
 *	kill	the processes are killed and the power stays on
 *	none	(default) nothing
 *
 * LOG gets a line for each, "N call path".  Exit status: the command's, 128 and the
 * signal that killed it, or 99: it was cut off before its end.  The file system has to
 * know FS_IOC_SHUTDOWN (ext4, xfs, f2fs); it wants root.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef FS_IOC_SHUTDOWN
#define FS_IOC_SHUTDOWN _IOR('X', 125, uint32_t)
#endif

enum { CUT = 99, TASKS = 256 };

/* Where a call names what it changes: an fd; a path; a directory fd and a path.  `at` is
 * the number of that argument. */
enum how { BY_FD, BY_PATH, BY_AT, BY_OPEN, BY_OPENAT };

static const struct call {
	const char *name;
	unsigned long nr;
	enum how how;
	unsigned at;
} calls[] = {
	{"write", SYS_write, BY_FD, 0},
	{"pwrite64", SYS_pwrite64, BY_FD, 0},
	{"writev", SYS_writev, BY_FD, 0},
	{"pwritev", SYS_pwritev, BY_FD, 0},
	{"sendfile", SYS_sendfile, BY_FD, 0},
	{"splice", SYS_splice, BY_FD, 2},
	{"copy_file_range", SYS_copy_file_range, BY_FD, 2},
	{"ftruncate", SYS_ftruncate, BY_FD, 0},
	{"fallocate", SYS_fallocate, BY_FD, 0},
	{"fchmod", SYS_fchmod, BY_FD, 0},
	{"fchown", SYS_fchown, BY_FD, 0},
	{"fsync", SYS_fsync, BY_FD, 0},
	{"fdatasync", SYS_fdatasync, BY_FD, 0},
	{"syncfs", SYS_syncfs, BY_FD, 0},
	{"openat", SYS_openat, BY_OPENAT, 0},
	{"mkdirat", SYS_mkdirat, BY_AT, 0},
	{"symlinkat", SYS_symlinkat, BY_AT, 1},
	{"linkat", SYS_linkat, BY_AT, 2},
	{"renameat2", SYS_renameat2, BY_AT, 2},
	{"unlinkat", SYS_unlinkat, BY_AT, 0},
	{"fchmodat", SYS_fchmodat, BY_AT, 0},
	{"fchownat", SYS_fchownat, BY_AT, 0},
	{"utimensat", SYS_utimensat, BY_AT, 0},
	{"truncate", SYS_truncate, BY_PATH, 0},
#ifdef SYS_renameat
	{"renameat", SYS_renameat, BY_AT, 2},
#endif
#ifdef SYS_open
	{"open", SYS_open, BY_OPEN, 0},
	{"creat", SYS_creat, BY_PATH, 0},
	{"mkdir", SYS_mkdir, BY_PATH, 0},
	{"symlink", SYS_symlink, BY_PATH, 1},
	{"link", SYS_link, BY_PATH, 1},
	{"rename", SYS_rename, BY_PATH, 1},
	{"unlink", SYS_unlink, BY_PATH, 0},
	{"rmdir", SYS_rmdir, BY_PATH, 0},
	{"chmod", SYS_chmod, BY_PATH, 0},
	{"chown", SYS_chown, BY_PATH, 0},
	{"lchown", SYS_lchown, BY_PATH, 0},
#endif
};

static const struct action {
	const char *name;
	int flag; /* of FS_IOC_SHUTDOWN; -1: the power stays on */
} actions[] = {{"sync", 0}, {"log", 1}, {"off", 2}, {"kill", -1}, {"none", -1}};

/* A thread at work, and what it asked the kernel for. */
static struct task {
	pid_t tid;
	uint64_t nr;
	uint64_t args[6];
} tasks[TASKS];

static struct {
	char mount[PATH_MAX];
	dev_t dev;
	int fd;
	unsigned long n, wanted;
	const struct action *action;
	FILE *log;
	pid_t child;
} cut;

static void die(const char *what)
{
	fprintf(stderr, "power-cut: %s: %s\n", what, strerror(errno));
	exit(100);
}

static struct task *task_of(pid_t tid)
{
	struct task *room = NULL;

	for (size_t i = 0; i < TASKS; i++) {
		if (tasks[i].tid == tid)
			return &tasks[i];
		if (!tasks[i].tid && !room)
			room = &tasks[i];
	}
	if (!room) {
		errno = EAGAIN;
		die("too many threads");
	}
	*room = (struct task){.tid = tid};
	return room;
}

/* -- what a call changed ------------------------------------------------------------- */

static bool read_proc_link(pid_t tid, const char *what, char ret[PATH_MAX])
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/%s", tid, what);
	n = readlink(link, ret, PATH_MAX - 1);
	ret[n < 0 ? 0 : n] = '\0';
	return n > 0;
}

static void read_string(pid_t tid, uint64_t address, char ret[PATH_MAX])
{
	size_t n = 0;

	/* Page by page: the string may end right before one that is not there. */
	while (address && n < PATH_MAX - 1 && !memchr(ret, '\0', n)) {
		size_t chunk = 4096 - (address + n) % 4096;
		struct iovec to = {ret + n,
				   chunk < PATH_MAX - 1 - n ? chunk : PATH_MAX - 1 - n};
		struct iovec from = {(void *)(uintptr_t)(address + n), to.iov_len};
		ssize_t got = process_vm_readv(tid, &to, 1, &from, 1, 0);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	ret[n] = '\0';
}

static bool is_below_mount(const char *path)
{
	size_t n = strlen(cut.mount);

	return strncmp(path, cut.mount, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static bool changed_fd(pid_t tid, uint64_t fd, char ret[PATH_MAX])
{
	char link[64];
	struct stat st;

	snprintf(link, sizeof(link), "fd/%d", (int)fd);
	if (!read_proc_link(tid, link, ret))
		return false;
	if (tid == cut.child && fd == STDOUT_FILENO) {
		snprintf(ret, PATH_MAX, "(stdout)");
		return true;
	}
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", tid, (int)fd);
	return stat(link, &st) == 0 && st.st_dev == cut.dev &&
	       (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

static bool changed_path(pid_t tid, int dirfd, uint64_t address, char ret[PATH_MAX])
{
	char dir[PATH_MAX], path[PATH_MAX], link[64];

	snprintf(link, sizeof(link), "fd/%d", dirfd);
	read_string(tid, address, path);
	if (path[0] == '/')
		return strcpy(ret, path), is_below_mount(ret);
	if (!read_proc_link(tid, dirfd == AT_FDCWD ? "cwd" : link, dir) ||
	    snprintf(ret, PATH_MAX, "%s/%s", dir, path) >= PATH_MAX)
		return false;
	return is_below_mount(ret);
}

static bool changed(const struct task *t, const struct call *c, char ret[PATH_MAX])
{
	const uint64_t *arg = t->args + c->at;
	uint64_t flags = c->how == BY_OPENAT ? arg[2] : arg[1];

	switch (c->how) {
	case BY_FD:
		return changed_fd(t->tid, arg[0], ret);
	case BY_OPEN:
		if (!(flags & (O_CREAT | O_TRUNC)))
			return false;
		/* fall through */
	case BY_PATH:
		return changed_path(t->tid, AT_FDCWD, arg[0], ret);
	case BY_OPENAT:
		if (!(flags & (O_CREAT | O_TRUNC)))
			return false;
		/* fall through */
	case BY_AT:
		return changed_path(t->tid, (int)arg[0], arg[1], ret);
	}
	return false;
}

/* -- the cut ------------------------------------------------------------------------- */

static void act(void)
{
	uint32_t flag = (uint32_t)cut.action->flag;

	if (cut.action->flag >= 0 && ioctl(cut.fd, FS_IOC_SHUTDOWN, &flag) < 0)
		die("FS_IOC_SHUTDOWN");
}

static void kill_all(void)
{
	for (size_t i = 0; i < TASKS; i++)
		if (tasks[i].tid)
			(void)kill(tasks[i].tid, SIGKILL);
	while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
		;
}

static void returned(struct task *t)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (calls[i].nr != t->nr || !changed(t, &calls[i], path))
			continue;
		cut.n++;
		if (cut.log)
			fprintf(cut.log, "%lu %s %s\n", cut.n, calls[i].name,
				is_below_mount(path) ? path + strlen(cut.mount) : path);
		if (cut.n != cut.wanted || strcmp(cut.action->name, "none") == 0)
			return;
		act();
		kill_all();
		exit(CUT);
	}
}

/* -- tracing ------------------------------------------------------------------------- */

static void at_call(pid_t tid)
{
	struct task *t = task_of(tid);
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) < 0)
		return; /* killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		t->nr = info.entry.nr;
		memcpy(t->args, info.entry.args, sizeof(t->args));
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && !info.exit.is_error) {
		returned(t);
	}
}

/* Lets a stopped thread go on. */
static void go_on(pid_t tid, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;
	bool is_stop = signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN ||
		       signal == SIGTTOU;

	if (signal == (SIGTRAP | 0x80)) {
		at_call(tid);
		signal = 0;
	} else if (event) {
		(void)task_of(tid);
		if (event == PTRACE_EVENT_STOP && is_stop) {
			(void)ptrace(PTRACE_LISTEN, tid, 0, 0);
			return;
		}
		signal = 0;
	}
	(void)ptrace(PTRACE_SYSCALL, tid, 0, signal);
}

static int trace(void)
{
	int status, result = 100;
	pid_t tid;

	while ((tid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (tid < 0)
			continue;
		if (WIFSTOPPED(status)) {
			go_on(tid, status);
			continue;
		}
		task_of(tid)->tid = 0;
		if (tid == cut.child)
			result = WIFEXITED(status) ? WEXITSTATUS(status)
						   : 128 + WTERMSIG(status);
	}
	return result;
}

static void start(char **argv)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
			     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
			     PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int gate[2];
	char c;

	if (pipe2(gate, O_CLOEXEC) < 0)
		die("pipe");
	cut.child = fork();
	if (cut.child < 0)
		die("fork");
	if (cut.child == 0) {
		if (read(gate[0], &c, 1) == 1)
			execvp(argv[0], argv);
		_exit(127);
	}
	if (ptrace(PTRACE_SEIZE, cut.child, 0, options) < 0 ||
	    ptrace(PTRACE_INTERRUPT, cut.child, 0, 0) < 0)
		die("ptrace");
	(void)task_of(cut.child);
	if (write(gate[1], "", 1) != 1)
		die("write");
	close(gate[0]);
	close(gate[1]);
}

static const struct action *find_action(const char *name)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	errno = EINVAL;
	die(name);
	return NULL;
}

int main(int argc, char **argv)
{
	struct stat st;
	int option, result;

	cut.action = find_action("none");
	while ((option = getopt(argc, argv, "+n:a:l:")) != -1) {
		if (option == 'n')
			cut.wanted = strtoul(optarg, NULL, 10);
		else if (option == 'a')
			cut.action = find_action(optarg);
		else if (option == 'l' && !(cut.log = fopen(optarg, "we")))
			die(optarg);
	}
	if (argc - optind < 2) {
		fprintf(stderr, "usage: power-cut [-n N] [-a ACTION] [-l LOG] MOUNT "
				"COMMAND...\n");
		return 100;
	}
	if (!realpath(argv[optind], cut.mount))
		die(argv[optind]);
	cut.fd = open(cut.mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cut.fd < 0 || fstat(cut.fd, &st) < 0)
		die(cut.mount);
	cut.dev = st.st_dev;
	start(argv + optind + 1);
	result = trace();
	act();
	return result;
}
