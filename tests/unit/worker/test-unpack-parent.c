// SPDX-License-Identifier: Apache-2.0
/* The parent's side, against the real child where it can be had
 * ($B/libexec/govern/unpack) and against children that lie. */
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
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/skip.h"

#include "core/base/file.h"
#include "core/base/tree.h"
#include "core/worker/unpack/answer.h"
#include "core/worker/unpacker.h"
#include "tests/unit/scratch.h"

static char dir[200], libexec[220];
static int tree_fd;

static int setup(void **state)
{
	(void)state;
	if (!make_scratch(dir, sizeof(dir)))
		return -1;
	snprintf(libexec, sizeof(libexec), "%s/libexec", dir);
	if (mkdir(libexec, 0755) < 0)
		return -1;
	tree_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return tree_fd < 0;
}

static int teardown(void **state)
{
	(void)state;
	close(tree_fd);
	return gv_tree_remove(AT_FDCWD, dir);
}

static void child_is(const char *script)
{
	char path[256], text[2048];

	snprintf(path, sizeof(path), "%s/unpack", libexec);
	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);
	assert_int_equal(gv_save_file(AT_FDCWD, path, text, strlen(text), 0755), 0);
}

static struct gv_unpacker *start(void)
{
	struct gv_unpack what = {
		.libexec = libexec,
		.kind = GV_ARCHIVE_MODULE_ZIP,
		.version = "go1.22.5",
		.platform = "linux-amd64",
		.tree_fd = tree_fd,
	};
	struct gv_err err = GV_ERR_INIT;
	struct gv_unpacker *u = NULL;

	assert_int_equal(gv_unpacker_start(&what, &u, &err), 0);
	return u;
}

static int finish(struct gv_unpacker *u, struct gv_err *err)
{
	struct gv_unpacked done;
	int r = gv_unpacker_finish(u, &done, err);

	gv_unpacker_close(u);
	return r;
}

static void a_program_that_is_not_there(void **state)
{
	struct gv_unpack what = {.libexec = "/nonexistent",
				 .version = "go1.22.5",
				 .platform = "linux-amd64",
				 .tree_fd = tree_fd};
	struct gv_err err = GV_ERR_INIT;
	struct gv_unpacker *u = NULL;

	(void)state;
	assert_int_equal(gv_unpacker_start(&what, &u, &err), -ENOENT);
	assert_null(u);
	assert_non_null(strstr(err.message, "/nonexistent/unpack"));
}

static void the_child_gets_its_fds_and_arguments(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_buf b = GV_BUF_INIT(4096);
	struct gv_unpacker *u;

	(void)state;
	child_is("cat > /proc/self/fd/3/got; echo \"$*\" > /proc/self/fd/3/args;\n"
		 "ls -l /proc/self/fd > /proc/self/fd/3/fds; env > /proc/self/fd/3/env");
	u = start();
	assert_int_equal(gv_unpacker_write(u, "hello", 5, &err), 0);
	assert_int_equal(finish(u, &err), -GV_EFAILED); /* it never answered */
	assert_int_equal(gv_read_file(tree_fd, "got", &b), 0);
	assert_string_equal(b.data, "hello");
	gv_buf_clear(&b);
	assert_int_equal(gv_read_file(tree_fd, "args", &b), 0);
	assert_string_equal(
		b.data, "module-zip golang.org/toolchain@v0.0.1-go1.22.5.linux-amd64/\n");
	gv_buf_clear(&b);
	assert_int_equal(gv_read_file(tree_fd, "env", &b), 0);
	assert_null(strstr(b.data ? b.data : "", "HOME="));
	gv_buf_release(&b);
}

/* `sentence` is placed at its offset in an answer of the right size. */
static void child_answers(unsigned verdict, unsigned error, const char *sentence)
{
	struct gv_unpack_answer a = {.verdict = verdict,
				     .error = error,
				     .entries = 3,
				     .bytes = 5,
				     .confined = 1};
	char script[640];

	memcpy(a.sentence, sentence, strlen(sentence));
	assert_int_equal(gv_save_file(tree_fd, "answer", &a, sizeof(a), 0644), 0);
	snprintf(script, sizeof(script), "cat >/dev/null; cat %s/answer >&4", dir);
	child_is(script);
}

static void answers(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_unpacked done;
	struct gv_unpacker *u;

	(void)state;
	child_answers(GV_UNPACK_DONE, 0, "");
	u = start();
	assert_int_equal(gv_unpacker_finish(u, &done, &err), 0);
	assert_int_equal(done.entries, 3);
	assert_int_equal(done.bytes, 5);
	assert_true(done.confined);
	gv_unpacker_close(u);

	child_answers(GV_UNPACK_REFUSED, 0, "the archive's entry 'x' is a link");
	assert_int_equal(finish(start(), &err), -GV_EVERIFY);
	assert_string_equal(err.message, "the archive's entry 'x' is a link");

	child_answers(GV_UNPACK_FAILED, ENOSPC, "cannot write 'src/x'");
	assert_int_equal(finish(start(), &err), -ENOSPC);
	assert_string_equal(err.message, "cannot write 'src/x': No space left on device");
	assert_true(err.hint[0] != '\0');
}

