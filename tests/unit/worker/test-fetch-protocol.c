// SPDX-License-Identifier: Apache-2.0
/*
 * The parent's side against a child that an attacker has taken over.  This program is
 * also that child: when it is called as `fetch`, it plays the scene that a file names.
 */
#include "tests/unit/worker/fetch-rig.h"

#include <errno.h>

#include "core/base/text.h"
#include "core/worker/wire.h"
#include "tests/unit/scratch.h"

static const char *const scenes[] = {
	"dies",		  "silent-end",	     "no-hello",	"other-version",
	"long-hello",	  "unknown-type",    "long-frame",	"half-frame",
	"data-first",	  "end-first",	     "two-heads",	"short-head",
	"open-string",	  "status-500",	     "part-unasked",	"unmodified-unasked",
	"total-over-max", "more-than-total", "less-than-total", "more-than-max",
	"empty-data",	  "restart-first",   "endless-restart", "failed-short",
	"failed-open",	  "request",	     "hello-again",	"end-with-data",
};

static const char *expected(const char *scene)
{
	if (strcmp(scene, "dies") == 0 || strcmp(scene, "silent-end") == 0)
		return "ended before it had answered";
	if (strstr(scene, "-hello") || strcmp(scene, "other-version") == 0)
		return "belongs to another version";
	return "does not keep to the protocol";
}

/* -- the child ----------------------------------------------------------------------- */

static void say(enum gv_wire_type type, const void *data, size_t n)
{
	if (gv_wire_send(3, type, data, n) < 0)
		_exit(1);
}

static void say_raw(uint32_t type, uint32_t size)
{
	uint32_t prefix[2] = {type, size};

	if (write(3, prefix, sizeof(prefix)) != sizeof(prefix))
		_exit(1);
}

static void say_head(uint32_t status, uint64_t total)
{
	struct gv_wire_head head = {.status = status, .total = total};

	say(GV_WIRE_HEAD, &head, sizeof(head));
}

static char played[64];

static bool is(const char *scene)
{
	return strcmp(played, scene) == 0;
}

static void say_hello(void)
{
	struct gv_wire_hello hello = {.version = GV_VERSION, .landlock = 1};
	char longer[sizeof(hello) + 1] = {0};

	if (is("dies"))
		_exit(1);
	if (is("no-hello"))
		say_head(200, 0);
	if (is("other-version"))
		hello.version[0] = 'x';
	if (is("long-hello"))
		say(GV_WIRE_HELLO, longer, sizeof(longer));
	say(GV_WIRE_HELLO, &hello, sizeof(hello));
}

static void play(void)
{
	static char bytes[GV_WIRE_MAX];
	struct gv_wire_failed failed = {.code = -GV_EREMOTE};
	struct gv_wire_head head = {.status = 200};

	memset(bytes, 'x', sizeof(bytes));
	if (is("good")) {
		say_head(200, 3);
		say(GV_WIRE_DATA, "abc", 3);
		say(GV_WIRE_END, NULL, 0);
		(void)!read(3, bytes, 1); /* until the parent closes */
	} else if (is("failed")) {
		strcpy(failed.message, "a\x1b[31mred");
		failed.code = -ENOSPC; /* not one that the child may choose */
		say(GV_WIRE_FAILED, &failed, sizeof(failed));
	} else if (is("unknown-type")) {
		say_raw(99, 0);
	} else if (is("long-frame")) {
		say_raw(GV_WIRE_DATA, UINT32_MAX);
	} else if (is("half-frame")) {
		say_head(200, 0);
		say_raw(GV_WIRE_DATA, 10);
	} else if (is("data-first")) {
		say(GV_WIRE_DATA, "abc", 3);
	} else if (is("end-first")) {
		say(GV_WIRE_END, NULL, 0);
	} else if (is("two-heads")) {
		say_head(200, 0);
		say_head(200, 0);
	} else if (is("short-head")) {
		say(GV_WIRE_HEAD, &head, sizeof(head) - 1);
	} else if (is("open-string")) {
		memset(head.etag, 'x', sizeof(head.etag));
		say(GV_WIRE_HEAD, &head, sizeof(head));
	} else if (is("status-500")) {
		say_head(500, 0);
	} else if (is("part-unasked")) {
		say_head(206, 0);
	} else if (is("unmodified-unasked")) {
		say_head(304, 0);
	} else if (is("total-over-max")) {
		say_head(200, 101);
	} else if (is("more-than-total")) {
		say_head(200, 2);
		say(GV_WIRE_DATA, "abc", 3);
	} else if (is("less-than-total")) {
		say_head(200, 4);
		say(GV_WIRE_DATA, "abc", 3);
		say(GV_WIRE_END, NULL, 0);
	} else if (is("more-than-max")) {
		say_head(200, 0);
		say(GV_WIRE_DATA, bytes, 100);
		say(GV_WIRE_DATA, "a", 1);
	} else if (is("empty-data")) {
		say_head(200, 0);
		say(GV_WIRE_DATA, NULL, 0);
	} else if (is("restart-first")) {
		say(GV_WIRE_RESTART, NULL, 0);
	} else if (is("endless-restart")) {
		for (;;) {
			say_head(200, 0);
			say(GV_WIRE_DATA, bytes, 100);
			say(GV_WIRE_RESTART, NULL, 0);
		}
	} else if (is("failed-short")) {
		say(GV_WIRE_FAILED, &failed, sizeof(failed) - 1);
	} else if (is("failed-open")) {
		memset(failed.message, 'x', sizeof(failed.message));
		say(GV_WIRE_FAILED, &failed, sizeof(failed));
	} else if (is("request")) {
		say(GV_WIRE_REQUEST, bytes, sizeof(struct gv_wire_request));
	} else if (is("hello-again")) {
		say_hello();
	} else if (is("end-with-data")) {
		say_head(200, 0);
		say(GV_WIRE_END, "a", 1);
	}
}

