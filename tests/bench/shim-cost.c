// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a program until it is about to become another one (its next execve), and prints
 * what that has cost.
 *
 *	shim-cost PROGRAM ARGUMENT…	prints, each with its number on a line of its own
 *
 *	syscalls	system calls, that execve included
 *	rss_kib		memory that it has touched; the shim gives nothing back: it is the peak
 *	mapped_kib	memory that is mapped
 *	faults		page faults since its first instruction
 *	instructions	its own, not the kernel's, counted one by one in a second run
 *
 * The memory is Rss of smaps_rollup at that moment, an exact walk of the page tables.
 * (ru_maxrss would count the parent's memory before the first execve, VmHWM is a sum of
 * lazily added counters.)
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

/* From /proc/PID/stat: minor faults so far, bytes mapped now. */
static void read_stat(pid_t pid, long *ret_faults, long *ret_mapped)
{
	char path[64], line[1024];
	const char *at;
	FILE *f;

	*ret_faults = *ret_mapped = -1;
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f && fgets(line, sizeof(line), f)) {
		at = strrchr(line, ')'); /* the end of the name */
		if (at)
			(void)sscanf(at,
				     ") %*c %*d %*d %*d %*d %*d %*u %ld %*u %*u %*u %*u "
				     "%*u %*d %*d %*d %*d %*d %*d %*u %ld",
				     ret_faults, ret_mapped);
	}
	if (f)
		fclose(f);
}

/* Stopped behind its first execve; options for ptrace(2) are set. */
static pid_t start(char **argv)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
			execv(argv[0], argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL |
			    PTRACE_O_TRACEEXEC)) < 0) {
		fprintf(stderr, "shim-cost: cannot trace '%s'\n", argv[0]);
		exit(1);
	}
	return pid;
}

static int go_on(pid_t pid, enum __ptrace_request how)
{
	int status;

	if (ptrace(how, pid, NULL, NULL) < 0 || waitpid(pid, &status, 0) != pid ||
	    !WIFSTOPPED(status)) {
		fprintf(stderr, "shim-cost: it ended before its execve\n");
		exit(1);
	}
	return status;
}

static void count_calls(char **argv)
{
	struct ptrace_syscall_info info;
	long faults, before, mapped;
	unsigned syscalls = 0;
	pid_t pid = start(argv);
	int status;

	read_stat(pid, &before, &mapped);
	for (;;) {
		status = go_on(pid, PTRACE_SYSCALL);
		if (WSTOPSIG(status) == SIGTRAP)
			continue; /* PTRACE_O_TRACEEXEC's */
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			fprintf(stderr, "shim-cost: it got signal %d\n",
				WSTOPSIG(status));
			exit(1);
		}
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) <=
		    0) {
			fprintf(stderr, "shim-cost: %s\n", strerror(errno));
			exit(77);
		}
		if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
			continue;
		syscalls++;
		if (info.entry.nr == SYS_execve)
			break;
	}
	read_stat(pid, &faults, &mapped);
	printf("syscalls %u\nrss_kib %ld\nmapped_kib %ld\nfaults %ld\n", syscalls,
	       rss_kib(pid), mapped / 1024, faults - before);
	kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
}

static void count_instructions(char **argv)
{
	pid_t pid = start(argv);
	unsigned long n = 0;
	int status;

	do {
		n++;
		status = go_on(pid, PTRACE_SINGLESTEP);
	} while (status >> 8 != (SIGTRAP | (PTRACE_EVENT_EXEC << 8)));
	printf("instructions %lu\n", n);
	kill(pid, SIGKILL);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	count_calls(argv + 1);
	count_instructions(argv + 1);
	return 0;
}
