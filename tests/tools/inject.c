// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a command and lets one system call of it, or of its children, go wrong.
 *
 *	inject [-in] [-t SECONDS] [-o REPORT] [-a WHO:CALL:N:FAULT] COMMAND ARG...
 *
 * A call is addressed by the thread that makes it: WHO is program, number of the process
 * that runs it, number of the thread in it ("govern1.0", "unpack1.1"; a child is
 * "fork1.0" until it becomes another program), CALL a name, N counts that thread's calls
 * of that name.  A number that counts for each thread alike (strace's `when`) cannot name
 * a call in the second thread that the first one makes too.  FAULT is
 *
 *	KILL		SIGKILL to that process, before the call
 *	INT		SIGINT to the whole process group, as ^C does
 *	TERM		SIGTERM to the command
 *	SHORT		a read or write is asked for one byte
 *	ENOSPC, …	the call fails so; it is not done, but close(2), as in the kernel
 *
 * REPORT gets, without -a, a line for each call, "call WHO CALL N SITE" (SITE: where in
 * the program it came from); in any case what became of it: "hit 1", "exit 1" or "signal
 * 9", "left 1" for each process that outlived the command by 30 seconds, "hang 1" when it
 * took longer than SECONDS.  -i: SIGINT is ignored when the command starts.  -n: nothing
 * is synced to the disk, it is said to be; and without -o nothing is traced: the command
 * is run so.
 *
 * Exit status: 0; 1: this tool failed; 77: there is no ptrace(2) here.
 */
#include <elf.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/attr.h"

enum {
	CALLS = 512,
	TRACEES = 256,
	PROCESSES = 256,
	NAME = 32,
	SYSCALL_STOP = SIGTRAP | 0x80
};

/* -- names --------------------------------------------------------------------------- */

#define CALL(name)                \
	{                         \
		SYS_##name, #name \
	}
static const struct call {
	long number;
	const char *name;
} calls[] = {
#ifdef SYS_open
	CALL(open),
	CALL(stat),
	CALL(lstat),
	CALL(access),
	CALL(mkdir),
	CALL(rename),
	CALL(unlink),
	CALL(rmdir),
	CALL(symlink),
	CALL(readlink),
	CALL(chmod),
	CALL(chown),
	CALL(poll),
	CALL(pipe),
	CALL(fork),
	CALL(vfork),
	CALL(dup2),
	CALL(arch_prctl),
#endif
	CALL(openat),
	CALL(newfstatat),
	CALL(fstat),
	CALL(statx),
	CALL(faccessat),
	CALL(faccessat2),
	CALL(mkdirat),
	CALL(renameat2),
	CALL(unlinkat),
	CALL(symlinkat),
	CALL(readlinkat),
	CALL(linkat),
	CALL(fchmod),
	CALL(fchmodat),
	CALL(fchown),
	CALL(fchownat),
	CALL(utimensat),
	CALL(ftruncate),
	CALL(fallocate),
	CALL(getdents64),
	CALL(getcwd),
	CALL(chdir),
	CALL(read),
	CALL(pread64),
	CALL(readv),
	CALL(write),
	CALL(pwrite64),
	CALL(writev),
	CALL(lseek),
	CALL(close),
	CALL(fsync),
	CALL(fdatasync),
	CALL(syncfs),
	CALL(flock),
	CALL(fcntl),
	CALL(dup),
	CALL(dup3),
	CALL(pipe2),
	CALL(socketpair),
	CALL(ppoll),
	CALL(mmap),
	CALL(munmap),
	CALL(mprotect),
	CALL(mremap),
	CALL(brk),
	CALL(madvise),
	CALL(clone),
	CALL(clone3),
	CALL(execve),
	CALL(wait4),
	CALL(kill),
	CALL(tgkill),
	CALL(exit),
	CALL(exit_group),
	CALL(futex),
	CALL(getrandom),
	CALL(prctl),
	CALL(prlimit64),
	CALL(rt_sigaction),
	CALL(rt_sigprocmask),
	CALL(clock_nanosleep),
	CALL(nanosleep),
	CALL(fstatfs),
	CALL(statfs),
	CALL(close_range),
	CALL(landlock_create_ruleset),
	CALL(landlock_add_rule),
	CALL(landlock_restrict_self),
	CALL(seccomp),
#ifdef SYS_renameat
	CALL(renameat),
#endif
};

static const char *name_of(long number)
{
	static char other[NAME];

	for (size_t i = 0; i < GV_COUNT(calls); i++)
		if (calls[i].number == number)
			return calls[i].name;
	snprintf(other, sizeof(other), "%ld", number);
	return other;
}

static long number_of(const char *name)
{
	for (size_t i = 0; i < GV_COUNT(calls); i++)
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].number;
	return atol(name);
}

