// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/journald.h"
#include "tests/unit/scratch.h"

/* A socket in the working directory: a name there is never too long. */
static int listen_at(const char *name)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", name);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void test_send(void **state)
{
	static const char want[] = "MESSAGE=it is done\nPRIORITY=5\n"
				   "GOVERN_COMMAND\n\x05\0\0\0\0\0\0\0a\n=\nb\n";
	const struct gv_journald_field fields[] = {
		{"MESSAGE", "it is done"},     {"PRIORITY", "5"},
		{"GOVERN_VERSION", NULL},      {"GOVERN_TAG", ""},
		{"GOVERN_COMMAND", "a\n=\nb"},
	};
	char dir[4096], got[512], name[200];
	int fd;

	(void)state;
	assert_non_null(make_scratch(dir, sizeof(dir)));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(gv_journald_send("socket", fields, GV_COUNT(fields)), -ENOENT);
	fd = listen_at("socket");
	assert_int_equal(gv_journald_send("socket", fields, GV_COUNT(fields)), 0);
	assert_int_equal(recv(fd, got, sizeof(got), 0), sizeof(want) - 1);
	assert_memory_equal(got, want, sizeof(want) - 1);
	close(fd);
	assert_int_equal(gv_journald_send("socket", fields, 1), -ECONNREFUSED);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(gv_journald_send(name, fields, 1), -ENAMETOOLONG);
	assert_int_equal(unlink("socket"), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* Nobody waits for a log that takes nothing. */
static void test_full(void **state)
{
	const struct gv_journald_field field = {"MESSAGE", "again"};
	char dir[4096];
	int fd, r = 0;

	(void)state;
	assert_non_null(make_scratch(dir, sizeof(dir)));
	assert_int_equal(chdir(dir), 0);
	fd = listen_at("socket");
	for (int i = 0; i < 100000 && r == 0; i++)
		r = gv_journald_send("socket", &field, 1);
	assert_int_equal(r, -EAGAIN);
	close(fd);
	assert_int_equal(unlink("socket"), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_send),
		cmocka_unit_test(test_full),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
