// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/resolve/environ.h"

static char text[GV_ENVIRON_TEXT];

static struct gv_choice *a_choice(void)
{
	static struct gv_choice c;

	memset(&c, 0, sizeof(c));
	c.file = c.goroot = c.program = c.behind = "";
	return &c;
}

/* The environment joined by "|". */
static const char *joined(char *const *envp)
{
	static char all[16384];
	size_t n = 0;

	all[0] = '\0';
	for (; *envp; envp++)
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", n ? "|" : "",
				      *envp);
	return all;
}

#define ENV (char *const[])
static const char *planned(const struct gv_choice *c, char *const *envp)
{
	char *out[64];

	assert_int_equal(gv_choice_environ(c, envp, out, 64, text), 0);
	return joined(out);
}

static void passes_on(void **state)
{
	(void)state;
	assert_string_equal(
		planned(a_choice(), ENV{"B=2", "A=1", "odd", "GO=x", "GOPATH=/p", "B=2",
					"GOTOOLCHAIN=auto", "", NULL}),
		"B=2|A=1|odd|GO=x|GOPATH=/p|B=2|GOTOOLCHAIN=auto|");
	assert_string_equal(planned(a_choice(), ENV{NULL}), "");
}

static void removes_goroot(void **state)
{
	(void)state;
	assert_string_equal(planned(a_choice(), ENV{"GOROOT=/usr/local/go", "A=1",
						    "GOROOT=/twice", "GOROOT_FINAL=x",
						    "GOVERN_BEHIND=/x", "GOROOT", NULL}),
			    "A=1|GOROOT_FINAL=x|GOROOT");
}

static void exports(void **state)
{
	struct gv_choice *c = a_choice();

	(void)state;
	c->gotoolchain = "local";
	assert_string_equal(
		planned(c, ENV{"A=1", "GOTOOLCHAIN=auto", "B=2", "GOTOOLCHAIN=", NULL}),
		"A=1|B=2|GOTOOLCHAIN=local|GOVERN_EXPORTED_GOTOOLCHAIN=local");
	c->gotoolchain = "path";
	assert_string_equal(planned(c, ENV{"GOVERN_EXPORTED_GOTOOLCHAIN=local", NULL}),
			    "GOTOOLCHAIN=path|GOVERN_EXPORTED_GOTOOLCHAIN=path");
	/* a value that is no constant */
	c->gotoolchain = "go1.22.5+auto";
	assert_string_equal(
		planned(c, ENV{NULL}),
		"GOTOOLCHAIN=go1.22.5+auto|GOVERN_EXPORTED_GOTOOLCHAIN=go1.22.5+auto");
}

static void drops(void **state)
{
	struct gv_choice *c = a_choice();

	(void)state;
	c->drop_gotoolchain = true;
	assert_string_equal(planned(c, ENV{"GOTOOLCHAIN=local", "A=1",
					   "GOVERN_EXPORTED_GOTOOLCHAIN=local", NULL}),
			    "A=1");
}

static void sets(void **state)
{
	struct gv_choice *c = a_choice();

	(void)state;
	c->set_goroot = true;
	c->goroot = "/s/toolchains/go1.9.7";
	c->behind = "/usr/bin";
	assert_string_equal(planned(c, ENV{"GOROOT=/x", "A=1", NULL}),
			    "A=1|GOROOT=/s/toolchains/go1.9.7|GOVERN_BEHIND=/usr/bin");
}

/* The shim plans in place. */
static void in_place(void **state)
{
	struct gv_choice *c = a_choice();
	char *envp[8] = {"GOROOT=/x", "A=1", "B=2", NULL};

	(void)state;
	c->gotoolchain = "auto";
	assert_int_equal(gv_choice_environ(c, envp, envp, 8, text), 0);
	assert_string_equal(joined(envp),
			    "A=1|B=2|GOTOOLCHAIN=auto|GOVERN_EXPORTED_GOTOOLCHAIN=auto");
}

static void too_small(void **state)
{
	char *out[4];
	struct gv_choice *c = a_choice();

	(void)state;
	assert_int_equal(
		gv_choice_environ(c, ENV{"A=1", "B=1", "C=1", NULL}, out, 4, text), 0);
	assert_int_equal(
		gv_choice_environ(c, ENV{"A=1", "B=1", "C=1", NULL}, out, 3, text),
		-E2BIG);
	c->gotoolchain = "local";
	assert_int_equal(gv_choice_environ(c, ENV{"A=1", "B=1", NULL}, out, 4, text),
			 -E2BIG);
	assert_int_equal(gv_choice_environ(c, ENV{"A=1", NULL}, out, 4, text), 0);
	assert_int_equal(gv_choice_environ(a_choice(), ENV{NULL}, out, 0, text), -E2BIG);
}

static void large(void **state)
{
	enum { N = 20000 };
	char **envp = calloc(N + 1, sizeof(*envp)), **out = calloc(N + 6, sizeof(*out));
	static struct gv_choice *c;

	(void)state;
	assert_non_null(envp);
	assert_non_null(out);
	c = a_choice();
	c->gotoolchain = "local";
	for (int i = 0; i < N; i++)
		envp[i] = "GOX=1";
	assert_int_equal(gv_choice_environ(c, envp, out, N + 5, text), 0);
	assert_string_equal(out[N], "GOTOOLCHAIN=local");
	assert_null(out[N + 2]);
	free(envp);
	free(out);
}

static void get(void **state)
{
	char *const envp[] = {"AB=1", "A=2", "A=3", "C", "D=", NULL};

	(void)state;
	assert_string_equal(gv_environ_get(envp, "A"), "2");
	assert_string_equal(gv_environ_get(envp, "D"), "");
	assert_null(gv_environ_get(envp, "C"));
	assert_null(gv_environ_get(envp, "B"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_on), cmocka_unit_test(removes_goroot),
		cmocka_unit_test(exports),   cmocka_unit_test(drops),
		cmocka_unit_test(sets),	     cmocka_unit_test(in_place),
		cmocka_unit_test(too_small), cmocka_unit_test(large),
		cmocka_unit_test(get),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
