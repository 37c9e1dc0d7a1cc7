// SPDX-License-Identifier: Apache-2.0
#include "core/base/program.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/tree.h"
#include "tests/unit/scratch.h"

static char dir[PATH_MAX - 64];

static int make(void **state)
{
	static const char *const dirs[] = {"a", "b", "b/cc", "c"};
	static const struct {
		const char *name;
		mode_t mode;
	} files[] = {{"a/cc", 0644}, {"c/cc", 0755}, {"c/only-here", 0755}};

	(void)state;
	if (!make_scratch(dir, sizeof(dir)) || chdir(dir) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (mkdir(dirs[i], 0755) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int fd = open(files[i].name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		if (fd < 0 || fchmod(fd, files[i].mode) < 0 || close(fd) < 0)
			return -1;
	}
	return 0;
}

static int clean(void **state)
{
	(void)state;
	return chdir("/") < 0 ? -1 : gv_tree_remove(AT_FDCWD, dir);
}

/* Neither a file without the mode nor a directory is one. */
static void test_first_that_is_one(void **state)
{
	char dirs[4 * PATH_MAX], wanted[PATH_MAX], found[PATH_MAX];

	(void)state;
	snprintf(dirs, sizeof(dirs), "%s/a:%s/b:%s/none:%s/c", dir, dir, dir, dir);
	snprintf(wanted, sizeof(wanted), "%s/c/cc", dir);
	assert_true(gv_program_find(dirs, "cc", found));
	assert_string_equal(found, wanted);
	assert_false(gv_program_find(dirs, "none", found));
	dirs[strlen(dirs) - 2] = '\0'; /* without the last */
	assert_false(gv_program_find(dirs, "cc", found));
}

static void test_relative_directories(void **state)
{
	char dirs[PATH_MAX], found[PATH_MAX];

	(void)state;
	assert_false(gv_program_find("c", "only-here", found));
	assert_false(gv_program_find(":c:.", "only-here", found));
	assert_false(gv_program_find("", "only-here", found));
	assert_false(gv_program_find(NULL, "only-here", found));
	snprintf(dirs, sizeof(dirs), ":c::%s/c:", dir);
	assert_true(gv_program_find(dirs, "only-here", found));
	assert_true(found[0] == '/');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_that_is_one),
		cmocka_unit_test(test_relative_directories),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make, clean);
}
