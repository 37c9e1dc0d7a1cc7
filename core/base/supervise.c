// SPDX-License-Identifier: Apache-2.0
#include "core/base/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/interrupt.h"

enum {
	CHUNK = 64 << 10, /* bytes; what a pipe holds unless somebody asked for more */
	TICK_MS = 50,	  /* how soon the end is seen of a program that left its pipes */
};

struct running {
	const struct gv_supervise *what;
	struct gv_child child;
	int fds[2]; /* we read its stdout and its stderr there; -1: closed */
	int64_t begun, heard;
	char *room; /* CHUNK bytes */
};

/* -- starting ------------------------------------------------------------------------ */

static bool same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return strncmp(a, b, n) == 0 && b[n] == '=';
}

static bool is_in(const struct gv_list *set, const char *variable)
{
	for (size_t i = 0; set && i < set->n; i++)
		if (same_name(set->items[i], variable))
			return true;
	return false;
}

/* Our environment with `set` in it.  The strings are borrowed. */
static char **compose_environment(const struct gv_list *set)
{
	size_t n = 0, n_set = set ? set->n : 0, k = 0;
	char **envp;

	while (environ && environ[n])
		n++;
	envp = calloc(n + n_set + 1, sizeof(*envp));
	if (!envp)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (!is_in(set, environ[i]))
			envp[k++] = environ[i];
	for (size_t i = 0; i < n_set; i++)
		envp[k++] = set->items[i];
	return envp;
}

static int make_pipes(int out[2], int err[2])
{
	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(err, O_CLOEXEC) < 0) {
		int error = errno;

		(void)close(out[0]);
		(void)close(out[1]);
		return -error;
	}
	/* The ends that we read: what is there is taken, what is not is not waited
	 * for. */
	(void)!fcntl(out[0], F_SETFL, O_NONBLOCK); /* cannot fail for a pipe */
	(void)!fcntl(err[0], F_SETFL, O_NONBLOCK);
	return 0;
}

static int start(struct running *run)
{
	char **own = run->what->envp ? NULL : compose_environment(run->what->set);
	char *const *envp = run->what->envp ? run->what->envp : own;
	int out[2], err[2];
	int r = envp ? make_pipes(out, err) : -ENOMEM;

	if (r == 0) {
		struct gv_child_fd fds[] = {{out[1], 1}, {err[1], 2}};
		struct gv_child_spec spec = {
			.program = run->what->program,
			.argv = run->what->argv,
			.envp = envp,
			.fds = fds,
			.n_fds = GV_COUNT(fds),
			.directory = run->what->directory ? run->what->directory : "/",
			.own_group = true,
			.guarded = run->what->guarded,
			.no_network = run->what->no_network,
		};

		r = gv_child_start(&spec, &run->child);
		(void)close(out[1]);
		(void)close(err[1]);
		run->fds[0] = out[0];
		run->fds[1] = err[0];
	}
	free(own);
	return r;
}

/* -- listening ----------------------------------------------------------------------- */

/* One piece.  1: there was one; 0: there is none now, or will be none any more. */
static int hear(struct running *run, int which)
{
	const struct gv_supervise *what = run->what;
	ssize_t n = read(run->fds[which], run->room, CHUNK);
	int r = 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		gv_close(&run->fds[which]);
		run->fds[which] = -1;
		return 0;
	}
	if (what->output)
		r = what->output(what->arg, which + 1, run->room, (size_t)n);
	/* Only now: the time that we took is not the program's. */
	if (which == 0)
		run->heard = gv_clock_ms();
	return r < 0 ? r : 1;
}

/* Milliseconds until a limit is reached; 0: one is. */
static long time_left(const struct running *run)
{
	const struct gv_supervise *what = run->what;
	int64_t now = gv_clock_ms(), left = TICK_MS, more;

	if (what->limit_ms) {
		more = run->begun + what->limit_ms - now;
		left = more < left ? more : left;
	}
	if (what->quiet_ms) {
		more = run->heard + what->quiet_ms - now;
		left = more < left ? more : left;
	}
	return left > 0 ? (long)left : 0;
}

static int listen_once(struct running *run, long wait_ms)
{
	struct pollfd fds[] = {
		{.fd = run->fds[0], .events = POLLIN},
		{.fd = run->fds[1], .events = POLLIN},
		{.fd = gv_interrupt_fd(), .events = POLLIN},
	};
	int r = 0;

	if (poll(fds, GV_COUNT(fds), (int)wait_ms) < 0 && errno != EINTR)
		return -errno;
	for (int i = 0; i < 2 && r >= 0; i++)
		if (run->fds[i] >= 0 && fds[i].revents)
			r = hear(run, i);
	return r < 0 ? r : 0;
}

/* What it wrote before it ended; of what others go on writing no more than fits a
 * pipe. */
static int hear_the_rest(struct running *run)
{
	int r = 0;

	for (int i = 0; i < 2 && r >= 0; i++) {
		int room = run->fds[i] >= 0 ? fcntl(run->fds[i], F_GETPIPE_SZ) : 0;

		for (r = 1; r > 0 && room > 0 && run->fds[i] >= 0; room -= CHUNK)
			r = hear(run, i);
	}
	return r < 0 ? r : 0;
}

static int attend(struct running *run)
{
	long pause = 1;
	int r = 0;

	while (r == 0) {
		long left = time_left(run);

		if (gv_interrupted())
			return -GV_EINTERRUPTED;
		r = gv_child_has_ended(&run->child);
		if (r != 0)
			break;
		if (left == 0)
			return -ETIMEDOUT;
		/* With its pipes closed only the end is missing, and mostly there. */
		if (run->fds[0] < 0 && run->fds[1] < 0) {
			left = pause < left ? pause : left;
			pause = pause < TICK_MS ? pause * 2 : TICK_MS;
		}
		r = listen_once(run, left);
	}
	if (r < 0)
		return r;
	/* Before it is waited for: until then nobody else's group has this number. */
	gv_child_kill_group(&run->child);
	return hear_the_rest(run);
}

int gv_supervise(const struct gv_supervise *what, int *ret_status)
{
	struct running run = {
		.what = what,
		.child = GV_CHILD_INIT,
		.fds = {-1, -1},
		.begun = gv_clock_ms(),
		.room = malloc(CHUNK),
	};
	int r = run.room ? start(&run) : -ENOMEM, status;

	run.heard = run.begun;
	if (r == 0)
		r = attend(&run);
	if (r == 0)
		r = gv_child_wait(&run.child, &status);
	gv_child_kill(&run.child);
	gv_close(&run.fds[0]);
	gv_close(&run.fds[1]);
	free(run.room);
	if (r == 0)
		*ret_status = status;
	return r;
}
