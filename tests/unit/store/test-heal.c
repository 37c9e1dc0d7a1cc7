// SPDX-License-Identifier: Apache-2.0
/* What a killed command left, and how it is put right. */
#include <sys/stat.h>
#include <time.h>

#include "core/store/layout.h"
#include "tests/unit/store/fixture.h"

static void test_heal_live_stage(void **state)
{
	struct gv_stage st = GV_STAGE_INIT;
	struct gv_lock lock = GV_LOCK_INIT;
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;
	pid_t pid;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(gv_store_lock(&s, "go1.22.5", 0, NULL, NULL, &lock), 0);
	assert_int_equal(gv_stage_open(&s, "go1.22.5", &st, &err), 0);
	/* another process finds it at work */
	pid = fork();
	if (pid == 0) {
		gv_store_heal(&s);
		_exit(0);
	}
	assert_true(ended_well(pid));
	assert_int_equal(count_entries(s.root_fd, "staging"), 1);
	/* its owner dies */
	gv_lock_drop(&lock);
	gv_store_heal(&s);
	assert_int_equal(count_entries(s.root_fd, "staging"), 0);
	gv_close(&st.tree_fd);
	gv_store_close(&s);
}

/* Where there are no locks, only what nobody touched for a day is dead. */
static void test_heal_without_locks(void **state)
{
	struct gv_stage st = GV_STAGE_INIT;
	struct gv_err err = GV_ERR_INIT;
	struct timespec times[2];
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(gv_stage_open(&s, "go1.22.5", &st, &err), 0);
	assert_int_equal(mkdirat(s.prefix_fd, "toolchains/go1.22.6", 0755), 0);
	write_file(s.root_fd, "receipts/" PLATFORM "/go1.22.7.json", "{}");
	gv_store_recover(&s, "go1.22.5", false);
	gv_store_recover(&s, "go1.22.6", false);
	gv_store_recover(&s, "go1.22.7", false);
	assert_int_equal(count_entries(s.root_fd, "staging"), 1);
	assert_int_equal(count_entries(s.prefix_fd, "toolchains"), 1);
	assert_int_equal(count_entries(s.root_fd, "receipts/" PLATFORM), 1);
	/* two days on, by the clock of the file system */
	assert_int_equal(clock_gettime(CLOCK_REALTIME, &times[0]), 0);
	times[0].tv_sec += 2L * 24 * 60 * 60;
	times[1] = times[0];
	assert_int_equal(utimensat(s.root_fd, "staging", times, 0), 0);
	assert_int_equal(utimensat(s.prefix_fd, "toolchains", times, 0), 0);
	gv_store_recover(&s, "go1.22.5", false);
	gv_store_recover(&s, "go1.22.6", false);
	assert_int_equal(count_entries(s.root_fd, "staging"), 0);
	assert_int_equal(count_entries(s.prefix_fd, "toolchains"), 0);
	gv_close(&st.tree_fd);
	gv_store_close(&s);
}

/* Temporary files lie beside what they are to replace: wherever that may be. */
static void test_heal_temps(void **state)
{
	static const char *const places[] = {".", "bin", "libexec/govern"};
	struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	struct gv_store s;
	char path[64];

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	for (size_t i = 0; i < GV_COUNT(places); i++) {
		assert_int_equal(gv_make_dirs(s.prefix_fd, places[i], 0755), 0);
		snprintf(path, sizeof(path), "%s/.tmp-govern-%016x", places[i], 1);
		write_file(s.prefix_fd, path, "cut short");
		snprintf(path, sizeof(path), "%s/.tmp-govern-%016x", places[i], 2);
		write_file(s.prefix_fd, path, "somebody's");
		snprintf(path, sizeof(path), "%s/.tmp-govern-%016x", places[i], 1);
		assert_int_equal(utimensat(s.prefix_fd, path, old, 0), 0);
	}
	gv_store_heal(&s);
	for (size_t i = 0; i < GV_COUNT(places); i++) {
		snprintf(path, sizeof(path), "%s/.tmp-govern-%016x", places[i], 1);
		assert_int_equal(faccessat(s.prefix_fd, path, F_OK, 0), -1);
		snprintf(path, sizeof(path), "%s/.tmp-govern-%016x", places[i], 2);
		assert_int_equal(faccessat(s.prefix_fd, path, F_OK, 0), 0);
	}
	gv_store_close(&s);
}