static void answers_that_lie(void **state)
{
	char longest[sizeof(((struct gv_unpack_answer *)0)->sentence) + 1];
	struct gv_err err = GV_ERR_INIT;

	(void)state;
	child_answers(7, 0, "");
	assert_int_equal(finish(start(), &err), -GV_EFAILED);
	child_answers(GV_UNPACK_FAILED, 0, "");
	assert_int_equal(finish(start(), &err), -GV_EFAILED);
	child_answers(GV_UNPACK_FAILED, GV_EVERIFY, "");
	assert_int_equal(finish(start(), &err), -GV_EFAILED);
	child_answers(GV_UNPACK_FAILED, 0xffffffff, "");
	assert_int_equal(finish(start(), &err), -GV_EFAILED);

	memset(longest, 's', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	child_answers(GV_UNPACK_REFUSED, 0, longest);
	assert_int_equal(finish(start(), &err), -GV_EVERIFY);
	assert_in_range(strlen(err.message), 1000, sizeof(err.message) - 1);

	child_answers(GV_UNPACK_REFUSED, 0, "\033[2Jgone\n");
	assert_int_equal(finish(start(), &err), -GV_EVERIFY);
	assert_string_equal(err.message, "?[2Jgone?");
}

static void deaths(void **state)
{
	struct gv_err err = GV_ERR_INIT;

	(void)state;
	child_is("kill -SEGV $$");
	assert_int_equal(finish(start(), &err), -GV_EFAILED);
	assert_non_null(strstr(err.message, "signal 11"));
	child_is("kill -XCPU $$");
	assert_int_equal(finish(start(), &err), -GV_EVERIFY);
	child_is("exit 3");
	assert_int_equal(finish(start(), &err), -GV_EFAILED);
	assert_non_null(strstr(err.message, "status 3"));
	child_is("printf short >&4");
	assert_int_equal(finish(start(), &err), -GV_EFAILED);
}

static void a_child_that_stops_reading(void **state)
{
	static char block[1 << 20];
	struct gv_err err = GV_ERR_INIT, again = GV_ERR_INIT;
	struct gv_unpacked done;
	struct gv_unpacker *u;
	char script[320];
	int r = 0;

	(void)state;
	child_answers(GV_UNPACK_REFUSED, 0, "no");
	snprintf(script, sizeof(script), "head -c 10 >/dev/null; cat %s/answer >&4", dir);
	child_is(script);
	u = start();
	for (int i = 0; i < 100 && r == 0; i++)
		r = gv_unpacker_write(u, block, sizeof(block), &err);
	assert_int_equal(r, -GV_EVERIFY);
	assert_string_equal(err.message, "no");
	assert_int_equal(gv_unpacker_write(u, block, 1, &again), -GV_EVERIFY);
	assert_int_equal(gv_unpacker_finish(u, &done, &again), -GV_EVERIFY);
	assert_string_equal(again.message, "no");
	gv_unpacker_close(u);

	/* Satisfied before the end: then something came behind it. */
	child_answers(GV_UNPACK_DONE, 0, "");
	child_is(script);
	u = start();
	for (r = 0; r == 0;)
		r = gv_unpacker_write(u, block, sizeof(block), &err);
	assert_int_equal(r, -GV_EVERIFY);
	gv_unpacker_close(u);
}

static void a_child_that_hangs_is_killed(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_unpacker *u;

	(void)state;
	child_is("exec sleep 1000");
	u = start();
	assert_int_equal(gv_unpacker_write(u, "x", 1, &err), 0);
	gv_unpacker_close(u); /* returns */
	gv_unpacker_close(NULL);
}

static void the_real_child_refuses(void **state)
{
	const char *b = getenv("B");
	struct gv_err err = GV_ERR_INIT;
	struct gv_unpacker *u;

	(void)state;
	snprintf(libexec, sizeof(libexec), "%s/libexec/govern", b ? b : "build");
	if (faccessat(AT_FDCWD, libexec, X_OK, 0) < 0)
		skip_because("the helpers are not built");
	u = start();
	assert_int_equal(gv_unpacker_write(u, "<html>", 6, &err), 0);
	assert_int_equal(finish(u, &err), -GV_EVERIFY);
	assert_non_null(strstr(err.message, "begin with an entry"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_program_that_is_not_there, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_child_gets_its_fds_and_arguments,
						setup, teardown),
		cmocka_unit_test_setup_teardown(answers, setup, teardown),
		cmocka_unit_test_setup_teardown(answers_that_lie, setup, teardown),
		cmocka_unit_test_setup_teardown(deaths, setup, teardown),
		cmocka_unit_test_setup_teardown(a_child_that_stops_reading, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_child_that_hangs_is_killed, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_real_child_refuses, setup, teardown),
	};

	(void)signal(SIGPIPE, SIG_IGN); /* as core/base/interrupt.h does */
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
