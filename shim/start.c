// SPDX-License-Identifier: Apache-2.0
/*
 * Where the program begins.  With musl on x86-64 and arm64 (the Makefile decides, and
 * says so by GV_SHIM_START) that is _start below, which does the one thing of libc's
 * start-up that the shim needs: a thread pointer, because errno and the stack protector
 * of libc's functions live behind it.  The rest of the start-up (initial TLS, locale,
 * constructors, exit handlers) is three pages and two system calls, 7 µs of the 75 that
 * the shim may take.  Elsewhere libc calls main().
 *
 * The price: no function may be called that needs that start-up.  That leaves the string
 * functions and the bare system calls, all the shim wants; getenv(3), for one, finds
 * nothing (core/resolve is given the environment).
 *
 * _start also makes the room for the big buffers: on the stack, for a bss would be one
 * mapping more, and so that its beginning shares a page with the frames of the functions
 * that shim_main() calls.  A run that succeeds then touches that one page.
 */
#include <stdint.h>
#include <unistd.h>

#include "shim/main.h"

#ifdef GV_SHIM_START

/* musl's struct pthread, of which the shim's calls use errno: 200 bytes, behind the
 * thread pointer on x86-64, before it on arm64.  On the stack, where a page is there
 * already. */
struct thread {
	uintptr_t words[48];
};

/* Bytes kept for the room, and of its first page for the frames below it: what the calls
 * of a usual run need. */
#define ROOM   45056
#define FRAMES 3072
_Static_assert(sizeof(struct shim_room) <= ROOM, "the room fits");
#define TEXT_OF(number) #number
#define TEXT(number)	TEXT_OF(number)

#if defined(__x86_64__)

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
	".globl _start\n"
	".type _start,@function\n"
	"_start:\n"
	"	xor %ebp,%ebp\n"
	"	mov %rsp,%rdi\n"
	"	lea -" TEXT(ROOM) "-" TEXT(
		FRAMES) "(%rsp),%rsi\n"
			"	and $-4096,%rsi\n"
			"	add $" TEXT(FRAMES) ",%rsi\n"
						    "	mov %rsi,%rsp\n"
						    "	call shim_start\n"
						    ".size _start,.-_start\n"
						    ".popsection\n");

static void set_thread_pointer(struct thread *t, unsigned long hwcap2)
{
	/* asm/hwcap2.h: the kernel lets programs set it, as it does since Linux 5.9 */
	enum { HWCAP2_FSGSBASE = 2, SYS_ARCH_PRCTL = 158, SET_FS = 0x1002 };
	long r;

	t->words[0] = (uintptr_t)t->words; /* the ABI: %fs:0 holds its own address */
	if (hwcap2 & HWCAP2_FSGSBASE) {
		__asm__ volatile("wrfsbase %0" : : "r"(t->words) : "memory");
		return;
	}
	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(SYS_ARCH_PRCTL), "D"(SET_FS), "S"(t->words)
			 : "rcx", "r11", "memory");
}

#elif defined(__aarch64__)

__asm__(".pushsection .text._start,\"ax\",@progbits\n"
	".globl _start\n"
	".type _start,@function\n"
	"_start:\n"
	"	mov x29,#0\n"
	"	mov x30,#0\n"
	"	mov x0,sp\n"
	"	mov x1,#" TEXT(ROOM) "+" TEXT(
		FRAMES) "\n"
			"	sub x1,x0,x1\n"
			"	and x1,x1,#-4096\n"
			"	add x1,x1,#" TEXT(FRAMES) "\n"
							  "	mov sp,x1\n"
							  "	b shim_start\n"
							  ".size _start,.-_start\n"
							  ".popsection\n");

static void set_thread_pointer(struct thread *t, unsigned long hwcap2)
{
	(void)hwcap2;
	__asm__ volatile("msr tpidr_el0,%0"
			 :
			 : "r"(t->words + GV_COUNT(t->words) - 2)
			 : "memory");
}

#else
#error "no start code for this architecture: build without GV_SHIM_START"
#endif

GV_NORETURN void shim_start(uintptr_t *stack, struct shim_room *room);

/* The stack: the number of arguments, then the arguments. */
__attribute__((used)) void shim_start(uintptr_t *stack, struct shim_room *room)
{
	struct shim_process p;
	struct thread t;

	shim_process_read((char **)(stack + 1), &p);
	for (size_t i = 0; i < GV_COUNT(t.words); i++)
		t.words[i] = 0;
	set_thread_pointer(&t, p.hwcap2);
	_exit(shim_main(&p, room));
}

#else

int main(int argc, char **argv)
{
	static struct shim_room room;
	struct shim_process p;

	(void)argc; /* argv ends with NULL */
	shim_process_read(argv, &p);
	return shim_main(&p, &room);
}

#endif
