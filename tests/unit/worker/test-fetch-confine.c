// SPDX-License-Identifier: Apache-2.0
/* What a confined process cannot do any more.  Each check runs in a child of its own,
 * once as a control without the confinement: there the same call must succeed. */
#include "tests/unit/worker/fetch-rig.h"

#include <errno.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "core/worker/confine.h"
#include "core/worker/fetch/address.c"
#include "tests/unit/skip.h"

static char secret[512], inside[512];
static int inside_fd, stray_fd;

static int set_up(void **state)
{
	(void)state;
	assert_non_null(make_scratch(rig.dir, sizeof(rig.dir)));
	rig_write("secret", "x", 1);
	rig_path(secret, sizeof(secret), "secret");
	rig_path(inside, sizeof(inside), "inside");
	assert_int_equal(mkdir(inside, 0700), 0);
	inside_fd = gv_open_dir(AT_FDCWD, inside);
	stray_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(inside_fd >= 3 && stray_fd > inside_fd);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(inside_fd);
	rig_remove();
	return 0;
}

enum { YES = 0, NO = 1, NO_LANDLOCK = 7 };

/* The errno-free answer of `check` in a child; `what` NULL: not confined. */
static int in_child(const struct gv_confine *what, bool needs_landlock,
		    int (*check)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct gv_confined done = {0};

		if (what && gv_confine(what, &done) < 0)
			_exit(99);
		if (what && needs_landlock && !done.landlock)
			_exit(NO_LANDLOCK);
		_exit(check());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd >= 0 ? YES : errno == EACCES ? NO : 98;
}

static int read_secret(void)
{
	return opens(secret, O_RDONLY);
}

static int write_secret(void)
{
	return opens(secret, O_WRONLY);
}

static int make_file_inside(void)
{
	int fd = openat(inside_fd, "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd >= 0 ? YES : errno == EACCES ? NO : 98;
}

static int make_link_inside(void)
{
	(void)unlinkat(inside_fd, "link", 0);
	return symlinkat("/etc", inside_fd, "link") == 0 ? YES
	       : errno == EACCES			 ? NO
							 : 98;
}

static int run_program(void)
{
	execl("/usr/bin/true", "true", (char *)NULL);
	return errno == EACCES ? NO : 98;
}

static int make_process(void)
{
	static const int calls[] = {
		SYS_clone,
#ifdef SYS_fork
		SYS_fork,
#endif
	};
	int made = 0;

	for (size_t i = 0; i < GV_COUNT(calls); i++) {
		long pid = syscall(calls[i], SIGCHLD, 0, 0, 0, 0);

		if (pid == 0)
			_exit(0);
		if (pid < 0 && errno != EPERM)
			return 98;
		made += pid > 0;
	}
	{
		/* struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, … */
		uint64_t args[8] = {[4] = SIGCHLD};
		long pid = syscall(SYS_clone3, args, sizeof(args));

		if (pid == 0)
			_exit(0);
		made += pid > 0;
	}
	return made ? YES : NO;
}

static void *say(void *arg)
{
	return arg;
}

static int make_thread(void)
{
	pthread_t thread;
	void *said = NULL;

	if (pthread_create(&thread, NULL, say, secret) != 0)
		return NO;
	return pthread_join(thread, &said) == 0 && said == secret ? YES : 98;
}

static int make_socket(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) >= 0 ? YES
	       : errno == EPERM					  ? NO
								  : 98;
}

static int write_something(void)
{
	int fd = openat(inside_fd, "g", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)signal(SIGXFSZ, SIG_IGN);
	return write(fd, "12345678", 8) == 8 ? YES : NO;
}

static int has_stray_fd(void)
{
	return fcntl(stray_fd, F_GETFD) >= 0 ? YES : NO;
}

static int is_dumpable(void)
{
	struct rlimit core;

	(void)getrlimit(RLIMIT_CORE, &core);
	return prctl(PR_GET_DUMPABLE) == 1 ? YES : core.rlim_max == 0 ? NO : 98;
}

static int may_gain(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) ? NO : YES;
}

