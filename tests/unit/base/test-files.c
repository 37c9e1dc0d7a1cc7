// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/child.h"
#include "core/base/file.h"
#include "core/base/lock.h"
#include "core/base/mount.h"
#include "core/base/tree.h"
#include "tests/unit/scratch.h"

/* So many of the next calls fail, as on NFS when another machine replaced the file. */
static unsigned stale_reads;

ssize_t read(int fd, void *to, size_t n)
{
	if (stale_reads == 0)
		return syscall(SYS_read, fd, to, n);
	stale_reads--;
	errno = ESTALE;
	return -1;
}

static char dir_path[4096];
static int dir;

static int make_dir(void **state)
{
	(void)state;
	if (!make_scratch(dir_path, sizeof(dir_path)))
		return -1;
	dir = gv_open_dir(AT_FDCWD, dir_path);
	return dir < 0 ? -1 : 0;
}

static int remove_dir(void **state)
{
	(void)state;
	gv_close(&dir);
	return gv_tree_remove(AT_FDCWD, dir_path);
}

static void put(const char *path, const char *text)
{
	assert_int_equal(gv_save_file(dir, path, text, strlen(text), 0644), 0);
}

static size_t count_names(const char *path)
{
	struct gv_list names = GV_LIST_INIT;
	size_t n;

	assert_int_equal(gv_list_dir(dir, path, &names), 0);
	n = names.n;
	gv_list_release(&names);
	return n;
}

static void files_are_replaced_whole(void **state)
{
	struct gv_buf b = GV_BUF_INIT(100);
	char target[32];
	struct stat st;

	(void)state;
	assert_int_equal(gv_make_dirs(dir, "a/b/c", 0755), 0);
	assert_int_equal(gv_make_dirs(dir, "a/b/c", 0755), 0);
	put("a/b/c/file", "old");
	put("a/b/c/file", "new");
	assert_int_equal(gv_read_file(dir, "a/b/c/file", &b), 0);
	assert_string_equal(b.data, "new");
	gv_buf_release(&b);
	assert_int_equal(gv_save_link(dir, "a/link", "one"), 0);
	assert_int_equal(gv_save_link(dir, "a/link", "two"), 0);
	assert_int_equal(gv_read_link(dir, "a/link", target, sizeof(target)), 3);
	assert_string_equal(target, "two");
	assert_int_equal(gv_read_link(dir, "a/link", target, 3), -ENAMETOOLONG);
	assert_int_equal(count_names("a/b/c"), 1); /* no temporaries stay */
	assert_int_equal(gv_save_file(dir, "absent/file", "x", 1, 0644), -ENOENT);
	assert_int_equal(gv_save_file(dir, "a/b/c", "x", 1, 0644), -EISDIR);
	assert_int_equal(count_names("a/b"), 1); /* nor after a failed rename */
	assert_int_equal(fstatat(dir, "a/b/c", &st, 0), 0);
	assert_true(S_ISDIR(st.st_mode));
}

static void only_regular_files_are_read(void **state)
{
	struct gv_buf b = GV_BUF_INIT(4);

	(void)state;
	assert_int_equal(mkfifoat(dir, "fifo", 0600), 0);
	assert_int_equal(gv_read_file(dir, "fifo", &b), -EINVAL);
	assert_int_equal(gv_read_file(dir, ".", &b), -EISDIR);
	assert_int_equal(gv_read_file(AT_FDCWD, "/dev/zero", &b), -EINVAL);
	assert_int_equal(gv_read_file(dir, "absent", &b), -ENOENT);
	put("five", "12345");
	assert_int_equal(gv_read_file(dir, "five", &b), -EFBIG);
	put("four", "1234");
	assert_int_equal(gv_read_file(dir, "four", &b), 0);
	assert_int_equal(b.len, 4);
	gv_buf_release(&b);
	/* A file whose size is not told (as in /proc) is bounded all the same. */
	b = GV_BUF_INIT(4);
	assert_int_equal(gv_read_file(AT_FDCWD, "/proc/self/status", &b), -EFBIG);
	gv_buf_release(&b);
}

