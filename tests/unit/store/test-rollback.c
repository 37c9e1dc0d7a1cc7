// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/store/fixture.h"

#include <sys/syscall.h>

#include "core/json/json.h"
#include "core/store/generations.h"
#include "core/store/rollback.h"

/* Another command lets a generation go when the so-manieth directory is about to be
 * listed, and has come as far as one of its links. */
static struct {
	int countdown;
	int from_dir, to_dir;
	const char *from, *to, *link;
} going;

int openat(int dirfd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	if (strcmp(path, ".") == 0 && going.countdown > 0 && --going.countdown == 0) {
		assert_int_equal(
			renameat(going.from_dir, going.from, going.to_dir, going.to), 0);
		assert_int_equal(unlinkat(going.to_dir, going.link, 0), 0);
	}
	return (int)syscall(SYS_openat, dirfd, path, flags, mode);
}

static int back_to(struct gv_store *s, uint64_t number, struct gv_err *err)
{
	*err = GV_ERR_INIT;
	return gv_pointers_return(s, number, &change_note, err);
}

static void bring_in(struct gv_store *s, const char *name)
{
	assert_int_equal(install(s, name, "A", false), 0);
	assert_int_equal(point(s, NULL, NULL), 0);
}

static void test_chosen(void **state)
{
	struct gv_buf text = GV_BUF_INIT(0);
	struct gv_err err;
	struct gv_json *j;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	bring_in(&s, "go1.21.13");
	bring_in(&s, "go1.22.5");				/* 2 */
	assert_int_equal(point(&s, "default", "go1.22.5"), 0);	/* 3 */
	assert_int_equal(point(&s, "@prod", "go1.21.13"), 0);	/* 4 */
	assert_int_equal(point(&s, "default", "go1.21.13"), 0); /* 5 */
	assert_int_equal(point(&s, "@next", "go1.22.5"), 0);	/* 6 */
	assert_int_equal(back_to(&s, 4, &err), 0);
	assert_int_equal(generation(&s), 7);
	assert_pointer(&s, "default", "go1.22.5");
	assert_pointer(&s, "@prod", "go1.21.13");
	assert_pointer(&s, "@next", NULL);
	assert_pointer(&s, "latest", "go1.22.5");
	assert_int_equal(
		gv_read_file(s.prefix_fd, "generations/7/generation.json", &text), 0);
	j = gv_json_parse(text.data, text.len, NULL);
	assert_int_equal(gv_json_int(j, "returned_to", 0), 4);
	assert_int_equal(gv_json_int(j, "previous", 0), 6);
	assert_string_equal(gv_json_str(j, "reason"), "a reason");
	gv_json_free(j);
	gv_buf_release(&text);
	/* the one before is the one that was left */
	assert_int_equal(back_to(&s, 0, &err), 0);
	assert_int_equal(generation(&s), 8);
	assert_pointer(&s, "@next", "go1.22.5");
	/* where we are already */
	assert_int_equal(back_to(&s, 8, &err), 0);
	assert_int_equal(back_to(&s, 6, &err), 0);
	assert_int_equal(generation(&s), 8);
	gv_store_close(&s);
}

static void test_goes_meanwhile(void **state)
{
	struct gv_err err;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	bring_in(&s, "go1.22.5");
	assert_int_equal(point(&s, "@prod", "go1.22.5"), 0);
	assert_int_equal(point(&s, "default", "go1.22.5"), 0);
	assert_int_equal(generation(&s), 3);
	/* the first is the present one */
	going.countdown = 2;
	going.from_dir = s.prefix_fd;
	going.from = "generations/2";
	going.to_dir = s.root_fd;
	going.to = "trash/going";
	going.link = "trash/going/@prod";
	assert_int_equal(back_to(&s, 2, &err), -GV_ENOTFOUND);
	assert_int_equal(going.countdown, 0);
	assert_pointer(&s, "@prod", "go1.22.5");
	assert_int_equal(generation(&s), 3);
	gv_store_close(&s);
}

static void test_refused(void **state)
{
	struct gv_err err;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(back_to(&s, 0, &err), -GV_ENOTFOUND);
	bring_in(&s, "go1.21.13");
	assert_int_equal(back_to(&s, 0, &err), -GV_ENOTFOUND);
	assert_int_equal(back_to(&s, 9, &err), -GV_ENOTFOUND);
	assert_non_null(strstr(err.message, "generation 9"));
	bring_in(&s, "go1.22.5");
	assert_int_equal(point(&s, "@prod", "go1.21.13"), 0); /* 3 */
	assert_int_equal(gv_pointers_forget(&s, "go1.21.13", &change_note, &err), 0);
	assert_int_equal(gv_store_remove(&s, "go1.21.13", &err), 0);
	assert_int_equal(generation(&s), 4);
	/* named, and how to have it again; nothing changed */
	assert_int_equal(back_to(&s, 3, &err), -GV_ENOTFOUND);
	assert_non_null(strstr(err.message, "@prod is go1.21.13"));
	assert_string_equal(err.hint, "govern install 1.21.13");
	assert_int_equal(generation(&s), 4);
	bring_in(&s, "go1.21.13");
	assert_int_equal(back_to(&s, 3, &err), 0);
	assert_pointer(&s, "@prod", "go1.21.13");
	gv_store_close(&s);
}