static const struct {
	int number;
	const char *name;
} errors[] = {
	{ENOSPC, "ENOSPC"}, {EIO, "EIO"},	{EDQUOT, "EDQUOT"}, {EMFILE, "EMFILE"},
	{ENOMEM, "ENOMEM"}, {EINTR, "EINTR"},	{EROFS, "EROFS"},   {EACCES, "EACCES"},
	{ESTALE, "ESTALE"}, {EAGAIN, "EAGAIN"}, {ENOLCK, "ENOLCK"}, {ENFILE, "ENFILE"},
};

/* -- what there is to do ------------------------------------------------------------- */

static struct {
	bool given, hit;
	char who[2 * NAME];
	long call;
	unsigned n;
	char fault[NAME];
	int error; /* 0: a signal */
} wanted;

static FILE *report;
static bool ignored; /* SIGINT */

static GV_NORETURN void die(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(1);
}

static bool parse_address(const char *s)
{
	char call[NAME];

	if (sscanf(s, "%63[^:]:%31[^:]:%u:%31s", wanted.who, call, &wanted.n,
		   wanted.fault) != 4)
		return false;
	wanted.call = number_of(call);
	for (size_t i = 0; i < GV_COUNT(errors); i++)
		if (strcmp(errors[i].name, wanted.fault) == 0)
			wanted.error = errors[i].number;
	wanted.given = true;
	return wanted.error || strcmp(wanted.fault, "SHORT") == 0 ||
	       strcmp(wanted.fault, "KILL") == 0 || strcmp(wanted.fault, "INT") == 0 ||
	       strcmp(wanted.fault, "TERM") == 0;
}

/* -- processes and threads ----------------------------------------------------------- */

struct process {
	pid_t pid;
	char name[NAME];
	unsigned number; /* among those of this name */
	unsigned threads;
	uintptr_t text, text_end; /* of the program, without libraries */
};

struct tracee {
	pid_t tid;
	struct process *process; /* NULL: stopped before we heard of it from its parent */
	unsigned thread;
	bool fail;    /* the call that it is in */
	bool changed; /* an argument of it: this one, which was */
	unsigned argument;
	unsigned long was;
	unsigned made[CALLS];
};

static struct process processes[PROCESSES];
static struct tracee tracees[TRACEES];
static size_t n_processes;
static pid_t command;

static struct tracee *find(pid_t tid)
{
	for (size_t i = 0; i < TRACEES; i++)
		if (tracees[i].tid == tid)
			return &tracees[i];
	return NULL;
}

static struct tracee *add(pid_t tid)
{
	struct tracee *t = find(0);

	if (!t) {
		errno = EAGAIN;
		die("threads");
	}
	*t = (struct tracee){.tid = tid};
	return t;
}

static void call_it(struct process *p, const char *name)
{
	unsigned number = 1;

	for (size_t i = 0; i < n_processes; i++)
		if (&processes[i] != p && strcmp(processes[i].name, name) == 0)
			number++;
	snprintf(p->name, sizeof(p->name), "%s", name);
	p->number = number;
}

static struct process *add_process(pid_t pid)
{
	struct process *p = &processes[n_processes];

	if (n_processes++ == PROCESSES) {
		errno = EAGAIN;
		die("processes");
	}
	p->pid = pid;
	call_it(p, "fork");
	return p;
}

