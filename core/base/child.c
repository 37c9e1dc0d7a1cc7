// SPDX-License-Identifier: Apache-2.0
#include "core/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/isolate.h"

enum { THEIRS_MAX = 10, OUT_OF_THE_WAY = THEIRS_MAX };

/* From here to the exec only async-signal-safe calls: other threads may hold any lock. */

/* Of these none is ignored by us, so it was when we started (nohup, a job in the
 * background of a script), and goes on being so. */
static bool stays_ignored(int s)
{
	struct sigaction now;

	return (s == SIGINT || s == SIGQUIT || s == SIGHUP || s == SIGTERM) &&
	       sigaction(s, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static void reset_signals(void)
{
	struct sigaction act = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		if (!stays_ignored(s))
			(void)sigaction(s, &act, NULL); /* some cannot be set */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Whatever else is open goes at the exec: ours are so anyway, but this process may have
 * inherited some from whoever started it. */
static int close_others(const bool taken[THEIRS_MAX])
{
	for (int fd = 3; fd < THEIRS_MAX; fd++)
		if (!taken[fd])
			(void)close(fd); /* most are not open */
#ifdef SYS_close_range
	if (syscall(SYS_close_range, THEIRS_MAX, ~0U,
		    1U << 2 /* CLOSE_RANGE_CLOEXEC */) == 0)
		return 0;
#endif
	for (int fd = THEIRS_MAX; fd < 1024; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC); /* most are not open */
	return 0;
}

static int place_fds(const struct gv_child_spec *spec)
{
	int moved[THEIRS_MAX];
	bool taken[THEIRS_MAX] = {false};

	/* First away from the low numbers, so that none is overwritten before it is used.
	 */
	for (size_t i = 0; i < spec->n_fds; i++) {
		moved[i] = fcntl(spec->fds[i].ours, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
		if (moved[i] < 0)
			return -errno;
	}
	for (size_t i = 0; i < spec->n_fds; i++) {
		if (dup2(moved[i], spec->fds[i].theirs) < 0)
			return -errno;
		taken[spec->fds[i].theirs] = true;
	}
	for (int fd = 0; fd <= 2 && !spec->keep_stdio; fd++) {
		int null;

		if (taken[fd])
			continue;
		null = open("/dev/null", O_RDWR);
		if (null < 0)
			return -errno;
		if (null != fd) {
			if (dup2(null, fd) < 0)
				return -errno;
			(void)close(null);
		}
	}
	return close_others(taken);
}

/* From now on the death of the parent is our own, or told by that signal. */
static void die_with(pid_t parent, int signal)
{
	if (prctl(PR_SET_PDEATHSIG, signal) == 0 && getppid() != parent)
		_exit(127); /* it died before we could say that we want to hear of it */
}

static void kill_own_group(int signal)
{
	(void)signal;
	(void)kill(0, SIGKILL);
}

/* Ends as the program has ended. */
static GV_NORETURN void wait_as(pid_t program)
{
	int status;

	while (waitpid(program, &status, 0) < 0)
		if (errno != EINTR)
			_exit(127);
	if (!WIFSIGNALED(status))
		_exit(WEXITSTATUS(status));
	(void)signal(WTERMSIG(status), SIG_DFL);
	(void)raise(WTERMSIG(status));
	_exit(128 + WTERMSIG(status));
}

/*
 * What a killed parent's child has started goes on, for only the child is told.  So this
 * process stays between the two, as the leader of the group, and only waits: being told,
 * it kills the group.  Returns in the process that is to become the program.
 */
static int stand_guard(pid_t parent)
{
	struct sigaction act = {.sa_handler = kill_own_group};
	pid_t self = getpid(), pid;

	if (sigaction(SIGTERM, &act, NULL) < 0)
		return -errno;
	die_with(parent, SIGTERM);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid > 0) {
		/* Also the report, and the pipes: their ends are the program's. */
#ifdef SYS_close_range
		if (syscall(SYS_close_range, 0U, ~0U, 0U) < 0)
#endif
			for (int fd = 0; fd < 1024; fd++)
				(void)close(fd); /* most are not open */
		wait_as(pid);
	}
	act.sa_handler = SIG_DFL;
	(void)sigaction(SIGTERM, &act, NULL); /* it was possible just before */
	die_with(self, SIGKILL);
	return 0;
}

static GV_NORETURN void become(const struct gv_child_spec *spec, pid_t parent, int report)
{
	int r;

	reset_signals();
	die_with(parent, SIGKILL);
	r = place_fds(spec);
	if (r == 0 && spec->own_group && setpgid(0, 0) < 0)
		r = -errno;
	if (r == 0 && spec->no_network)
		r = gv_isolate_network();
#ifndef GV_WITHOUT_GUARD /* tests/controls: what it started outlives us */
	if (r == 0 && spec->guarded)
		r = stand_guard(parent);
#endif
	/* The child's own; this process stays where it is. */
	if (r == 0 && spec->directory && chdir(spec->directory) < 0)
		r = -errno;
	if (r == 0) {
		(void)execve(spec->program, spec->argv,
			     spec->envp ? spec->envp : environ);
		r = -errno;
	}
	(void)!write(report, &r, sizeof(r)); /* when that fails too, the status tells */
	_exit(127);
}

/* The child's report: nothing (closed by the exec), or the -errno of what failed. */
static int read_report(int fd)
{
	int r = 0;
	ssize_t n;

	do {
		n = read(fd, &r, sizeof(r));
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(r) ? r : 0;
}

int gv_child_start(const struct gv_child_spec *spec, struct gv_child *ret)
{
	sigset_t all, before;
	pid_t parent = getpid(), pid;
	int report[2];
	int r;

	if (spec->n_fds > THEIRS_MAX)
		return -EINVAL;
	if (pipe2(report, O_CLOEXEC) < 0)
		return -errno;
	/* No handler of ours may run in the child before it has reset them. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0) {
		/* An fd of the caller's may sit where the child wants another one. */
		int far = fcntl(report[1], F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);

		become(spec, parent, far < 0 ? report[1] : far);
	}
	r = pid < 0 ? -errno : 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)close(report[1]);
	if (r == 0)
		r = read_report(report[0]);
	(void)close(report[0]);
	if (r < 0) {
		if (pid > 0)
			(void)waitpid(pid, NULL, 0);
		return r;
	}
	*ret = (struct gv_child){.pid = pid, .group = spec->own_group};
	return 0;
}

int gv_child_wait(struct gv_child *c, int *ret_status)
{
	int status;

	while (waitpid(c->pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	c->pid = 0;
	*ret_status = WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
	return 0;
}

int gv_child_has_ended(const struct gv_child *c)
{
	siginfo_t info = {0};

	while (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		if (errno != EINTR)
			return -errno;
	return info.si_pid != 0;
}

void gv_child_signal_group(const struct gv_child *c, int signal_number)
{
#ifndef GV_WITHOUT_GROUP /* tests/controls: what it started goes on */
	if (c->group && c->pid > 0)
		(void)kill(-c->pid, signal_number);
#else
	(void)c;
	(void)signal_number;
#endif
}

void gv_child_kill_group(const struct gv_child *c)
{
	gv_child_signal_group(c, SIGKILL);
}

void gv_child_kill(struct gv_child *c)
{
	int status;

	if (!c || c->pid <= 0)
		return;
	gv_child_kill_group(c);
	(void)kill(c->pid, SIGKILL);
	(void)!gv_child_wait(c, &status); /* it is gone either way */
}