/* What came in since is held back: lines stay where they were, until something newer. */
static void test_lines(void **state)
{
	struct gv_err err;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	bring_in(&s, "go1.22.5"); /* 1 */
	bring_in(&s, "go1.22.6");
	bring_in(&s, "go1.23.0"); /* 3 */
	assert_pointer(&s, "1.22", "go1.22.6");
	assert_int_equal(back_to(&s, 1, &err), 0);
	assert_pointer(&s, "1.22", "go1.22.5");
	assert_pointer(&s, "latest", "go1.22.5");
	/* a pin of a line that there was not yet keeps working */
	assert_pointer(&s, "1.23", "go1.23.0");
	/* neither healing nor another change undoes that */
	gv_store_heal(&s);
	assert_int_equal(generation(&s), 4);
	assert_int_equal(gv_pointers_look(&s), 0);
	assert_int_equal(point(&s, "@prod", "go1.22.6"), 0); /* 5 */
	assert_pointer(&s, "1.22", "go1.22.5");
	assert_pointer(&s, "@prod", "go1.22.6");
	/* something newer does, for its line */
	bring_in(&s, "go1.22.7"); /* 6 */
	assert_pointer(&s, "1.22", "go1.22.7");
	assert_pointer(&s, "latest", "go1.22.7");
	bring_in(&s, "go1.23.1"); /* 7 */
	assert_pointer(&s, "1.23", "go1.23.1");
	assert_pointer(&s, "latest", "go1.23.1");
	/* forth again */
	assert_int_equal(back_to(&s, 3, &err), 0);
	assert_pointer(&s, "1.22", "go1.22.6");
	assert_pointer(&s, "1.23", "go1.23.0");
	assert_pointer(&s, "latest", "go1.23.0");
	assert_pointer(&s, "!go1.22.6", NULL);
	assert_pointer(&s, "!go1.22.7", "go1.22.7");
	/* what the line led to is gone: the nearest */
	assert_int_equal(gv_pointers_forget(&s, "go1.22.6", &change_note, &err), 0);
	assert_int_equal(gv_store_remove(&s, "go1.22.6", &err), 0);
	assert_pointer(&s, "1.22", "go1.22.5");
	assert_int_equal(back_to(&s, 3, &err), 0);
	assert_pointer(&s, "1.22", "go1.22.5");
	/* the last of a line, held back or not */
	assert_int_equal(gv_pointers_forget(&s, "go1.22.5", &change_note, &err), 0);
	assert_int_equal(gv_store_remove(&s, "go1.22.5", &err), 0);
	assert_pointer(&s, "1.22", "go1.22.7");
	gv_store_close(&s);
}

/* Before it is installed, and until it goes. */
static void test_hold(void **state)
{
	struct gv_pointer_name hold = gv_pointer_hold("go1.22.6");
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	bring_in(&s, "go1.22.5");
	assert_string_equal(hold.s, "!go1.22.6");
	assert_int_equal(point(&s, hold.s, "go1.22.6"), 0);
	assert_int_equal(point(&s, hold.s, "go1.22.5"), -GV_EUSAGE);
	assert_int_equal(point(&s, "!1.22.6", "1.22.6"), -GV_EUSAGE);
	bring_in(&s, "go1.22.6");
	assert_pointer(&s, "1.22", "go1.22.5");
	assert_int_equal(point(&s, hold.s, ""), 0);
	assert_pointer(&s, "1.22", "go1.22.6");
	assert_pointer(&s, "latest", "go1.22.6");
	assert_int_equal(point(&s, hold.s, "go1.22.6"), 0);
	assert_pointer(&s, "1.22", "go1.22.5");
	/* who is killed between the two leaves it there, and held */
	assert_int_equal(gv_pointers_forget(&s, "go1.22.6", &change_note, &err), 0);
	gv_store_heal(&s);
	assert_pointer(&s, hold.s, "go1.22.6");
	assert_pointer(&s, "1.22", "go1.22.5");
	assert_int_equal(gv_store_remove(&s, "go1.22.6", &err), 0);
	assert_pointer(&s, hold.s, NULL);
	gv_store_close(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_chosen), TEST(test_goes_meanwhile), TEST(test_refused),
		TEST(test_lines),  TEST(test_hold),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