static void label(const struct tracee *t, char ret[2 * NAME])
{
	snprintf(ret, 2 * NAME, "%s%u.%u", t->process->name, t->process->number,
		 t->thread);
}

/* -- where a call comes from --------------------------------------------------------- */

static void find_text(struct process *p)
{
	char path[64], line[512], program[256];
	unsigned long from, to;
	ssize_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)p->pid);
	n = readlink(path, program, sizeof(program) - 1);
	program[n > 0 ? n : 0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)p->pid);
	f = fopen(path, "re");
	p->text = p->text_end = 0;
	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, " r-xp ") && program[0] && strstr(line, program) &&
		    sscanf(line, "%lx-%lx", &from, &to) == 2) {
			p->text = from;
			p->text_end = to;
		}
	if (f)
		fclose(f);
}

/* A number for the functions on the stack: the words there that lie in the program.  With
 * addresses that are the same each time, so is this. */
static unsigned site(const struct tracee *t, uint64_t sp)
{
	enum { WORDS = 256, ENOUGH = 8 };
	uintptr_t words[WORDS];
	struct iovec to = {words, sizeof(words)};
	struct iovec from = {(void *)(uintptr_t)sp, sizeof(words)};
	unsigned sum = 2166136261u, found = 0;
	ssize_t n = process_vm_readv(t->tid, &to, 1, &from, 1, 0);

	for (size_t i = 0; n > 0 && i < (size_t)n / sizeof(*words) && found < ENOUGH;
	     i++) {
		if (words[i] < t->process->text || words[i] >= t->process->text_end)
			continue;
		sum = (sum ^ (unsigned)(words[i] - t->process->text)) * 16777619u;
		found++;
	}
	return sum;
}

/* -- the fault ----------------------------------------------------------------------- */

/* Instead of the call there is none. */
static bool skip_call(pid_t tid)
{
#if defined(__x86_64__)
	return ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, orig_rax),
		      -1L) == 0;
#elif defined(__aarch64__)
	int none = -1;
	struct iovec v = {&none, sizeof(none)};

	return ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &v) == 0;
#else
	(void)tid;
	errno = ENOSYS;
	return false;
#endif
}

static bool set_result(pid_t tid, long value)
{
#if defined(__x86_64__)
	return ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, rax),
		      value) == 0;
#elif defined(__aarch64__)
	struct user_regs_struct regs;
	struct iovec v = {&regs, sizeof(regs)};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &v) < 0)
		return false;
	regs.regs[0] = (unsigned long long)value;
	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &v) == 0;
#else
	(void)tid, (void)value;
	errno = ENOSYS;
	return false;
#endif
}

/* The first or the third. */
static bool set_argument(pid_t tid, unsigned which, unsigned long value)
{
#if defined(__x86_64__)
	size_t reg = which == 0 ? offsetof(struct user_regs_struct, rdi)
				: offsetof(struct user_regs_struct, rdx);

	return ptrace(PTRACE_POKEUSER, tid, reg, value) == 0;
#elif defined(__aarch64__)
	struct user_regs_struct regs;
	struct iovec v = {&regs, sizeof(regs)};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &v) < 0)
		return false;
	regs.regs[which] = value;
	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &v) == 0;
#else
	(void)tid, (void)which, (void)value;
	errno = ENOSYS;
	return false;
#endif
}

/* For this call only: the program may count on its registers afterwards. */
static void change_argument(struct tracee *t, unsigned which, unsigned long value)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof(info), &info) < 0 ||
	    !set_argument(t->tid, which, value))
		die("ptrace");
	t->changed = true;
	t->argument = which;
	t->was = (unsigned long)info.seccomp.args[which];
}

