// SPDX-License-Identifier: Apache-2.0
#include "core/install/proxies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* What a list means, one word an entry: kind, where, and "|" where any error goes on. */
static void reads_as(const char *value, const char *expected)
{
	static const char *const kinds[] = {"http", "file", "direct", "off"};
	struct gv_buf text = GV_BUF_INIT(0);
	struct gv_err err = GV_ERR_INIT;
	struct gv_proxies list;

	assert_int_equal(gv_proxies_parse(value, &list, &err), 0);
	for (size_t i = 0; i < list.n; i++) {
		const struct gv_proxy *p = &list.items[i];

		gv_buf_format(&text, "%s%s:%s%s", i ? " " : "", kinds[p->kind],
			      p->path  ? p->path
			      : p->url ? p->url
				       : "",
			      p->next_on_any_error ? "|" : "");
	}
	assert_string_equal(text.data, expected);
	gv_buf_release(&text);
	gv_proxies_release(&list);
}

static void grammar(void **state)
{
	(void)state;
	reads_as("https://a.example,direct",
		 "http:https://a.example direct:" GV_TOOLCHAIN_DIRECT);
	reads_as("https://a.example|https://b.example,off",
		 "http:https://a.example| http:https://b.example off:");
	/* an entry without a scheme that looks like a host */
	reads_as("a.example/x", "http:https://a.example/x");
	reads_as(" https://a.example , ,, http://b.example:80 ",
		 "http:https://a.example http:http://b.example:80");
	reads_as("file:///srv/go%20proxy,off", "file:/srv/go proxy off:");
	/* nothing behind direct or off counts */
	reads_as("direct,https://a.example", "direct:" GV_TOOLCHAIN_DIRECT);
	reads_as("off|nonsense", "off:|");
	reads_as("https://user:pass@a.example", "http:https://user:pass@a.example");
}

static void refused(const char *value)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_proxies list;

	assert_int_equal(gv_proxies_parse(value, &list, &err), -GV_EUSAGE);
	assert_true(err.message[0] != '\0');
	assert_null(strstr(err.message, "secret"));
}

static void errors(void **state)
{
	(void)state;
	refused("");
	refused(" , ,");
	refused("ftp://a.example");
	refused("https://");
	refused("word");
	refused("/a/path");
	refused("file://host/x");
	refused("file:/x");
	refused("https://a.example,ftp://user:secret@b.example");
}

static void going_on(void **state)
{
	struct gv_proxy comma = {0}, bar = {.next_on_any_error = true};

	(void)state;
	assert_true(gv_proxy_go_on(&comma, -GV_EGONE));
	assert_false(gv_proxy_go_on(&comma, -GV_EREMOTE));
	assert_true(gv_proxy_go_on(&bar, -GV_EGONE));
	assert_true(gv_proxy_go_on(&bar, -GV_EREMOTE));
	/* never after a contradiction, nor when somebody pressed Ctrl-C */
	assert_false(gv_proxy_go_on(&bar, -GV_EVERIFY));
	assert_false(gv_proxy_go_on(&bar, -GV_EINTERRUPTED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grammar),
		cmocka_unit_test(errors),
		cmocka_unit_test(going_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