static void what_was_replaced_meanwhile_is_read_anew(void **state)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(64);

	(void)state;
	put("replaced", "new\n");
	assert_int_equal(gv_buf_add_str(&b, "before "), 0);
	stale_reads = 1;
	assert_int_equal(gv_read_file(dir, "replaced", &b), 0);
	assert_string_equal(b.data, "before new\n");
	/* A machine that is gone says so for ever. */
	stale_reads = 2;
	assert_int_equal(gv_read_file(dir, "replaced", &b), -ESTALE);
	assert_string_equal(b.data, "before new\n");
	assert_int_equal(stale_reads, 0);
}

static void trees_are_removed_even_when_read_only(void **state)
{
	uint64_t bytes = 0;

	(void)state;
	assert_int_equal(gv_make_dirs(dir, "t/x/y", 0755), 0);
	put("t/x/y/f", "12");
	put("t/x/g", "345");
	assert_int_equal(symlinkat("/etc", dir, "t/x/out"), 0);
	{
		GV_CLEANUP(gv_close) int t = gv_open_dir(dir, "t");

		assert_int_equal(gv_tree_bytes(t, &bytes), 0);
		assert_int_equal(gv_tree_sync(t), 0);
	}
	assert_int_equal(bytes, 5);
	assert_int_equal(fchmodat(dir, "t/x/y", 0500, 0), 0);
	assert_int_equal(fchmodat(dir, "t/x", 0500, 0), 0);
	assert_int_equal(gv_tree_remove(dir, "t"), 0);
	assert_int_equal(gv_tree_remove(dir, "t"), 0); /* absent is success */
	assert_int_equal(access("/etc/passwd", F_OK), 0);
}

static void a_lock_excludes_and_dies_with_its_holder(void **state)
{
	struct gv_lock l = GV_LOCK_INIT, again = GV_LOCK_INIT;
	pid_t pid;
	int ready[2], status;
	char c;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		_exit(gv_lock_take(&l, dir, "lock", 0, NULL, NULL) == 0 &&
				      write(ready[1], "x", 1) == 1 && pause()
			      ? 1
			      : 0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(gv_lock_take(&l, dir, "lock", 0, NULL, NULL), -EWOULDBLOCK);
	assert_int_equal(l.fd, -1);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(gv_lock_take(&l, dir, "lock", 0, NULL, NULL), 0);
	assert_int_equal(gv_lock_take(&again, dir, "lock", 60, NULL, NULL), -EWOULDBLOCK);
	gv_lock_drop(&l);
	assert_int_equal(gv_lock_take(&again, dir, "lock", 0, NULL, NULL), 0);
	gv_lock_drop(&again);
	close(ready[0]);
	close(ready[1]);
}

/* nfs(5): which mounts keep their locks to themselves. */
static void mounts_tell_their_options(void **state)
{
	static const char mounts[] =
		"22 27 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
		"90 27 0:51 / /nolock\\040here rw - nfs srv:/a "
		"rw,vers=3,nolock,proto=tcp\n"
		"91 27 0:52 / /v4 rw,nolock shared:9 master:2 - nfs4 srv:/b "
		"rw,vers=4.2,local_lock=none,addr=10.0.0.1\n"
		"92 27 0:53 / /kept rw - nfs4 srv:/nolock rw,hard,local_lock=flock\n"
		"93 27 0:5 / /short rw - nfs\n"
		"94 27 0:54 rw,nolock\n"
		"95 27 1:51 / /last rw - nfs srv:/c rw,xnolock,nolockx,";
	static const char *const options[] = {"nolock", "local_lock=flock", NULL};
	static const struct {
		unsigned major, minor;
		bool has;
	} cases[] = {{0, 51, true},  {0, 52, false}, {0, 53, true},  {0, 5, false},
		     {0, 54, false}, {1, 51, false}, {0, 20, false}, {0, 2, false}};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++)
		assert_int_equal(
			gv_mount_has_option(mounts, strlen(mounts),
					    makedev(cases[i].major, cases[i].minor),
					    options),
			cases[i].has);
	assert_false(gv_mount_has_option("", 0, makedev(0, 51), options));
}

