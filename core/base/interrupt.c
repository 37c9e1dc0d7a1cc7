// SPDX-License-Identifier: Apache-2.0
#include "core/base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t arrived;
static int pipe_fds[2] = {-1, -1};

static void on_signal(int signal)
{
	int saved = errno;

	if (arrived) {
		/* The second time somebody means it: leave without cleaning up.  The next
		 * command heals what stays behind. */
		_exit(128 + signal);
	}
	arrived = signal;
	(void)!write(pipe_fds[1], "", 1); /* the flag is set; the pipe only wakes poll */
	errno = saved;
}

int gv_interrupt_install(void)
{
	static const int ours[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction act = {.sa_handler = on_signal};
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	for (size_t i = 0; i < GV_COUNT(ours); i++) {
		struct sigaction old;

		/* What was ignored when we started (nohup) stays ignored. */
		if (sigaction(ours[i], NULL, &old) < 0 || old.sa_handler == SIG_IGN)
			continue;
#ifndef GV_WITHOUT_HANDLERS /* tests/controls: killed by ^C, and nothing cleaned up */
		if (sigaction(ours[i], &act, NULL) < 0)
			return -errno;
#endif
	}
	if (sigaction(SIGPIPE, &ignore, NULL) < 0 ||
	    sigaction(SIGXFSZ, &ignore, NULL) < 0)
		return -errno;
	return 0;
}

bool gv_interrupted(void)
{
	return arrived != 0;
}

int gv_interrupt_fd(void)
{
	return pipe_fds[0];
}

int gv_interrupt_signal(void)
{
	return arrived;
}