static void do_fault(struct tracee *t)
{
	wanted.hit = true;
	if (wanted.error && wanted.call == SYS_close) {
		t->fail = true; /* when it comes back */
	} else if (wanted.error && wanted.call == SYS_brk) {
		/* Where no memory can be had it tells no error, but the break as it
		 * is. */
		change_argument(t, 0, 0);
	} else if (wanted.error) {
		if (!skip_call(t->tid) || !set_result(t->tid, -wanted.error))
			die("ptrace");
	} else if (strcmp(wanted.fault, "SHORT") == 0) {
		change_argument(t, 2, 1); /* of read(2) and its like: bytes */
	} else if (strcmp(wanted.fault, "KILL") == 0) {
		(void)kill(t->process->pid, SIGKILL);
	} else if (strcmp(wanted.fault, "INT") == 0) {
		(void)kill(-command, SIGINT);
	} else {
		(void)kill(command, SIGTERM);
	}
}

/* The call that is wanted, in one thread or another; it is not yet carried out. */
static void on_wanted(struct tracee *t)
{
	char who[2 * NAME];

	label(t, who);
	if (!wanted.hit && ++t->made[wanted.call] == wanted.n &&
	    strcmp(who, wanted.who) == 0)
		do_fault(t);
}

/* The call that was meddled with has come back. */
static void on_return(struct tracee *t)
{
	if (t->fail && !set_result(t->tid, -wanted.error))
		die("ptrace");
#if defined(__aarch64__)
	t->changed = t->changed && t->argument != 0; /* there is the result now */
#endif
	if (t->changed && !set_argument(t->tid, t->argument, t->was))
		die("ptrace");
	t->fail = t->changed = false;
}

static void on_syscall(struct tracee *t)
{
	struct __ptrace_syscall_info info;
	char who[2 * NAME];
	long number;

	if (t->fail || t->changed) {
		on_return(t);
		return;
	}
	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof(info), &info) < 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return; /* or killed meanwhile */
	number = (long)info.entry.nr;
	if (number < 0 || number >= CALLS)
		return;
	label(t, who);
	fprintf(report, "call %s %s %u %08x\n", who, name_of(number), ++t->made[number],
		site(t, info.stack_pointer));
}

/* -- following ----------------------------------------------------------------------- */

static void go_on(const struct tracee *t, int sig)
{
	bool all = !wanted.given || t->fail || t->changed;

	/* Fails when it was killed: that is waited for all the same. */
	(void)ptrace(all ? PTRACE_SYSCALL : PTRACE_CONT, t->tid, 0, sig);
}

static void on_birth(const struct tracee *parent, int event)
{
	unsigned long tid = 0;
	struct tracee *t;
	bool waits;

	if (ptrace(PTRACE_GETEVENTMSG, parent->tid, 0, &tid) < 0 || tid == 0)
		return;
	t = find((pid_t)tid);
	waits = t != NULL;
	if (!t)
		t = add((pid_t)tid);
	if (event == PTRACE_EVENT_CLONE) {
		t->process = parent->process;
		t->thread = ++t->process->threads;
	} else {
		t->process = add_process((pid_t)tid);
	}
	if (waits)
		go_on(t, 0);
}

static void on_exec(struct tracee *t)
{
	char path[64], name[NAME] = "?";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)t->tid);
	f = fopen(path, "re");
	if (f && fgets(name, sizeof(name), f))
		name[strcspn(name, "\n")] = '\0';
	if (f)
		fclose(f);
	call_it(t->process, name);
	t->process->threads = t->thread = 0;
	memset(t->made, 0, sizeof(t->made));
	find_text(t->process);
}

static void on_stop(pid_t tid, int status)
{
	struct tracee *t = find(tid);
	int sig = WSTOPSIG(status), event = status >> 16;

	if (!t) {
		add(tid); /* it goes on when its parent tells of it */
		return;
	}
	if (!t->process)
		return;
	if (sig == SYSCALL_STOP)
		on_syscall(t);
	else if (event == PTRACE_EVENT_SECCOMP)
		on_wanted(t);
	else if (event == PTRACE_EVENT_EXEC)
		on_exec(t);
	else if (event)
		on_birth(t, event);
	/* The stop that a new one begins with is none of its own. */
	go_on(t, sig == SYSCALL_STOP || event || sig == SIGSTOP ? 0 : sig);
}

static volatile sig_atomic_t late;

