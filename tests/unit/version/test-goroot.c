// SPDX-License-Identifier: Apache-2.0
/* What a VERSION file says, in every form that releases and distributions have given
 * it. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/version/goroot.h"
#include "tests/unit/scratch.h"

static void says(int dir, const char *content, const char *expected)
{
	int fd = openat(dir, "go/VERSION", O_WRONLY | O_CREAT | O_TRUNC, 0644);
	struct gv_version v;
	int r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	close(fd);
	r = gv_goroot_version(dir, "go", &v);
	if (!expected) {
		assert_int_equal(r, -EINVAL);
		return;
	}
	assert_int_equal(r, 0);
	assert_string_equal(v.name, expected);
}

static void version_files(void **state)
{
	char path[512], long_word[200];
	struct gv_version v;
	int dir;

	(void)state;
	dir = open(make_scratch(path, sizeof(path)), O_RDONLY | O_DIRECTORY);
	assert_true(dir >= 0);
	assert_int_equal(gv_goroot_version(dir, "go", &v), -ENOENT);
	assert_int_equal(mkdirat(dir, "go", 0755), 0);
	assert_int_equal(gv_goroot_version(dir, "go", &v), -ENOENT);
	says(dir, "go1.22.5\ntime 2024-06-04T16:53:07Z\n", "go1.22.5");
	says(dir, "go1.19.8", "go1.19.8");
	says(dir, "go1.9.7\r\n", "go1.9.7");
	says(dir, "go1.20", "go1.20");
	says(dir, "go1.22.5 (Red Hat 1.22.5-1.el9)\n", "go1.22.5");
	says(dir, "go1.12 X:framepointer\n", "go1.12");
	says(dir, "go1.23rc1\n", "go1.23rc1");
	says(dir, "go1.22.5-bigcorp\n", "go1.22.5-bigcorp");
	says(dir, "devel go1.24-abcdef Mon Aug 4\n", NULL);
	says(dir, "devel +4a8b7e3 Fri\n", NULL);
	says(dir, "go1.22\n", NULL); /* the language, no release */
	says(dir, "1.22.5\n", NULL);
	says(dir, "\ngo1.22.5\n", NULL);
	says(dir, "", NULL);
	says(dir, "go1.22.5/../..\n", NULL);
	memset(long_word, '1', sizeof(long_word) - 1);
	memcpy(long_word, "go1.22.5-", 9);
	long_word[sizeof(long_word) - 1] = '\0';
	says(dir, long_word, NULL);
	assert_int_equal(unlinkat(dir, "go/VERSION", 0), 0);
	/* does not block */
	assert_int_equal(mkfifoat(dir, "go/VERSION", 0644), 0);
	assert_int_equal(gv_goroot_version(dir, "go", &v), -EINVAL);
	assert_int_equal(unlinkat(dir, "go/VERSION", 0), 0);
	assert_int_equal(gv_goroot_version(dir, "go", &v), -ENOENT);
	assert_int_equal(unlinkat(dir, "go", AT_REMOVEDIR), 0);
	close(dir);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(version_files)};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
