// SPDX-License-Identifier: Apache-2.0
/* go.sum against a module cache: what is another is told with its line, and nothing
 * outside of the cache is read. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/tree.h"
#include "core/cli/policy/gosum.c"

static char top[] = "/tmp/govern-gosum-XXXXXX", cache[sizeof(top) + 8];

/* <cache>/cache/download/<module>/@v/<version>.ziphash */
static void put(const char *module, const char *version, const char *hash)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "mod/cache/download/%s/@v", module);
	fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(gv_make_dirs(fd, path, 0755), 0);
	snprintf(path, sizeof(path), "mod/cache/download/%s/@v/%s.ziphash", module,
		 version);
	assert_int_equal(gv_save_file(fd, path, hash, strlen(hash), 0644), 0);
	close(fd);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(top))
		return -1;
	snprintf(cache, sizeof(cache), "%s/mod", top);
	put("example.com/m", "v1.2.3", "h1:aaa=");
	put("example.com/!big/!m", "v1.0.0-!r!c1", "h1:bbb=\n");
	put("empty", "v1.0.0", "");
	put("../../../x", "v1.0.0", "h1:out=");
	put("../../../x/../x", "v2.0.0", "h1:out=");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return gv_tree_remove(AT_FDCWD, top);
}

struct heard {
	char text[512];
};

static void hear(void *arg, const char *module, unsigned line)
{
	struct heard *h = arg;
	size_t n = strlen(h->text);

	snprintf(h->text + n, sizeof(h->text) - n, "%s:%u;", module, line);
}

static size_t compare(const char *text, size_t n, const char *where, struct heard *h)
{
	struct gv_buf b = GV_BUF_INIT(GV_GOSUM_MAX);
	size_t cached;

	*h = (struct heard){""};
	assert_int_equal(gv_buf_add(&b, text, n), 0);
	cached = gv_gosum_compare(&b, where, hear, h);
	gv_buf_release(&b);
	return cached;
}

static void test_lines(void **state)
{
	static const struct {
		const char *text;
		size_t cached;
		const char *told;
	} cases[] = {
		{"", 0, ""},
		{"\n\n \t\n", 0, ""},
		{"example.com/m v1.2.3 h1:aaa=\n", 1, ""},
		{"example.com/m v1.2.3 h1:aaa=", 1, ""},
		{"example.com/m v1.2.3 h1:aaa=\r\nexample.com/m v1.2.3 h1:z=\r\n", 2,
		 "example.com/m v1.2.3:2;"},
		{"\texample.com/m \t v1.2.3\th1:aaa= more\n", 1, ""},
		/* neither more of it nor less */
		{"example.com/m v1.2.3 h1:aaa\n", 1, "example.com/m v1.2.3:1;"},
		{"example.com/m v1.2.3 h1:aaa=a\n", 1, "example.com/m v1.2.3:1;"},
		{"example.com/m v1.2.3 H1:aaa=\n", 1, "example.com/m v1.2.3:1;"},
		/* of the go.mod only; what the cache has not; what is no line */
		{"example.com/m v1.2.3/go.mod h1:z=\n", 0, ""},
		{"example.com/m v1.2.4 h1:z=\nexample.com/n v1.2.3 h1:z=\n", 0, ""},
		{"example.com/m v1.2.3\nexample.com/m\n", 0, ""},
		/* upper case has names of its own */
		{"example.com/Big/M v1.0.0-RC1 h1:bbb=\n", 1, ""},
		{"\nexample.com/Big/M v1.0.0-RC1 h1:c=\n", 1,
		 "example.com/Big/M v1.0.0-RC1:2;"},
		{"example.com/!big/!m v1.0.0-!r!c1 h1:c=\n", 1,
		 "example.com/!big/!m v1.0.0-!r!c1:1;"},
		{"example.com/big/m v1.0.0-rc1 h1:c=\n", 0, ""},
		/* cut short when it was written */
		{"empty v1.0.0 h1:c=\n", 1, "empty v1.0.0:1;"},
		/* out of the cache */
		{"../../../x v1.0.0 h1:z=\n", 0, ""},
		{"../../../x/../x v2.0.0 h1:z=\n", 0, ""},
		{"/etc v1.0.0 h1:z=\n", 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++) {
		struct heard h;
		size_t n = compare(cases[i].text, strlen(cases[i].text), cache, &h);

		if (n != cases[i].cached || strcmp(h.text, cases[i].told) != 0)
			fail_msg("'%s': %zu, '%s'", cases[i].text, n, h.text);
	}
}

static void test_odd(void **state)
{
	static const char zeroes[] = "example.com/m\0 v1.2.3 h1:z=\n\0\0 \0\n"
				     "example.com/m v1.2.3 h1:z=\n";
	char line[3 * PATH_MAX];
	struct heard h;

	(void)state;
	assert_int_equal(compare(zeroes, sizeof(zeroes) - 1, cache, &h), 1);
	assert_string_equal(h.text, "example.com/m v1.2.3:3;");
	memset(line, 'a', sizeof(line));
	memcpy(line + sizeof(line) - 12, " v1.0.0 h1:z", 12);
	assert_int_equal(compare(line, sizeof(line), cache, &h), 0);
	/* no such cache, none with such a name, or no directory */
	assert_int_equal(compare("a v1 h1:z", 9, "/nonexistent", &h), 0);
	line[sizeof(line) - 1] = '\0';
	assert_int_equal(compare("a v1 h1:z", 9, line, &h), 0);
	assert_int_equal(compare("a v1 h1:z", 9, "/dev/null", &h), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_odd),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