static void children_get_their_fds_and_no_others(void **state)
{
	int out[2], secret, status = -1;
	char *argv[] = {(char *)"sh", (char *)"-c",
			(char *)"cd /proc/$$/fd && echo * >&5; exit 7", NULL};
	struct gv_child_fd fds[1];
	struct gv_child_spec spec = {
		.program = "/bin/sh", .argv = argv, .fds = fds, .n_fds = 1};
	struct gv_child c = GV_CHILD_INIT;
	char text[128] = "";
	ssize_t n;

	(void)state;
	secret = open("/etc/passwd", O_RDONLY); /* as one inherited from our parent */
	assert_int_equal(dup2(secret, 42), 42);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	fds[0] = (struct gv_child_fd){.ours = out[1], .theirs = 5};
	assert_int_equal(gv_child_start(&spec, &c), 0);
	close(out[1]);
	n = read(out[0], text, sizeof(text) - 1);
	assert_true(n > 0);
	assert_int_equal(gv_child_wait(&c, &status), 0);
	assert_int_equal(status, 7);
	assert_non_null(strstr(text, " 5")); /* beside what the shell itself opened */
	assert_null(strstr(text, "42"));
	spec.program = "/nonexistent";
	fds[0].ours = out[0];
	assert_int_equal(gv_child_start(&spec, &c), -ENOENT);
	close(out[0]);
	close(secret);
	close(42);
}

static void old_temporaries_are_swept(void **state)
{
	struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

	(void)state;
	assert_int_equal(gv_make_dirs(dir, "sweep", 0755), 0);
	put("sweep/.tmp-govern-0123", "x");
	put("sweep/.tmp-govern-4567", "x");
	put("sweep/kept", "x");
	put("sweep/.tmp-of-others", "x"); /* in a home directory, say */
	assert_int_equal(utimensat(dir, "sweep/.tmp-of-others", old, 0), 0);
	assert_int_equal(utimensat(dir, "sweep/.tmp-govern-0123", old, 0), 0);
	{
		GV_CLEANUP(gv_close) int s = gv_open_dir(dir, "sweep");

		gv_sweep_temps(s, 3600);
	}
	assert_int_equal(count_names("sweep"), 3);
	assert_int_equal(faccessat(dir, "sweep/.tmp-govern-0123", F_OK, 0), -1);
	assert_int_equal(utimensat(dir, "sweep/.tmp-govern-4567", old, 0), 0);
	gv_sweep_beside(dir, "sweep/kept", 3600);
	assert_int_equal(count_names("sweep"), 2);
}

/* A directory of locks may be shared by users who do not trust each other. */
static void a_fifo_in_place_of_a_lock_hangs_nobody(void **state)
{
	struct gv_lock l = GV_LOCK_INIT;
	bool root = geteuid() == 0;

	(void)state;
	assert_int_equal(mkfifoat(dir, "fifo-lock", 0444), 0);
	assert_int_equal(fchmod(dir, 0755), 0);
	/* root may write it: as somebody else, where he gets that far */
	if (root)
		assert_int_equal(seteuid(65534), 0);
	alarm(20);
	(void)!gv_lock_take(&l, dir, "fifo-lock", 0, NULL, NULL);
	gv_lock_drop(&l);
	assert_false(gv_lock_is_held(dir, "fifo-lock"));
	alarm(0);
	if (root)
		assert_int_equal(seteuid(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_replaced_whole),
		cmocka_unit_test(only_regular_files_are_read),
		cmocka_unit_test(what_was_replaced_meanwhile_is_read_anew),
		cmocka_unit_test(trees_are_removed_even_when_read_only),
		cmocka_unit_test(a_lock_excludes_and_dies_with_its_holder),
		cmocka_unit_test(a_fifo_in_place_of_a_lock_hangs_nobody),
		cmocka_unit_test(mounts_tell_their_options),
		cmocka_unit_test(children_get_their_fds_and_no_others),
		cmocka_unit_test(old_temporaries_are_swept),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
