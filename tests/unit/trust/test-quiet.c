// SPDX-License-Identifier: Apache-2.0
/* A checksum database that is used and does not grow (A5). */
#include "tests/unit/trust/log.h"

static const char *h1_a = "h1:srnefnNIaZykK4756/vEre8g3OGv5uktQASKNCRa5Ds=";
static const char *h1_b = "h1:FaXYw8DTsokxUBsoRa962gqqyDAvQkZRWM/bTliEzTY=";

/* As if the head had been remembered so many days ago. */
static void age_head(int heads, int days)
{
	struct timespec then[2] = {{.tv_sec = time(NULL) - days * 24L * 60 * 60}};

	then[1] = then[0];
	assert_int_equal(utimensat(heads, LOG_NAME, then, 0), 0);
}

static void tells_of_a_head_that_does_not_grow(void **state)
{
	int heads = open_test_dir("quiet");
	struct log l, other;
	struct server s = {.log = &l, .id = 3, .size = 300, .text = GOOD_TEXT};
	struct gv_buf note = GV_BUF_INIT(0), forged = GV_BUF_INIT(0);
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	log_init(&l, 1000, h1_a, 3, GOOD_TEXT);
	assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
	age_head(heads, 6);
	assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
	assert_int_equal(s.latest_asked, 0);
	assert_int_equal(s.quiet_days, 0);

	/* The answer grows by itself. */
	age_head(heads, 9);
	s.size = 301;
	assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
	assert_int_equal(s.latest_asked, 0);

	/* An old answer from a cache; the log itself has grown. */
	age_head(heads, 9);
	s.size = 257;
	s.latest = 1000;
	assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
	assert_int_equal(s.latest_asked, 1);
	assert_int_equal(s.quiet_days, 0);
	log_note(&l, 1000, "", &note);
	assert_true(file_is(heads, LOG_NAME, note.data, note.len));

	/* Nothing newer is shown, whatever comes instead: said, and still proven. */
	for (int i = 0; i < 5; i++) {
		const uint64_t shown[] = {1000, 999, 1000, 1000, 1000};
		const char *const notes[] = {NULL, NULL, NULL, "<html>\n", ""};

		age_head(heads, 9);
		s.latest = shown[i];
		s.latest_error = i == 2 ? -GV_EGONE : 0;
		s.latest_note = notes[i];
		assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
		assert_string_equal(h1, GOOD_H1);
		assert_int_equal(s.latest_asked, 1);
		assert_int_equal(s.quiet_days, 9);
		assert_true(file_is(heads, LOG_NAME, note.data, note.len));
	}
	s.latest_error = 0;
	s.latest_note = NULL;

	/* In a store that is only read no head grows. */
	s.read_only = true;
	assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
	assert_int_equal(s.latest_asked + (int)s.quiet_days, 0);
	s.read_only = false;

	/* A forged one, and one of another history. */
	gv_buf_add(&forged, note.data, note.len);
	forged.data[25] = '7';
	s.latest_note = forged.data;
	age_head(heads, 9);
	assert_int_equal(lookup(&s, heads, -1, h1, &err), -GV_EVERIFY);
	log_init(&other, 1000, h1_b, 3, GOOD_TEXT);
	log_note(&other, 1000, "", &forged);
	s.latest_note = forged.data;
	age_head(heads, 9);
	assert_int_equal(lookup(&s, heads, -1, h1, &err), -GV_EVERIFY);
	assert_true(file_is(heads, LOG_NAME, note.data, note.len));
	gv_buf_release(&forged);
	gv_buf_release(&note);
	log_release(&other);
	log_release(&l);
	gv_close(&heads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_a_head_that_does_not_grow),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_test_dir, remove_test_dir);
}