static void test_heal_other_platform(void **state)
{
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(
		mkdirat(s.root_fd, "staging/linux-arm64_go1.22.5_0123456789abcdef", 0700),
		0);
	assert_int_equal(mkdirat(s.root_fd, "staging/rubbish", 0700), 0);
	gv_store_heal(&s);
	assert_int_equal(count_entries(s.root_fd, "staging"), 2);
	gv_store_close(&s);
}

static void test_heal_no_receipt(void **state)
{
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(install(&s, "go1.22.5", "A", false), 0);
	assert_int_equal(install(&s, "go1.22.6", "B", false), 0);
	assert_int_equal(unlinkat(s.root_fd, "receipts/" PLATFORM "/go1.22.5.json", 0),
			 0);
	assert_int_equal(mkdirat(s.prefix_fd, "toolchains/not-a-version", 0755), 0);
	gv_store_heal(&s);
	assert_label(&s, "go1.22.5", "");
	assert_label(&s, "go1.22.6", "B");
	assert_int_equal(faccessat(s.prefix_fd, "toolchains/not-a-version", F_OK, 0), 0);
	gv_store_close(&s);
}

static void test_heal_damaged_receipt(void **state)
{
	struct gv_receipt receipt;
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(install(&s, "go1.22.5", "A", false), 0);
	write_file(s.root_fd, "receipts/" PLATFORM "/go1.22.5.json", "{\"schema\": 1");
	gv_store_heal(&s);
	/* it says so, and nothing is thrown away */
	assert_int_equal(gv_receipt_load(&s, "go1.22.5", &receipt, &err), -GV_EFORMAT);
	assert_non_null(strstr(err.file, "go1.22.5.json"));
	assert_true(gv_store_has(&s, "go1.22.5"));
	assert_int_equal(install(&s, "go1.22.5", "B", true), 0);
	assert_label(&s, "go1.22.5", "B");
	gv_store_close(&s);
}

static void test_heal_links(void **state)
{
	struct gv_buf text = GV_BUF_INIT(64);
	struct gv_store s;
	char target[256];

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(install(&s, "go1.22.5", "A", false), 0);
	assert_int_equal(unlinkat(s.prefix_fd, "bin/go1.22.5", 0), 0);
	assert_int_equal(
		symlinkat("../toolchains/go1.22.6/bin/go", s.prefix_fd, "bin/go1.22.6"),
		0);
	/* what is not ours */
	write_file(s.prefix_fd, "bin/go1.22.7", "a script");
	assert_int_equal(symlinkat("/opt/go/bin/go", s.prefix_fd, "bin/go1.22.8"), 0);
	write_file(s.prefix_fd, "bin/go", "shim");
	gv_store_heal(&s);
	assert_label(&s, "go1.22.5", "A");
	assert_label(&s, "go1.22.6", "");
	assert_int_equal(gv_read_file(s.prefix_fd, "bin/go1.22.7", &text), 0);
	assert_int_equal(gv_read_file(s.prefix_fd, "bin/go", &text), 0);
	assert_true(gv_read_link(s.prefix_fd, "bin/go1.22.8", target, sizeof(target)) >
		    0);
	/* nor are they replaced by an install, which does not fail for them */
	assert_int_equal(install(&s, "go1.22.7", "C", false), 0);
	gv_buf_clear(&text);
	assert_int_equal(gv_read_file(s.prefix_fd, "bin/go1.22.7", &text), 0);
	assert_string_equal(text.data, "a script");
	gv_buf_release(&text);
	gv_store_close(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_heal_live_stage), TEST(test_heal_without_locks),
		TEST(test_heal_temps),	    TEST(test_heal_other_platform),
		TEST(test_heal_no_receipt), TEST(test_heal_damaged_receipt),
		TEST(test_heal_links),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
