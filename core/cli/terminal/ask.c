// SPDX-License-Identifier: Apache-2.0
#include "core/cli/terminal/ask.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/cli/output.h"

/* One line, without its newline; what is too long for an answer is none. */
static int read_answer(char *ret, size_t cap)
{
	size_t n = 0;

	for (;;) {
		struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
				       {.fd = gv_interrupt_fd(), .events = POLLIN}};
		ssize_t got;
		char c;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return -errno;
		if (gv_interrupted())
			return -GV_EINTERRUPTED;
		if (!fds[0].revents)
			continue;
		got = read(STDIN_FILENO, &c, 1);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0 || (got == 1 && c == '\n'))
			break;
		if (got == 1 && n + 1 < cap)
			ret[n++] = c;
	}
	ret[n] = '\0';
	return 0;
}

int gv_cli_can_ask(struct gv_err *err)
{
	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		return 0;
	gv_err_set(err, -GV_EUSAGE, "there is no terminal to ask on");
	return gv_err_hint(err, "--yes does it without asking");
}

int gv_cli_ask(const struct gv_cli *cli, const char *question, struct gv_err *err)
{
	char answer[8];
	int r;

	if (cli->yes)
		return 0;
	r = gv_cli_can_ask(err);
	if (r < 0)
		return r;
	gv_output_flush();
	fprintf(stderr, "%s [y/N] ", question);
	r = read_answer(answer, sizeof(answer));
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r < 0)
		return gv_err_sys(err, r, "cannot read the answer");
	if (strcmp(answer, "y") == 0 || strcmp(answer, "Y") == 0 ||
	    strcmp(answer, "yes") == 0)
		return 0;
	return gv_err_set(err, -GV_EFAILED, "nothing was changed");
}

int gv_cli_ask_password(const char *what, char *ret, size_t cap, struct gv_err *err)
{
	char name[512];
	struct gv_text t = gv_text_in(name, sizeof(name));
	struct termios shown, hidden;
	struct gv_err unused = GV_ERR_INIT;
	int r = gv_cli_can_ask(&unused);

	if (r == 0 && tcgetattr(STDIN_FILENO, &shown) < 0)
		r = -errno;
	if (r < 0)
		return gv_err_set(err, -GV_EUSAGE,
				  "there is no terminal to ask for a password on");
	gv_output_flush();
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) < 0)
		return gv_err_sys(err, -errno, "cannot read the password");
	gv_text_add_visible(&t, what, strlen(what));
	fprintf(stderr, "password of %s: ", name);
	r = read_answer(ret, cap);
	(void)!tcsetattr(STDIN_FILENO, TCSAFLUSH,
			 &shown); /* as it was, as far as can be */
	fprintf(stderr, "\n");
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	return r < 0 ? gv_err_sys(err, r, "cannot read the password") : 0;
}
