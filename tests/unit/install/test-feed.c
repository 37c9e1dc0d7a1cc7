// SPDX-License-Identifier: Apache-2.0
#include "plugins/godev/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define HEX64 "675c26c449cbb18fc24b74650de1eabbae6e16f64326fd85a283fb3b58280685"

/* The oddities of the real feed: out of order, SHA-1 era without digest and size, two
 * archives for a platform, a bootstrap archive posing as a release, another grammar. */
static const char feed[] =
	"[{\"version\":\"go1.20\",\"stable\":true,\"files\":["
	"{\"filename\":\"go1.20.linux-amd64.tar.gz\",\"os\":\"linux\",\"arch\":\"amd64\","
	"\"version\":\"go1.20\",\"sha256\":\"" HEX64
	"\",\"size\":99,\"kind\":\"archive\"}]},"
	"{\"version\":\"go1.27.0\",\"stable\":true,\"files\":["
	"{\"filename\":\"go1.27.0.src.tar.gz\",\"os\":\"\",\"arch\":\"\",\"version\":"
	"\"go1.27.0\",\"sha256\":\"\",\"size\":1,\"kind\":\"source\"},"
	"{\"filename\":\"go1.27.0.linux-armv6l.tar.gz\",\"os\":\"linux\",\"arch\":"
	"\"armv6l\","
	"\"sha256\":\"" HEX64 "\",\"size\":5,\"kind\":\"archive\"},"
	"{\"filename\":\"go1.27.0.linux-amd64.msi\",\"os\":\"linux\",\"arch\":\"amd64\","
	"\"sha256\":\"" HEX64 "\",\"size\":5,\"kind\":\"installer\"},"
	"{\"filename\":\"go1.27.0.linux-amd64.tar.gz\",\"os\":\"linux\",\"arch\":"
	"\"amd64\","
	"\"sha256\":\"" HEX64 "\",\"size\":70523269,\"kind\":\"archive\"}]},"
	"{\"version\":\"go1\",\"stable\":true,\"files\":["
	"{\"filename\":\"go1.4-bootstrap-20170531.tar.gz\",\"os\":\"4\",\"arch\":"
	"\"bootstrap\","
	"\"sha256\":\"\",\"size\":5,\"kind\":\"archive\"}]},"
	"{\"version\":\"go1.9.2rc2\",\"stable\":false,\"files\":["
	"{\"filename\":\"go1.9.2rc2.linux-amd64.tar.gz\",\"os\":\"linux\",\"arch\":"
	"\"amd64\","
	"\"sha256\":\"\",\"size\":0,\"kind\":\"archive\"}]},"
	"{\"version\":\"go1.4\",\"stable\":true,\"files\":["
	"{\"filename\":\"go1.4.darwin-amd64-osx10.6.tar.gz\",\"os\":\"darwin\",\"arch\":"
	"\"amd64\",\"sha256\":\"\",\"size\":0,\"kind\":\"archive\"},"
	"{\"filename\":\"go1.4.darwin-amd64-osx10.8.tar.gz\",\"os\":\"darwin\",\"arch\":"
	"\"amd64\",\"sha256\":\"\",\"size\":0,\"kind\":\"archive\"}]},"
	"{\"version\":\"go1.5\",\"files\":[{\"filename\":\"../go1.5.linux-amd64.tar.gz\","
	"\"os\":\"linux\",\"arch\":\"amd64\",\"kind\":\"archive\"},"
	"{\"filename\":7,\"os\":\"linux\",\"arch\":\"amd64\",\"kind\":\"archive\"},null]}"
	","
	"{\"version\":\"devel\",\"files\":[]},{\"version\":3},17,null]";

static struct gv_buf lines;

static int condense(void **state)
{
	struct gv_err err = GV_ERR_INIT;

	(void)state;
	return gv_feed_condense(feed, strlen(feed), &lines, &err);
}

static int release(void **state)
{
	(void)state;
	gv_buf_release(&lines);
	return 0;
}

static void kept(void **state)
{
	(void)state;
	assert_string_equal(
		lines.data,
		"go1.20 linux-amd64 go1.20.linux-amd64.tar.gz " HEX64 " 99\n"
		"go1.27.0 linux-armv6l go1.27.0.linux-armv6l.tar.gz " HEX64 " 5\n"
		"go1.27.0 linux-amd64 go1.27.0.linux-amd64.tar.gz " HEX64 " 70523269\n"
		"go1 4-bootstrap go1.4-bootstrap-20170531.tar.gz - 5\n"
		"go1.9.2rc2 linux-amd64 go1.9.2rc2.linux-amd64.tar.gz - 0\n"
		"go1.4 darwin-amd64 go1.4.darwin-amd64-osx10.6.tar.gz - 0\n"
		"go1.4 darwin-amd64 go1.4.darwin-amd64-osx10.8.tar.gz - 0\n");
}

