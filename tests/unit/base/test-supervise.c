// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/supervise.h"

static struct {
	char text[3][256]; /* by fd; the beginning */
	size_t n[3], stop_at;
} heard;

static int hear(void *arg, int fd, const char *data, size_t n)
{
	size_t at = heard.n[fd];

	assert_ptr_equal(arg, &heard);
	for (size_t i = 0; i < n && at + i < sizeof(heard.text[0]) - 1; i++)
		heard.text[fd][at + i] = data[i];
	heard.n[fd] += n;
	return heard.stop_at && heard.n[fd] >= heard.stop_at ? -EXDEV : 0;
}

static int run_limited(const char *script, long limit_ms, long quiet_ms, int *status)
{
	char copy[256];
	char *argv[] = {"sh", "-c", copy, NULL};
	char *vars[] = {"GV_TEST=here", "HOME=/there"};
	struct gv_list set = {.items = vars, .n = 2};
	struct gv_supervise what = {
		.program = "/bin/sh",
		.argv = argv,
		.set = &set,
		.limit_ms = limit_ms,
		.quiet_ms = quiet_ms,
		.output = hear,
		.arg = &heard,
	};

	snprintf(copy, sizeof(copy), "%s", script);
	memset(heard.text, 0, sizeof(heard.text));
	memset(heard.n, 0, sizeof(heard.n));
	return gv_supervise(&what, status);
}

/* Limits that it has to meet: on a machine that is slow today it gets longer ones, until
 * the script came to say a word. */
static int run_out(const char *script, long limit_ms, long quiet_ms, int *status)
{
	int r = run_limited(script, limit_ms, quiet_ms, status);

	for (int i = 0; i < 6 && r == -ETIMEDOUT && heard.n[1] == 0; i++) {
		limit_ms *= 3;
		quiet_ms *= 3;
		r = run_limited(script, limit_ms, quiet_ms, status);
	}
	return r;
}

static int run(const char *script, int *status)
{
	return run_limited(script, 600000, 0, status);
}

static void it_is_told_what_it_needs_and_heard(void **state)
{
	int status = -1;

	(void)state;
	setenv("HOME", "/elsewhere", 1);
	setenv("GV_OTHER", "kept", 1);
	assert_int_equal(
		run("echo $GV_TEST $HOME $GV_OTHER; pwd; cat; echo no >&2; exit 7",
		    &status),
		0);
	assert_int_equal(status, 7);
	assert_string_equal(heard.text[1], "here /there kept\n/\n");
	assert_string_equal(heard.text[2], "no\n");
	assert_int_equal(run("kill -SEGV $$", &status), 0);
	assert_int_equal(status, 256 + SIGSEGV);
}

static void all_of_its_output_arrives(void **state)
{
	int status;

	(void)state;
	assert_int_equal(
		run("head -c 3000000 /dev/zero; head -c 70000 /dev/zero >&2", &status),
		0);
	assert_int_equal(heard.n[1], 3000000);
	assert_int_equal(heard.n[2], 70000);
}

static void what_is_not_there_cannot_be_started(void **state)
{
	struct gv_supervise what = {.program = "/nonexistent/x",
				    .argv = (char *[]){"x", NULL}};
	int status = 55;

	(void)state;
	assert_int_equal(gv_supervise(&what, &status), -ENOENT);
	assert_int_equal(status, 55);
}

/* Whether the process whose number was printed is gone, or soon is. */
static bool is_gone(void)
{
	pid_t pid = (pid_t)strtol(heard.text[1], NULL, 10);

	assert_true(pid > 1);
	for (int i = 0; i < 5000; i++) {
		char path[64], state = 0;
		FILE *f;

		if (kill(pid, 0) < 0)
			return true;
		/* Nobody may wait for orphans here: then it stays as a zombie. */
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		f = fopen(path, "r");
		if (!f || (fscanf(f, "%*d %*[^)]) %c", &state) == 1 && state == 'Z')) {
			if (f)
				fclose(f);
			return true;
		}
		fclose(f);
		usleep(20000);
	}
	kill(pid, SIGKILL);
	return false;
}

static void a_limit_ends_it_and_what_it_started(void **state)
{
	int status = -1;

	(void)state;
	assert_int_equal(run_out("sleep 6000 & echo $!; wait", 300, 0, &status),
			 -ETIMEDOUT);
	assert_true(is_gone());
	/* Words on stderr are no bytes on stdout. */
	assert_int_equal(
		run_out("sleep 6000 & echo $!; while :; do echo x >&2; sleep .05; done",
			0, 300, &status),
		-ETIMEDOUT);
	assert_true(is_gone());
	/* Longer than the limit in all: one that counted that would never let it. */
	for (int i = 0; i < 50 && status != 0; i++)
		(void)run_limited("for i in 1 2 3 4 5 6; do sleep .1; echo $i; done", 0,
				  400, &status);
	assert_int_equal(status, 0);
	/* It closed everything and goes on. */
	assert_int_equal(run_out("echo $$; exec >&- 2>&-; sleep 6000", 300, 0, &status),
			 -ETIMEDOUT);
	assert_true(is_gone());
}

static void nobody_waits_for_who_keeps_the_pipe(void **state)
{
	int status;
	pid_t away;

	(void)state;
	assert_int_equal(run("sleep 6000 & echo $!; exit 3", &status), 0);
	assert_int_equal(status, 3);
	assert_true(is_gone());
	/* Nor for one who left the group; he is left alone. */
	assert_int_equal(run("exec 4>&1; { setsid sh -c 'echo $$ >&4; echo; exec sleep "
			     "6000 >&4' & } |"
			     " read x; exit 4",
			     &status),
			 0);
	assert_int_equal(status, 4);
	away = (pid_t)strtol(heard.text[1], NULL, 10);
	assert_true(away > 1);
	assert_int_equal(kill(away, SIGKILL), 0);
	/* Nor for one who writes without end. */
	assert_int_equal(
		run("exec 4>&1; { setsid sh -c 'echo $$ >&4; echo; exec yes >&4' & } |"
		    " read x; exit 5",
		    &status),
		0);
	assert_int_equal(status, 5);
}

static void who_wants_no_more_ends_it(void **state)
{
	int status;

	(void)state;
	heard.stop_at = 100000;
	assert_int_equal(run("echo $$; exec yes", &status), -EXDEV);
	heard.stop_at = 0;
	assert_true(is_gone());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_told_what_it_needs_and_heard),
		cmocka_unit_test(all_of_its_output_arrives),
		cmocka_unit_test(what_is_not_there_cannot_be_started),
		cmocka_unit_test(a_limit_ends_it_and_what_it_started),
		cmocka_unit_test(nobody_waits_for_who_keeps_the_pipe),
		cmocka_unit_test(who_wants_no_more_ends_it),
	};

	/* As the programs have it (core/base/interrupt.h). */
	signal(SIGPIPE, SIG_IGN);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