/* Root alone can pass the control. */
static int gives_away_a_file(void)
{
	int fd;

	(void)unlinkat(inside_fd, "c", 0);
	fd = openat(inside_fd, "c", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fchown(fd, 12345, 12345) == 0 ? YES : NO;
}

static int allocate(void)
{
	return malloc(512 << 20) ? YES : NO;
}

struct row {
	const char *name;
	int (*check)(void);
	bool landlock; /* it is what forbids this */
	bool root;
	bool inside; /* may write there */
	bool alone;  /* without the network */
	uint64_t file_bytes;
	uint64_t memory_bytes;
	int expect;
};

static const struct row rows[] = {
	{"reads what is not named", read_secret, .landlock = true, .expect = NO},
	{"writes outside", write_secret, .landlock = true, .inside = true, .expect = NO},
	{"writes nowhere", make_file_inside, .landlock = true, .expect = NO},
	{"writes below its directory", make_file_inside, .landlock = true, .inside = true,
	 .expect = YES},
	{"makes no links there", make_link_inside, .landlock = true, .inside = true,
	 .expect = NO},
	{"starts no program", run_program, .landlock = true, .expect = NO},
	{"makes no process", make_process, .inside = true, .expect = NO},
	{"makes threads", make_thread, .expect = YES},
	{"has a socket", make_socket, .expect = YES},
	{"has no socket", make_socket, .alone = true, .expect = NO},
	{"file size, none", write_something, .inside = true, .expect = NO},
	{"file size, enough", write_something, .inside = true, .file_bytes = 8,
	 .expect = YES},
	{"closes what was inherited", has_stray_fd, .expect = NO},
	{"leaves no core", is_dumpable, .expect = NO},
	{"gains no privileges", may_gain, .expect = NO},
	{"has no capabilities", gives_away_a_file, .root = true, .inside = true,
	 .file_bytes = 1, .expect = NO},
	{"memory", allocate, .memory_bytes = 64 << 20, .expect = NO},
};

static void test_row(void **state)
{
	static const char *const read[] = {"/usr", "/lib", "/lib64", "/etc", "/nowhere"};
	const struct row *row = *state;
	const int fds[] = {0, 1, 2, inside_fd};
	const struct gv_confine what = {
		.read = read,
		.n_read = GV_COUNT(read),
		.write_dir = row->inside ? inside_fd : -1,
		.network = !row->alone,
		.fds = fds,
		.n_fds = GV_COUNT(fds),
		.file_bytes = row->file_bytes,
		.memory_bytes = row->memory_bytes,
		.open_files = 64,
	};
	int r;

#ifdef __SANITIZE_ADDRESS__
	if (row->memory_bytes)
		skip_because("the sanitizer takes more memory than the limit");
#endif
	if (row->root && geteuid() != 0)
		skip_because("only root can try it");
	assert_int_equal(in_child(NULL, false, row->check), YES);
	r = in_child(&what, row->landlock, row->check);
	if (r == NO_LANDLOCK)
		skip_because("this kernel has no Landlock");
	assert_int_equal(r, row->expect);
}

static void test_addresses(void **state)
{
	static const char *const public[] = {
		"8.8.8.8",	  "172.32.0.1",	    "2001:4860::1",    "192.0.1.1",
		"100.63.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"};
	static const char *const not_public[] = {
		"127.0.0.1",
		"10.0.0.1",
		"172.16.0.1",
		"172.31.255.255",
		"192.168.1.1",
		"169.254.0.1",
		"169.254.169.254",
		"100.64.0.1",
		"0.0.0.0",
		"224.0.0.1",
		"255.255.255.255",
		"::1",
		"::",
		"fe80::1%eth0",
		"fd00::1",
		"ff02::1",
		"::ffff:10.0.0.1",
		"64:ff9b::127.0.0.1",
		"",
		"nonsense",
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(public); i++)
		if (!gv_address_is_public(public[i]))
			fail_msg("%s is public", public[i]);
	for (size_t i = 0; i < GV_COUNT(not_public); i++)
		if (gv_address_is_public(not_public[i]))
			fail_msg("%s is not public", not_public[i]);
	assert_true(gv_host_is_loopback("localhost"));
	assert_true(gv_host_is_loopback("a.LocalHost"));
	assert_true(gv_host_is_loopback("127.9.9.9"));
	assert_true(gv_host_is_loopback("[::1]"));
	assert_false(gv_host_is_loopback("notlocalhost"));
	assert_false(gv_host_is_loopback("localhost.example"));
	assert_false(gv_host_is_loopback("127.0.0.1.example"));
}

int main(void)
{
	struct CMUnitTest tests[GV_COUNT(rows) + 1];

	for (size_t i = 0; i < GV_COUNT(rows); i++)
		tests[i] =
			(struct CMUnitTest){.name = rows[i].name,
					    .test_func = test_row,
					    .initial_state = (void *)(uintptr_t)&rows[i]};
	tests[GV_COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(test_addresses);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
