// SPDX-License-Identifier: Apache-2.0
/*
 * The floor that the shim is measured against: no libc, one page, one system call.  With
 * arguments it becomes argv[1] (a path) with the rest; without, it ends with status 0 and
 * serves as the program that does nothing.
 *
 *	cc -Os -static -nostdlib -fno-pie -no-pie -fno-stack-protector trampoline.c
 */
#include <stddef.h>

#if defined(__x86_64__)

enum { EXECVE = 59, EXIT_GROUP = 231 };

static long call(long number, const void *a, const void *b, const void *c)
{
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return r;
}

__asm__(".globl _start\n"
	"_start:\n"
	"	mov %rsp,%rdi\n"
	"	and $-16,%rsp\n"
	"	call run\n");

#elif defined(__aarch64__)

enum { EXECVE = 221, EXIT_GROUP = 94 };

static long call(long number, const void *a, const void *b, const void *c)
{
	register long x8 __asm__("x8") = number;
	register const void *x0 __asm__("x0") = a;
	register const void *x1 __asm__("x1") = b;
	register const void *x2 __asm__("x2") = c;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return (long)x0;
}

__asm__(".globl _start\n"
	"_start:\n"
	"	mov x0,sp\n"
	"	b run\n");

#else
#error "no floor is written for this architecture"
#endif

__attribute__((noreturn)) void run(long *stack);

__attribute__((used)) void run(long *stack)
{
	char **argv = (char **)(stack + 1);
	char **envp = argv + stack[0] + 1;

	if (stack[0] > 1)
		(void)call(EXECVE, argv[1], argv + 1, envp); /* exit tells if it failed */
	for (;;)
		(void)call(EXIT_GROUP, (void *)(stack[0] > 1 ? 127L : 0L), NULL, NULL);
}
