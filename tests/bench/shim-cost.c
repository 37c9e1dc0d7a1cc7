// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a program, and when it is about to become another one (its next execve) prints how
 * many system calls it made, that execve included, and how much memory it has touched.
 *
 *	shim-cost PROGRAM ARGUMENT…        prints "syscalls N" and "rss_kib N"
 *
 * The memory is Rss of smaps_rollup at that moment, an exact walk of the page tables; the
 * shim gives nothing back, so it is the peak.  (ru_maxrss would count the parent's memory
 * before the first execve, VmHWM is a sum of lazily added counters.)
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

static long rss_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Rss: %ld kB", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

int main(int argc, char **argv)
{
	struct ptrace_syscall_info info;
	unsigned syscalls = 0;
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	pid = fork();
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
			execv(argv[1], argv + 1);
		_exit(127);
	}
	/* The first stop is behind the execve above. */
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) {
		fprintf(stderr, "shim-cost: cannot trace '%s'\n", argv[1]);
		return 1;
	}
	ptrace(PTRACE_SETOPTIONS, pid, NULL,
	       (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC));
	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, NULL) < 0 ||
		    waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) {
			fprintf(stderr, "shim-cost: it ended before its execve\n");
			return 1;
		}
		if (WSTOPSIG(status) == SIGTRAP)
			continue; /* PTRACE_O_TRACEEXEC's */
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			fprintf(stderr, "shim-cost: it got signal %d\n",
				WSTOPSIG(status));
			return 1;
		}
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) <=
		    0) {
			fprintf(stderr, "shim-cost: %s\n", strerror(errno));
			return 77;
		}
		if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
			continue;
		syscalls++;
		if (info.entry.nr == SYS_execve)
			break;
	}
	printf("syscalls %u\nrss_kib %ld\n", syscalls, rss_kib(pid));
	return 0;
}