/* What a damaged cache may hold: lines that are not whole say nothing. */
static void damaged(void **state)
{
	static const char bad[] =
		"go1.22.1 linux-amd64 go1.22.1.linux-amd64.tar.gz -\n"
		"go1.22.2 linux-amd64 go1.22.2.linux-amd64.tar.gz - 0 0\n"
		"go1.22.3 linux-amd64 ../go1.22.3.linux-amd64.tar.gz - 0\n"
		"1.22.4 linux-amd64 go1.22.4.linux-amd64.tar.gz - 0\n"
		"go1.22.5 linux-amd64 go1.22.5.linux-amd64.tar.gz zz x\n"
		"go1.20.0 linux-amd64 go1.20.0.linux-amd64.tar.gz - 0\n"
		"\n\n     \n"
		"go1.22.6 linux-amd64 go1.22.6.linux-amd64.tar.gz - 0";
	struct gv_err err = GV_ERR_INIT;
	struct gv_releases list = {0};
	struct gv_feed_file f;

	(void)state;
	assert_int_equal(gv_feed_releases(bad, strlen(bad), "linux-amd64", &list, &err),
			 0);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.items[0].name, "go1.22.5");
	assert_int_equal(
		gv_feed_find(bad, strlen(bad), &list.items[0], "linux-amd64", &f, &err),
		0);
	assert_string_equal(f.sha256, "");
	assert_int_equal(f.size, 0);
	gv_releases_release(&list);
}

static void releases(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_releases list = {0};

	(void)state;
	assert_int_equal(
		gv_feed_releases(lines.data, lines.len, "linux-amd64", &list, &err), 0);
	gv_releases_sort(&list);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.items[0].name, "go1.27.0");
	assert_string_equal(list.items[1].name, "go1.20");
	assert_string_equal(list.items[2].name, "go1.9.2rc2");
	gv_releases_release(&list);
	assert_int_equal(
		gv_feed_releases(lines.data, lines.len, "linux-arm", &list, &err), 0);
	assert_int_equal(list.n, 1);
	gv_releases_release(&list);
}

static int find(const char *version, const char *platform, struct gv_feed_file *ret)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_version v;

	assert_int_equal(gv_version_parse(version, strlen(version), &v), 0);
	return gv_feed_find(lines.data, lines.len, &v, platform, ret, &err);
}

static void files(void **state)
{
	struct gv_feed_file f;

	(void)state;
	assert_int_equal(find("go1.27.0", "linux-amd64", &f), 0);
	assert_string_equal(f.name, "go1.27.0.linux-amd64.tar.gz");
	assert_string_equal(f.sha256, HEX64);
	assert_int_equal(f.size, 70523269);
	assert_int_equal(find("go1.27.0", "linux-arm", &f), 0);
	assert_string_equal(f.name, "go1.27.0.linux-armv6l.tar.gz");
	assert_int_equal(find("go1.9.2rc2", "linux-amd64", &f), 0);
	assert_string_equal(f.sha256, "");
	assert_int_equal(f.size, 0);
	assert_int_equal(find("go1.4", "darwin-amd64", &f), 0);
	assert_string_equal(f.name, "go1.4.darwin-amd64-osx10.8.tar.gz");
	assert_int_equal(find("go1.5", "linux-amd64", &f), -GV_ENOTFOUND);
	assert_int_equal(find("go1.26.0", "linux-amd64", &f), -GV_ENOTFOUND);
	assert_int_equal(find("go1.27.0", "linux-s390x", &f), -GV_ENOTFOUND);
}

static void no_feed(void **state)
{
	static const char *const bad[] = {"",	 "{}",	 "<html>", "[{]",
					  "[]x", "\"\"", "[[[[[["};
	struct gv_err err = GV_ERR_INIT;
	struct gv_buf none = GV_BUF_INIT(0);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(gv_feed_condense(bad[i], strlen(bad[i]), &none, &err),
				 -GV_EFORMAT);
	assert_int_equal(none.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept),	    cmocka_unit_test(damaged),
		cmocka_unit_test(releases), cmocka_unit_test(files),
		cmocka_unit_test(no_feed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, condense, release);
}