static void on_alarm(int sig)
{
	(void)sig;
	late = 1;
}

static void kill_all(void)
{
	for (size_t i = 0; i < TRACEES; i++)
		if (tracees[i].tid)
			(void)kill(tracees[i].tid, SIGKILL);
}

/* Until the last one is gone. */
static void follow(unsigned seconds)
{
	enum { GRACE_S = 30 };
	bool ended = false;

	alarm(seconds);
	for (;;) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL);

		if (tid < 0 && errno == EINTR && late) {
			late = 0;
			fprintf(report, ended ? "left 1\n" : "hang 1\n");
			kill_all();
		}
		if (tid < 0 && errno == EINTR)
			continue;
		if (tid < 0)
			break;
		if (WIFSTOPPED(status)) {
			on_stop(tid, status);
			continue;
		}
		if (find(tid))
			find(tid)->tid = 0;
		if (tid != command)
			continue;
		ended = true;
		alarm(GRACE_S);
		if (WIFSIGNALED(status))
			fprintf(report, "signal %d\n", WTERMSIG(status));
		else
			fprintf(report, "exit %d\n", WEXITSTATUS(status));
	}
	alarm(0);
}

/* -- starting ------------------------------------------------------------------------ */

/*
 * Lets us hear of the call that is wanted, and of no other: all others run at full speed.
 * Syncing does nothing but say that it did, when it is not wanted: what a kill leaves
 * does not depend on it, and it is most of the time.
 */
static void filter(bool syncs)
{
	unsigned nothing = SECCOMP_RET_ERRNO | 0;
	unsigned sync = syncs ? SECCOMP_RET_ALLOW : nothing;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)wanted.call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			 wanted.given ? SECCOMP_RET_TRACE : SECCOMP_RET_ALLOW),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_syncfs, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, sync),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = GV_COUNT(code), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(77);
}

static GV_NORETURN void become(char **argv, bool trace, bool syncs)
{
	(void)signal(SIGINT, ignored ? SIG_IGN : SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
	(void)personality(ADDR_NO_RANDOMIZE); /* else each run has sites of its own */
	(void)setpgid(0, 0);
	if (trace && ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
		_exit(77);
	if (trace)
		(void)raise(SIGSTOP);
	filter(syncs);
	(void)execvp(argv[0], argv);
	_exit(127);
}

static int run(char **argv, unsigned seconds, bool syncs)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
		       PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL |
		       PTRACE_O_TRACESECCOMP;
	struct sigaction act = {.sa_handler = on_alarm};
	struct tracee *t;
	int status;

	command = fork();
	if (command < 0)
		die("fork");
	if (command == 0)
		become(argv, true, syncs);
	if (waitpid(command, &status, __WALL) != command || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, command, 0, options) < 0)
		return 77;
	t = add(command);
	t->process = add_process(command);
	call_it(t->process, "inject");
	(void)sigaction(SIGALRM, &act, NULL);
	/* Not a call of the command's that comes before it is one. */
	(void)ptrace(PTRACE_CONT, command, 0, 0);
	follow(seconds);
	fprintf(report, "hit %d\n", wanted.hit);
	return fclose(report) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	unsigned seconds = 300;
	bool syncs = true;
	int c;

	while ((c = getopt(argc, argv, "+ina:o:t:")) >= 0) {
		if (c == 'n')
			syncs = false;
		else if (c == 'i')
			ignored = true;
		else if (c == 't')
			seconds = (unsigned)atoi(optarg);
		else if (c == 'o' && !(report = fopen(optarg, "we")))
			die(optarg);
		else if (c == '?' || (c == 'a' && !parse_address(optarg)))
			optind = argc;
	}
	if (optind >= argc) {
		fputs("usage: inject [-in] [-t SECONDS] [-o REPORT] [-a "
		      "WHO:CALL:N:FAULT] "
		      "COMMAND ARG...\n",
		      stderr);
		return 1;
	}
	if (!report)
		become(argv + optind, false, syncs);
	return run(argv + optind, seconds, syncs);
}
