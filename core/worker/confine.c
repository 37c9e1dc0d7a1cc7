// SPDX-License-Identifier: Apache-2.0
#include "core/worker/confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/worker/landlock.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat	  463
#define SYS_removexattrat 466
#endif
#ifndef SYS_file_setattr
#define SYS_file_setattr 469
#endif

/* The shadow memory of a sanitizer is larger than any limit. */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_CAN_BE_LIMITED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_CAN_BE_LIMITED 0
#endif
#endif
#ifndef MEMORY_CAN_BE_LIMITED
#define MEMORY_CAN_BE_LIMITED 1
#endif

/* Of the table of this architecture; the others (32 bits, x32) have other numbers. */
#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define NATIVE_ARCH AUDIT_ARCH_PPC64LE
#endif
#define X32_BIT 0x40000000U

static void close_between(unsigned first, unsigned last)
{
	struct rlimit rl;

	if (first > last || syscall(SYS_close_range, first, last, 0U) == 0)
		return;
	/* Before Linux 5.9 */
	if (getrlimit(RLIMIT_NOFILE, &rl) < 0 || rl.rlim_cur > 65536)
		rl.rlim_cur = 65536;
	for (unsigned fd = first; fd <= last && fd < rl.rlim_cur; fd++)
		close((int)fd);
}

static void close_others(const struct gv_confine *what)
{
	unsigned first = 0;

	for (;;) {
		unsigned next = ~0U; /* the lowest fd to keep that is not below `first` */

		for (size_t i = 0; i < what->n_fds; i++) {
			unsigned fd = (unsigned)what->fds[i];

			if (what->fds[i] >= 0 && fd >= first && fd < next)
				next = fd;
		}
		if (next == ~0U)
			break;
		if (next > first)
			close_between(first, next - 1);
		first = next + 1;
	}
	close_between(first, ~0U);
}

static int limit(int resource, uint64_t value)
{
	struct rlimit now, rl = {.rlim_cur = value, .rlim_max = value};

	if (getrlimit(resource, &now) < 0)
		return -errno;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
		rl.rlim_cur = rl.rlim_max = now.rlim_max;
	return setrlimit(resource, &rl) < 0 ? -errno : 0;
}

static int set_limits(const struct gv_confine *what)
{
	int r;

	r = limit(RLIMIT_CORE, 0);
	if (r == 0)
		r = limit(RLIMIT_FSIZE, what->file_bytes);
	if (r == 0)
		r = limit(RLIMIT_NOFILE, what->open_files);
	/* Not RLIMIT_AS: it counts what libraries only reserve. */
	if (r == 0 && what->memory_bytes > 0 && MEMORY_CAN_BE_LIMITED)
		r = limit(RLIMIT_DATA, what->memory_bytes);
	return r;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

	return syscall(SYS_capset, &head, none) < 0 ? -errno : 0;
}

#ifdef NATIVE_ARCH
/* By path Landlock lets modes, owners, times and attributes of any file be changed.
 * By fd it may be: only what could be opened has one. */
static const unsigned changes_by_path[] = {
	SYS_fchmodat,	    SYS_fchmodat2,     SYS_fchownat,	 SYS_utimensat,
	SYS_setxattr,	    SYS_lsetxattr,     SYS_setxattrat,	 SYS_removexattr,
	SYS_lremovexattr,   SYS_removexattrat, SYS_file_setattr,
#ifdef SYS_chmod /* the newer architectures do without */
	SYS_chmod,	    SYS_chown,	       SYS_lchown,	 SYS_utime,
	SYS_utimes,	    SYS_futimesat,
#endif
	SYS_io_uring_setup, /* it does some of these by itself */
};

#define FIELD(name)	       (uint32_t) offsetof(struct seccomp_data, name)
#define STMT(code, k)	       ((struct sock_filter)BPF_STMT(code, k))
#define JUMP(code, k, yes, no) ((struct sock_filter)BPF_JUMP(code, k, yes, no))

static unsigned refuse_call(struct sock_filter *code, unsigned n, unsigned call,
			    unsigned error)
{
	code[n++] = JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
	code[n++] = STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error);
	return n;
}

/*
 * The parent waits for one process, and then believes that nobody writes any more.  Of
 * clone3(2) no filter can see the flags; whoever wants a thread and is told that there is
 * no such call takes clone(2).  The last of the filter: it looks at something else than
 * the number.
 */
static unsigned refuse_processes(struct sock_filter *code, unsigned n)
{
#ifdef SYS_fork /* the newer architectures do without */
	n = refuse_call(code, n, SYS_fork, EPERM);
	n = refuse_call(code, n, SYS_vfork, EPERM);
#endif
	n = refuse_call(code, n, SYS_clone3, ENOSYS);
	code[n++] = JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3);
	code[n++] = STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(args)); /* all little-endian */
	code[n++] = JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0);
	code[n++] = STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	return n;
}
#endif

/* What Landlock does not know: the calls above, other processes, and of the network all
 * but TCP. */
static bool refuse_calls(bool network)
{
#ifdef NATIVE_ARCH
	struct sock_filter code[2 * GV_COUNT(changes_by_path) + 20] = {
		STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(arch)),
		JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 0, 2),
		STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(nr)),
		JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
		STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog filter = {.filter = code};
	unsigned n = 5;

	for (size_t i = 0; i < GV_COUNT(changes_by_path); i++)
		n = refuse_call(code, n, changes_by_path[i], EPERM);
	if (!network)
		n = refuse_call(code, n, SYS_socket, EPERM);
	n = refuse_processes(code, n);
	code[n++] = STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	filter.len = (unsigned short)n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
#else
	(void)network;
	return false;
#endif
}

int gv_confine(const struct gv_confine *what, struct gv_confined *ret)
{
	struct gv_confined done = {0};
	int r;

	close_others(what);
	if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	r = set_limits(what);
	if (r < 0)
		return r;
	if (!what->keep_capabilities) {
		r = drop_capabilities();
		if (r < 0)
			return r;
	}
#ifndef GV_WITHOUT_LANDLOCK /* a control: tests/archives/hostile.t has to see it */
	done.landlock = gv_landlock_restrict(what);
#endif
#ifndef GV_WITHOUT_SECCOMP /* a control, too */
	done.no_network = refuse_calls(what->network) && !what->network;
#endif
	*ret = done;
	return 0;
}
