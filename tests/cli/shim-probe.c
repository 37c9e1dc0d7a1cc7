// SPDX-License-Identifier: Apache-2.0
/*
 * Stands in for a go program in the tests of the shim: says what it was given.  What it
 * says goes to the file that PROBE names, else to stdout (which may be closed).
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static void print_fds(FILE *out)
{
	for (int fd = 0; fd < 16; fd++)
		if (fd != fileno(out) && fcntl(fd, F_GETFD) >= 0)
			fprintf(out, "fd %d\n", fd);
}

static void print_signals(FILE *out)
{
	sigset_t blocked;
	struct sigaction action;

	sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (int s = 1; s < 32; s++) {
		if (sigismember(&blocked, s) == 1)
			fprintf(out, "blocked %d\n", s);
		if (sigaction(s, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
			fprintf(out, "ignored %d\n", s);
	}
}

int main(int argc, char **argv)
{
	const char *file = getenv("PROBE");
	FILE *out = file ? fopen(file, "we") : stdout;
	char *cwd = getcwd(NULL, 0), exe[4096] = "";
	mode_t mask = umask(0);

	if (!out)
		return 99;
	if (readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0)
		fprintf(out, "exe %s\n", exe);
	for (int i = 0; i < argc; i++)
		fprintf(out, "argv %d [%s]\n", i, argv[i]);
	fprintf(out, "cwd %s\n", cwd ? cwd : "none");
	fprintf(out, "pid %d\n", (int)getpid());
	fprintf(out, "umask %o\n", (unsigned)mask);
	print_fds(out);
	print_signals(out);
	for (char **e = environ; *e; e++)
		fprintf(out, "env %s\n", *e);
	return fflush(out) == 0 ? 42 : 98;
}
