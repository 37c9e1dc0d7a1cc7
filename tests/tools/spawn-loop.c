// SPDX-License-Identifier: Apache-2.0
/*
 * Starts a program many times, as fast as it goes, and counts the starts that failed.
 *
 *	spawn-loop STARTS JOBS PROGRAM [ARGUMENT...]
 *
 * JOBS run at a time; their standard output is thrown away, what they say on standard
 * error is ours.  Exit status 1 when one did not end with 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
	long starts = argc > 3 ? strtol(argv[1], NULL, 10) : 0;
	long jobs = argc > 3 ? strtol(argv[2], NULL, 10) : 0;
	long begun = 0, running = 0, failed = 0;
	posix_spawn_file_actions_t quiet;
	pid_t pid;
	int r, status;

	if (starts < 1 || jobs < 1) {
		fprintf(stderr, "usage: spawn-loop STARTS JOBS PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	if (posix_spawn_file_actions_init(&quiet) ||
	    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY,
					     0))
		return 2;
	while (begun < starts || running) {
		if (begun < starts && running < jobs) {
			r = posix_spawn(&pid, argv[3], &quiet, NULL, argv + 3, environ);
			begun++;
			if (r == 0) {
				running++;
			} else {
				fprintf(stderr, "start %ld: %s\n", begun, strerror(r));
				failed++;
			}
			continue;
		}
		if (wait(&status) < 0) {
			if (errno == EINTR)
				continue;
			return 2;
		}
		running--;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
			fprintf(stderr, "around start %ld: status %#x\n", begun, status);
			failed++;
		}
	}
	printf("%ld starts, %ld failed\n", begun, failed);
	posix_spawn_file_actions_destroy(&quiet);
	return failed != 0;
}
