// SPDX-License-Identifier: Apache-2.0
/*
 * The floor that the shim is measured against: no libc, one page, one system call.
 *
 *	trampoline			ends with status 0: the program that does nothing
 *	trampoline PROGRAM [MARK]	becomes PROGRAM, which gets no arguments
 *
 *	cc -Os -static -nostdlib -fno-pie -no-pie -fno-stack-protector trampoline.c
 *
 * Built with -DSTEPS=N it first does the first N things of those that the shim does when
 * the pin is in the working directory, and nothing in between: what each of them adds is
 * what it costs (tests/bench/shim-steps.py, which has their names in the same order).
 * The last is not the shim's: with the pin further up it would come on each level.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#ifndef STEPS
#define STEPS 0
#endif

#if defined(__x86_64__)

static long call(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return r;
}

__asm__(".globl _start\n"
	"_start:\n"
	"	mov %rsp,%rdi\n"
	"	and $-16,%rsp\n"
	"	call run\n");

#elif defined(__aarch64__)

static long call(long number, long a, long b, long c, long d)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
			 : "memory");
	return x0;
}

__asm__(".globl _start\n"
	"_start:\n"
	"	mov x0,sp\n"
	"	b run\n");

#else
#error "no floor is written for this architecture"
#endif

#if STEPS >= 1
/* As much text as the shim has: its pages are mapped together with the one that runs. */
__asm__(".pushsection .text\n"
	".skip 32768\n"
	".popsection\n");
#endif

#if STEPS >= 8
/* As it begins on the levels 1 to 8 above the working directory. */
static void look_up(char *room)
{
	static const char ups[] = "../../../../../../../../";
	char path[sizeof(ups) + 16];

	for (size_t up = 1; up <= sizeof(ups) / 3; up++)
		for (size_t i = 0; i < 2; i++) {
			const char *name = i ? ".tool-versions" : ".go-version";
			char *to = path;

			for (const char *from = ups; from < ups + 3 * up; from++)
				*to++ = *from;
			while ((*to++ = *name++))
				;
			(void)call(SYS_newfstatat, AT_FDCWD, (long)path, (long)room, 0);
		}
}
#endif

#if STEPS >= 2
static void steps(char **argv, char *room)
{
	struct {
		uint64_t flags, mode, resolve;
	} file = {O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0, 4},
	  no_file = {O_PATH | O_DIRECTORY | O_CLOEXEC, 0, 4};
	long fd = -1;

	*(volatile char *)room = 1; /* a page of the stack */
#if STEPS >= 3
	(void)call(SYS_statfs, (long)"/proc", (long)room, 0, 0);
#endif
#if STEPS >= 4
	fd = call(437, AT_FDCWD, (long)".go-version", (long)&file, sizeof(file));
#endif
#if STEPS >= 5
	(void)call(SYS_pread64, fd, (long)room, 4097, 0);
#endif
#if STEPS >= 6
	(void)call(437, AT_FDCWD, (long)argv[1], (long)&no_file, sizeof(no_file));
#endif
#if STEPS >= 7
	(void)call(SYS_faccessat, AT_FDCWD, (long)argv[2], 0, 0);
#endif
#if STEPS >= 8
	look_up(room);
#endif
	(void)argv;
	(void)file;
	(void)no_file;
	(void)fd;
}
#endif

__attribute__((noreturn)) void run(long *stack);

__attribute__((used)) void run(long *stack)
{
	char **argv = (char **)(stack + 1);
	char **envp = argv + stack[0] + 1;
	long status = 0;

	if (stack[0] > 1) {
		char *words[] = {argv[1], NULL};

#if STEPS >= 2
		/* below all that the kernel has written, at the shim's distance */
		steps(argv, (char *)(((uintptr_t)stack - 45056) & ~(uintptr_t)4095));
#endif
		(void)call(SYS_execve, (long)argv[1], (long)words, (long)envp, 0);
		status = 127;
	}
	for (;;)
		(void)call(SYS_exit_group, status, 0, 0, 0);
}
