// SPDX-License-Identifier: Apache-2.0
/* What of a setting is shown, and what is not.  core/cli/ is a program and no library,
 * so its file is taken in here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/cli/snapshot/secrets.c"

static void becomes(const char *name, const char *value, const char *want)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);

	gv_secret_add(&b, name, value);
	assert_string_equal(b.data ? b.data : "", want);
}

static void test_plain(void **state)
{
	static const char *const plain[] = {
		"",
		"https://proxy.example.com/x,direct",
		"https://a.example.com|https://b.example.com,direct",
		"-mod=mod -ldflags='-s -w' -tags=a,b",
		"/usr/local/bin:/usr/bin: /bin",
		"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"*.example.com,github.com/me",
		"-author=me",
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(plain); i++)
		becomes("GOFLAGS", plain[i], plain[i]);
	becomes("GOAUTH", "netrc", "netrc");
	becomes("GOSUMDB", "off", "off");
}

static void test_names(void **state)
{
	(void)state;
	becomes("GO_API_TOKEN", "hunter2", "<secret>");
	becomes("GO_API_TOKEN", "hunter22", "<secret c24>");
	becomes("CGO_PASSWORD", "hunter22", "<secret c24>");
	becomes("GOAUTH", "git /home/me/secret-dir", "<secret d2c>");
	becomes("GO_SIGNING_KEY", "", "");
	assert_false(gv_secret_name("GOAUTHOR", 8));
	assert_false(gv_secret_name("GOKEYRING", 9));
}

static void test_urls(void **state)
{
	(void)state;
	becomes("GOPROXY", "https://me:hunter22@a.example.com/x,direct",
		"https://<secret c6f>@a.example.com/x,direct");
	becomes("GOPROXY", "https://me:a,b@a.example.com,https://b.example.com",
		"https://<secret>@a.example.com,https://b.example.com");
	becomes("GOPROXY", "https://a.example.com,https://u:p@b.example.com|direct",
		"https://a.example.com,https://<secret>@b.example.com|direct");
	becomes("GOPROXY", "https://a.example.com/?sig=hunter2222&x,off",
		"https://a.example.com/?<secret cdf>,off");
	becomes("GOPROXY", "https://me:hunter22@a.example.com/?token=hunter22",
		"https://<secret c6f>@a.example.com/?<secret fc7>");
	becomes("HTTPS_PROXY", "http://u:p%40@h:3128", "http://<secret>@h:3128");
	becomes("HTTPS_PROXY", "http://a-long-name:hunter2@h", "http://<secret>@h");
	becomes("HTTPS_PROXY", "http://u:p@q@h", "http://<secret>@h");
}

static void test_words(void **state)
{
	(void)state;
	becomes("GOFLAGS", "-ldflags=-X=main.apiToken=hunter22 -v",
		"-ldflags=-X=main.apiToken=<secret c24> -v");
	becomes("GOCACHEPROG", "cache --auth-token hunter22 --dir /x",
		"cache --auth-token <secret c24> --dir /x");
	becomes("GOCACHEPROG", "cache --header 'Authorization: Bearer hunter22'",
		"cache --header 'Authorization: Bearer <secret c24>'");
	becomes("GOFLAGS", "-toolexec=x ghp_0123456789abcdefghij",
		"-toolexec=x <secret 987>");
}

/* What the linker writes into a program may be anything. */
static void test_definitions(void **state)
{
	(void)state;
	becomes("GOFLAGS", "-ldflags=-X=main.key=hunter22 -v",
		"-ldflags=-X=main.key=<secret c24> -v");
	becomes("GOFLAGS", "'-ldflags=-s -X main.key=hunter22 -X main.b=x,y' -v",
		"'-ldflags=-s -X main.key=<secret c24> -X main.b=<secret>' -v");
	becomes("GO_LDFLAGS", "-X main.key=hunter22", "-X main.key=<secret c24>");
	becomes("GO_LDFLAGS", "--X main.key=hunter22 -w", "--X main.key=<secret c24> -w");
	becomes("GO_LDFLAGS", "-X 'main.key=correct horse, staple' -w",
		"-X 'main.key=<secret cd9>' -w");
	becomes("GO_LDFLAGS", "-X \"main.key=it's hunter22\" -w",
		"-X \"main.key=<secret 669>\" -w");
	becomes("GO_LDFLAGS", "-X main.url=https://a.example.com/?x=y,z",
		"-X main.url=<secret f0c>");
	becomes("GO_LDFLAGS", "-X main.key=", "-X main.key=");
	becomes("GO_LDFLAGS", "-X", "-X");
	becomes("GO_LDFLAGS", "-X=", "-X=");
	becomes("GO_LDFLAGS", "-X main.key -w=1", "-X main.key -w=1");
	/* the C compiler's, and the languages' */
	becomes("CGO_LDFLAGS", "-Xlinker -z=now -X11 -lX=1",
		"-Xlinker -z=now -X11 -lX=1");
	becomes("CGO_CFLAGS", "-x c -DVERSION=1.2.3", "-x c -DVERSION=1.2.3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),	    cmocka_unit_test(test_names),
		cmocka_unit_test(test_urls),	    cmocka_unit_test(test_words),
		cmocka_unit_test(test_definitions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
