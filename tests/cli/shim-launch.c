// SPDX-License-Identifier: Apache-2.0
/*
 * Starts a program as no shell does.
 *
 *	shim-launch [OPTION…] PROGRAM [ARGUMENT…]      (the ARGUMENTs from argv[0] on)
 *
 *	-c FD  close it         -i SIGNAL  ignore it      -b SIGNAL  block it
 *	-v N   N more variables of 100 bytes, in front    -d DIR     remove DIR, as cwd
 *	-m N   change into N levels of new directories "d"
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static void more_variables(size_t n)
{
	size_t have = 0;
	char **all;

	while (environ[have])
		have++;
	all = calloc(n + have + 1, sizeof(*all));
	if (!all)
		abort();
	for (size_t i = 0; i < n; i++) {
		char text[128];

		snprintf(text, sizeof(text), "V%zu=%090zu", i, i);
		all[i] = strdup(text);
	}
	memcpy(all + n, environ, have * sizeof(*all));
	environ = all;
}

int main(int argc, char **argv)
{
	sigset_t blocked;
	int c;

	sigemptyset(&blocked);
	while ((c = getopt(argc, argv, "+c:i:b:v:d:m:")) != -1) {
		int number = atoi(optarg);

		switch (c) {
		case 'c':
			close(number);
			break;
		case 'i':
			signal(number, SIG_IGN);
			break;
		case 'b':
			sigaddset(&blocked, number);
			break;
		case 'v':
			more_variables((size_t)number);
			break;
		case 'd':
			if (chdir(optarg) < 0 || rmdir(optarg) < 0)
				return 97;
			break;
		case 'm':
			while (number--)
				if ((mkdir("d", 0755) < 0 && errno != EEXIST) ||
				    chdir("d") < 0)
					return 97;
			break;
		default:
			return 97;
		}
	}
	if (optind == argc)
		return 97;
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	execve(argv[optind], argv + optind + 1, environ);
	return 96;
}
