// SPDX-License-Identifier: Apache-2.0
#include "core/install/names.h"
#include "core/install/url.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct gv_version version(const char *name)
{
	struct gv_version v;

	assert_int_equal(gv_version_parse(name, strlen(name), &v), 0);
	return v;
}

static void archive_names(void **state)
{
	char name[GV_ARCHIVE_NAME_MAX];
	struct gv_version v = version("go1.22.5");

	(void)state;
	gv_archive_name(&v, "linux-amd64", name);
	assert_string_equal(name, "go1.22.5.linux-amd64.tar.gz");
	gv_archive_name(&v, "linux-arm", name);
	assert_string_equal(name, "go1.22.5.linux-armv6l.tar.gz");
	gv_archive_name(&v, "freebsd-arm", name);
	assert_string_equal(name, "go1.22.5.freebsd-arm.tar.gz");
	gv_archive_name(&v, "windows-amd64", name);
	assert_string_equal(name, "go1.22.5.windows-amd64.zip");
	/* up to 1.20 the first release of a line has no patch number */
	v = version("go1.20.0");
	gv_archive_name(&v, "linux-amd64", name);
	assert_string_equal(name, "go1.20.linux-amd64.tar.gz");
	v = version("go1.21.0");
	gv_archive_name(&v, "linux-amd64", name);
	assert_string_equal(name, "go1.21.0.linux-amd64.tar.gz");
}

static void module_paths(void **state)
{
	char path[GV_ARCHIVE_NAME_MAX];
	struct gv_version v = version("go1.22.5");

	(void)state;
	gv_module_path(&v, "linux-arm", path);
	assert_string_equal(path,
			    "golang.org/toolchain/@v/v0.0.1-go1.22.5.linux-arm.zip");
	v = version("go1.22.5-BigCorp");
	gv_module_path(&v, "linux-amd64", path);
	assert_string_equal(path, "golang.org/toolchain/@v/"
				  "v0.0.1-go1.22.5-!big!corp.linux-amd64.zip");
}

static int parse_module(const char *s, const char *platform, const char *name)
{
	struct gv_version v;
	int r = gv_module_version_parse(s, strlen(s), platform, &v);

	if (r == 0)
		assert_string_equal(v.name, name);
	return r;
}

static void module_versions(void **state)
{
	const char *p = "linux-amd64";

	(void)state;
	assert_int_equal(parse_module("v0.0.1-go1.22.5.linux-amd64", p, "go1.22.5"), 0);
	assert_int_equal(parse_module("v0.0.1-go1.9.2rc2.linux-amd64", p, "go1.9.2rc2"),
			 0);
	assert_int_equal(parse_module("v0.0.1-go1.20.linux-amd64", p, "go1.20"), 0);
	assert_int_equal(
		parse_module("v0.0.1-go1.22.5-corp.linux-amd64", p, "go1.22.5-corp"), 0);
	assert_int_equal(parse_module("v0.0.1-go1.22.5.linux-arm64", p, ""), -ENOENT);
	assert_int_equal(parse_module("v0.0.1-go1.9rc2.windows-amd64", p, ""), -ENOENT);
	assert_int_equal(
		parse_module("v0.0.1-go1.22.5.linux-armv6l", "linux-arm", "go1.22.5"), 0);
	assert_int_equal(
		parse_module("v0.0.1-go1.22.5.linux-arm", "linux-arm", "go1.22.5"), 0);
	assert_int_equal(parse_module("v0.0.2-go1.22.5.linux-amd64", p, ""), -EINVAL);
	assert_int_equal(parse_module("v0.0.1-1.22.5.linux-amd64", p, ""), -EINVAL);
	assert_int_equal(parse_module("v0.0.1-go1.22.5", p, ""), -EINVAL);
	assert_int_equal(parse_module("v0.0.1-", p, ""), -EINVAL);
	assert_int_equal(parse_module("v0.0.1-go1/../2.linux-amd64", p, ""), -EINVAL);
	assert_int_equal(parse_module("<html>", p, ""), -EINVAL);
}

static void archive_versions(void **state)
{
	struct gv_version v;

	(void)state;
	assert_int_equal(
		gv_archive_name_parse("go1.22.5.linux-amd64.tar.gz", "linux-amd64", &v),
		0);
	assert_string_equal(v.name, "go1.22.5");
	assert_int_equal(
		gv_archive_name_parse("v0.0.1-go1.4.linux-amd64.zip", "linux-amd64", &v),
		0);
	assert_string_equal(v.name, "go1.4");
	assert_int_equal(
		gv_archive_name_parse("go1.22.5.linux-armv6l.tar.gz", "linux-arm", &v),
		0);
	assert_int_equal(
		gv_archive_name_parse("go1.22.5.linux-armv6l.tar.gz", "linux-amd64", &v),
		-ENOENT);
	assert_int_equal(gv_archive_name_parse("go1.22.5.src.tar.gz", "linux-amd64", &v),
			 -EINVAL);
	assert_true(gv_archive_name_parse("go1.4-bootstrap-20170531.tar.gz",
					  "linux-amd64", &v) < 0);
	assert_int_equal(gv_archive_name_parse("download", "linux-amd64", &v), -EINVAL);
}

static void host_is(const char *url, const char *host)
{
	char got[64];

	gv_url_host(url, got, sizeof(got));
	assert_string_equal(got, host);
}

static void public_is(const char *url, const char *shown)
{
	char *got = gv_url_public(url);

	assert_non_null(got);
	assert_string_equal(got, shown);
	free(got);
}

static void urls(void **state)
{
	(void)state;
	host_is("https://Go.Dev/dl/", "go.dev");
	host_is("https://u:p@host.example:8443/x", "host.example");
	host_is("http://[::1]:80/x", "::1");
	host_is("https://a@b@host/", "host");
	host_is("https://host?x=@evil", "host");
	host_is("https://host\\@evil/", "host");
	host_is("no url", "");
	public_is("https://user:pass@proxy.example/a/b?token=x#y",
		  "https://proxy.example/a/b");
	public_is("https://proxy.example:8080", "https://proxy.example:8080");
	public_is("https://p.example?token=secret", "https://p.example");
	assert_true(gv_is_url("https://x"));
	assert_false(gv_is_url("/a://b"));
	assert_false(gv_is_url("./dir"));
	assert_false(gv_is_url("://x"));
	assert_true(gv_url_is_http("HTTP://x"));
	assert_false(gv_url_is_http("https://x"));
}

static void file_urls(void **state)
{
	char *path = NULL;

	(void)state;
	assert_int_equal(gv_url_file_path("file:///a%20b/c", &path), 0);
	assert_string_equal(path, "/a b/c");
	free(path);
	assert_int_equal(gv_url_file_path("file://host/a", &path), -EINVAL);
	assert_int_equal(gv_url_file_path("file:/a", &path), -EINVAL);
	assert_int_equal(gv_url_file_path("file:///a%00b", &path), -EINVAL);
	assert_int_equal(gv_url_file_path("file:///a%2", &path), -EINVAL);
	assert_int_equal(gv_url_file_path("file:///a?b", &path), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(archive_names),
		cmocka_unit_test(module_paths),
		cmocka_unit_test(module_versions),
		cmocka_unit_test(archive_versions),
		cmocka_unit_test(urls),
		cmocka_unit_test(file_urls),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