static int be_the_child(char *self)
{
	struct gv_buf scene = GV_BUF_INIT(sizeof(played) - 1);
	static char request[8 + sizeof(struct gv_wire_request)];
	size_t n = 0;

	/* The environment does not come through: the scene is in a file beside us. */
	*strrchr(self, '/') = '\0';
	if (chdir(self) < 0 || gv_read_file(AT_FDCWD, "scene", &scene) < 0 ||
	    getenv("A_SECRET"))
		return 1;
	strcpy(played, scene.data);
	say_hello();
	while (n < sizeof(request)) {
		ssize_t r = read(3, request + n, sizeof(request) - n);

		if (r <= 0)
			return 1;
		n += (size_t)r;
	}
	play();
	return 0;
}

/* -- the tests ----------------------------------------------------------------------- */

static void set_scene(const char *name)
{
	rig_write("scene", name, strlen(name));
}

static int ask(struct got *ret)
{
	struct gv_fetch what = {
		.url = "https://example.invalid/x",
		.max = 100,
		.sink = got_data,
		.restart = got_restart,
		.arg = ret,
	};

	*ret = (struct got){.body = GV_BUF_INIT(1000)};
	ret->r = gv_fetcher_get(rig_fetcher, &what, &ret->info, &ret->err);
	return ret->r;
}

static int set_up(void **state)
{
	char self[4096] = {0}, path[512];

	(void)state;
	assert_non_null(make_scratch(rig.dir, sizeof(rig.dir)));
	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	rig_path(path, sizeof(path), "fetch");
	assert_int_equal(symlink(self, path), 0);
	strcpy(rig.libexec, rig.dir);
	setenv("A_SECRET", "x", 1);
	rig_open();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rig_close();
	rig_remove();
	return 0;
}

static void test_good_child(void **state)
{
	struct got got;

	(void)state;
	set_scene("good");
	assert_int_equal(ask(&got), 0);
	assert_string_equal(got.body.data, "abc");
	assert_true(got.info.confined);
	gv_buf_release(&got.body);
	rig_close(); /* it would go on with the next scene otherwise */
	rig_open();
}

static void test_every_bad_scene(void **state)
{
	(void)state;
	for (size_t i = 0; i < GV_COUNT(scenes); i++) {
		struct got got;

		set_scene(scenes[i]);
		if (ask(&got) != -GV_EFAILED || got.err.code != -GV_EFAILED ||
		    !strstr(got.err.message, expected(scenes[i])))
			fail_msg("%s: %d, '%s'", scenes[i], got.r, got.err.message);
		if (got.body.len > 100)
			fail_msg("%s: %zu bytes went through", scenes[i], got.body.len);
		gv_buf_release(&got.body);
	}
}

static void test_words_of_the_child_are_cleaned(void **state)
{
	struct got got;

	(void)state;
	set_scene("failed");
	assert_int_equal(ask(&got), -GV_EFAILED);
	assert_string_equal(got.err.message, "a?[31mred");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_child),
		cmocka_unit_test(test_every_bad_scene),
		cmocka_unit_test(test_words_of_the_child_are_cleaned),
	};

	if (argc > 0 && gv_has_suffix(argv[0], "/fetch"))
		return be_the_child(argv[0]);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
