// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/store/fixture.h"

#include <sys/syscall.h>

#include "core/json/json.h"
#include "core/store/generations.h"

static void open_with(void **state, struct gv_store *s, const char *const *names,
		      size_t n)
{
	assert_int_equal(open_store(*state, GV_STORE_CREATE, s), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(install(s, names[i], "A", false), 0);
}

static void test_none(void **state)
{
	struct gv_store s;

	open_with(state, &s, NULL, 0);
	assert_pointer(&s, "default", NULL);
	assert_int_equal(point(&s, NULL, NULL), 0);
	assert_int_equal(generation(&s), 0);
	gv_store_heal(&s);
	assert_int_equal(generation(&s), 0);
	gv_store_close(&s);
}

static void test_lines(void **state)
{
	static const char *const names[] = {"go1.21.13",      "go1.22.5",  "go1.22.10",
					    "go1.22.11-corp", "go1.23rc1", "go1.9"};
	struct gv_store s;
	char target[64];

	open_with(state, &s, names, GV_COUNT(names));
	assert_int_equal(point(&s, NULL, NULL), 0);
	assert_pointer(&s, "1.21", "go1.21.13");
	assert_pointer(&s, "1.22", "go1.22.10");
	assert_pointer(&s, "1.9", "go1.9");
	assert_pointer(&s, "1.23", NULL);
	assert_pointer(&s, "latest", "go1.22.10");
	assert_pointer(&s, "default", NULL);
	/* as the shim sees it */
	assert_true(gv_read_link(s.prefix_fd, "current/1.22", target, sizeof(target)) >
		    0);
	assert_string_equal(target, "../../toolchains/go1.22.10");
	assert_int_equal(faccessat(s.prefix_fd, "current/1.22/bin/go", X_OK, 0), 0);
	/* the same again is no change */
	assert_int_equal(generation(&s), 1);
	assert_int_equal(point(&s, NULL, NULL), 0);
	assert_int_equal(generation(&s), 1);
	gv_store_close(&s);
}

static void test_set(void **state)
{
	static const char *const names[] = {"go1.22.5", "go1.22.6"};
	struct gv_buf text = GV_BUF_INIT(0);
	struct gv_json *j;
	struct gv_store s;

	open_with(state, &s, names, GV_COUNT(names));
	assert_int_equal(point(&s, "default", "go1.22.5"), 0);
	assert_int_equal(point(&s, "@prod", "go1.22.6"), 0);
	assert_pointer(&s, "default", "go1.22.5");
	assert_pointer(&s, "@prod", "go1.22.6");
	assert_int_equal(generation(&s), 2);
	assert_int_equal(point(&s, "default", "go1.22.6"), 0);
	assert_pointer(&s, "default", "go1.22.6");
	assert_int_equal(point(&s, "@prod", ""), 0);
	assert_pointer(&s, "@prod", NULL);
	assert_int_equal(point(&s, "@absent", ""), 0);
	assert_int_equal(generation(&s), 4);
	/* an older one is as it was */
	assert_int_equal(
		gv_read_file(s.prefix_fd, "generations/2/generation.json", &text), 0);
	j = gv_json_parse(text.data, text.len, NULL);
	assert_int_equal(gv_json_int(j, "schema", 0), 1);
	assert_int_equal(gv_json_int(j, "generation", 0), 2);
	assert_int_equal(gv_json_int(j, "previous", 0), 1);
	assert_string_equal(gv_json_str(j, "command"), "govern test");
	assert_string_equal(gv_json_str(j, "reason"), "a reason");
	assert_non_null(gv_json_str(j, "user"));
	assert_non_null(gv_json_str(j, "host"));
	assert_non_null(gv_json_str(j, "time"));
	gv_json_free(j);
	gv_buf_release(&text);
	gv_store_close(&s);
}

static void test_refused(void **state)
{
	static const char *const names[] = {"go1.22.5"};
	static const char *const bad[] = {"",	  "latest",  "1.22",
					  "prod", "@",	     "@..",
					  "@a/b", "current", "generation.json"};
	struct gv_store s;

	open_with(state, &s, names, GV_COUNT(names));
	for (size_t i = 0; i < GV_COUNT(bad); i++)
		assert_int_equal(point(&s, bad[i], "go1.22.5"), -GV_EUSAGE);
	assert_int_equal(point(&s, "default", "go1.22.6"), -GV_ENOTFOUND);
	assert_int_equal(point(&s, "default", "../../../etc"), -GV_ENOTFOUND);
	assert_int_equal(generation(&s), 0);
	gv_store_close(&s);
}

static void test_forget(void **state)
{
	static const char *const names[] = {"go1.22.5", "go1.22.6"};
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	open_with(state, &s, names, GV_COUNT(names));
	assert_int_equal(point(&s, "@prod", "go1.22.6"), 0);
	assert_int_equal(point(&s, "default", "go1.22.5"), 0);
	assert_pointer(&s, "latest", "go1.22.6");
	assert_int_equal(gv_pointers_forget(&s, "go1.22.6", &change_note, &err), 0);
	assert_pointer(&s, "@prod", NULL);
	assert_pointer(&s, "default", "go1.22.5");
	assert_pointer(&s, "latest", "go1.22.5");
	assert_pointer(&s, "1.22", "go1.22.5");
	assert_int_equal(gv_store_remove(&s, "go1.22.6", &err), 0);
	assert_int_equal(point(&s, NULL, NULL), 0);
	assert_int_equal(generation(&s), 3);
	gv_store_close(&s);
}

static void test_heal(void **state)
{
	static const char *const names[] = {"go1.22.5", "go1.22.6"};
	struct gv_pointers next = GV_POINTERS_INIT;
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	open_with(state, &s, names, GV_COUNT(names));
	assert_int_equal(point(&s, "default", "go1.22.6"), 0);
	/* killed between the new generation and the switch */
	assert_int_equal(gv_generation_load(&s, 1, &next), 0);
	assert_int_equal(gv_pointers_set(&next, "default", "go1.22.5"), 0);
	next.generation = 2;
	assert_int_equal(gv_generation_save(&s, &next, 1, &change_note), 0);
	assert_int_equal(gv_generation_save(&s, &next, 1, &change_note), 1);
	assert_pointer(&s, "default", "go1.22.6");
	gv_store_heal(&s);
	assert_pointer(&s, "default", "go1.22.5");
	/* removed, and killed before the lines followed; the default is not ours to
	 * change */
	assert_int_equal(point(&s, "default", "go1.22.6"), 0);
	assert_int_equal(
		renameat(s.prefix_fd, "toolchains/go1.22.6", s.root_fd, "trash/gone"), 0);
	gv_store_heal(&s);
	assert_pointer(&s, "latest", "go1.22.5");
	assert_pointer(&s, "1.22", "go1.22.5");
	assert_pointer(&s, "default", "go1.22.6");
	/* a current that leads nowhere */
	assert_int_equal(gv_save_link(s.prefix_fd, "current", "generations/007"), 0);
	assert_int_equal(gv_pointers_load(&s, &next, &err), -GV_EFORMAT);
	gv_store_heal(&s);
	assert_pointer(&s, "latest", "go1.22.5");
	assert_int_equal(count_entries(s.prefix_fd, "generations"), 4);
	gv_pointers_release(&next);
	gv_store_close(&s);
}

/* Names in generations/ that are no numbers of ours. */
static void test_numbers(void **state)
{
	static const char *const names[] = {"go1.22.5"};
	struct gv_store s;
	uint64_t n;

	open_with(state, &s, names, GV_COUNT(names));
	assert_int_equal(point(&s, "default", "go1.22.5"), 0);
	assert_int_equal(mkdirat(s.prefix_fd, "generations/007", 0755), 0);
	assert_int_equal(mkdirat(s.prefix_fd, "generations/.tmp-0123", 0755), 0);
	assert_int_equal(mkdirat(s.prefix_fd, "generations/9x", 0755), 0);
	assert_int_equal(mkdirat(s.prefix_fd, "generations/99999999999999999999", 0755),
			 0);
	assert_int_equal(gv_generation_newest(&s, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(point(&s, "@a", "go1.22.5"), 0);
	assert_int_equal(generation(&s), 2);
	gv_store_close(&s);
}

/* -- under load ---------------------------------------------------------------------- */

enum { WRITERS = 2, READERS = 4, SWITCHES = 100 };

/* The fault that is looked for: a moment in which `current` leads nowhere, or a pointer
 * is not there, or an older generation is seen after a newer one. */
static int read_until(const struct gv_store *s, int gate)
{
	uint64_t last = 0;
	char c;

	while (read(gate, &c, 1) < 0 && errno == EAGAIN) {
		struct gv_buf text = GV_BUF_INIT(64);
		uint64_t now = 0;

		if (gv_read_file(s->prefix_fd, "current/default/VERSION", &text) < 0)
			return 2;
		gv_buf_release(&text);
		if (gv_generation_current(s, &now) < 0 || now == 0)
			return 3;
		last = now > last ? now : last;
	}
	return last > 1 ? 0 : 4;
}

static int write_many(struct gv_store *s, int writer)
{
	char tag[16];

	snprintf(tag, sizeof(tag), "@w%d", writer);
	for (int i = 0; i < SWITCHES; i++) {
		const char *target = i % 2 ? "go1.22.5" : "go1.22.6";

		if (point(s, "default", target) < 0 || point(s, tag, target) < 0)
			return 1;
	}
	return 0;
}

static void test_load(void **state)
{
	static const char *const names[] = {"go1.22.5", "go1.22.6"};
	pid_t writers[WRITERS], readers[READERS];
	struct gv_store s;
	uint64_t newest;
	int gate[2];

	open_with(state, &s, names, GV_COUNT(names));
	assert_int_equal(point(&s, "default", "go1.22.5"), 0);
	assert_int_equal(pipe2(gate, O_NONBLOCK), 0);
	for (int i = 0; i < READERS; i++) {
		readers[i] = fork();
		if (readers[i] == 0) {
			close(gate[1]);
			_exit(read_until(&s, gate[0]));
		}
	}
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		if (writers[i] == 0)
			_exit(write_many(&s, i));
	}
	for (int i = 0; i < WRITERS; i++)
		assert_true(ended_well(writers[i]));
	close(gate[1]);
	for (int i = 0; i < READERS; i++)
		assert_true(ended_well(readers[i]));
	close(gate[0]);
	/* no change was lost: the last one of each writer is there */
	assert_pointer(&s, "@w0", "go1.22.5");
	assert_pointer(&s, "@w1", "go1.22.5");
	assert_int_equal(gv_generation_newest(&s, &newest), 0);
	assert_int_equal(generation(&s), newest);
	assert_int_equal(count_entries(s.prefix_fd, "generations"), newest);
	gv_store_close(&s);
}

/* What another command does while the links of the next generation are written. */
static void (*meanwhile)(void);
static struct gv_store *others;

int symlinkat(const char *target, int dirfd, const char *path)
{
	void (*act)(void) = meanwhile;

	meanwhile = NULL;
	if (act)
		act();
	return (int)syscall(SYS_symlinkat, target, dirfd, path);
}

static void remove_newest(void)
{
	struct gv_err err = GV_ERR_INIT;

	assert_int_equal(gv_store_remove(others, "go1.22.6", &err), 0);
}

/* One forgot its pointers and is about to go; another saw it there, and saves its own
 * generation when it is gone. */
static void test_gone_meanwhile(void **state)
{
	static const char *const names[] = {"go1.21.1", "go1.22.5", "go1.22.6"};
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	open_with(state, &s, names, GV_COUNT(names));
	assert_int_equal(gv_pointers_forget(&s, "go1.22.6", &change_note, &err), 0);
	assert_pointer(&s, "latest", "go1.22.5");
	others = &s;
	meanwhile = remove_newest;
	assert_int_equal(point(&s, "default", "go1.21.1"), 0);
	assert_null(meanwhile);
	assert_pointer(&s, "default", "go1.21.1");
	assert_pointer(&s, "1.22", "go1.22.5");
	assert_pointer(&s, "latest", "go1.22.5");
	gv_store_close(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_none),    TEST(test_lines),  TEST(test_set),
		TEST(test_refused), TEST(test_forget), TEST(test_heal),
		TEST(test_numbers), TEST(test_load),   TEST(test_gone_meanwhile),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
