// SPDX-License-Identifier: Apache-2.0
/* The look back into the stream, and the view of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/worker/unpack/input.c"

/* Bytes whose value is their offset, `left` of them, in blocks of odd sizes. */
struct counter {
	uint64_t at, left;
};

static unsigned char byte_at(uint64_t o)
{
	return (unsigned char)(o * 7 + (o >> 8) * 13 + 1);
}

static ssize_t count(void *arg, void *to, size_t n, struct gv_err *err)
{
	struct counter *c = arg;
	size_t some = 1 + (size_t)(c->at * 31 % 70000);

	(void)err;
	if (some > n)
		some = n;
	if (some > c->left)
		some = (size_t)c->left;
	for (size_t i = 0; i < some; i++)
		((unsigned char *)to)[i] = byte_at(c->at + i);
	c->at += some;
	c->left -= some;
	return (ssize_t)some;
}

static struct gv_input in;

static void the_window_keeps_what_was_seen(void **state)
{
	struct counter c = {.left = 3000000};
	struct gv_err err = GV_ERR_INIT;
	unsigned char got[1000];
	const void *data;
	size_t n;

	(void)state;
	gv_input_init(&in, count, &c);
	do {
		uint64_t at = in.end < 1000 ? 0 : in.end - 1000;

		assert_int_equal(gv_input_block(&in, &data, &n, &err), 0);
		for (size_t i = 0; i < n; i += 97)
			assert_int_equal(((const unsigned char *)data)[i],
					 byte_at(in.end - n + i));
		if (in.end < 1000)
			continue;
		assert_int_equal(gv_input_peek(&in, at, got, sizeof(got), &err), 0);
		for (size_t i = 0; i < sizeof(got); i++)
			assert_int_equal(got[i], byte_at(at + i));
	} while (n > 0);
	assert_int_equal(in.end, 3000000);
	assert_int_equal(gv_input_peek(&in, in.end - 10, got, 10, &err), 0);
	assert_int_equal(gv_input_peek(&in, in.end - 10, got, 11, &err), -GV_EVERIFY);
	assert_int_equal(gv_input_peek(&in, 0, got, 1, &err), -GV_EVERIFY);
}

static void views_are_the_bytes(void **state)
{
	struct counter c = {.left = 1000000};
	struct gv_err err = GV_ERR_INIT;
	const unsigned char *data;
	uint64_t at = 0;
	size_t n;

	(void)state;
	gv_input_init(&in, count, &c);
	while (at < 1000000) {
		assert_int_equal(gv_input_view(&in, at, &data, &n, &err), 0);
		assert_in_range(n, 1, GV_INPUT_BLOCK);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(data[i], byte_at(at + i));
		/* Sometimes not all of it is taken. */
		at += n > 10 && at % 3 ? n - 10 : n;
	}
	assert_int_equal(gv_input_view(&in, at, &data, &n, &err), -GV_EVERIFY);
	assert_int_equal(gv_input_view(&in, 0, &data, &n, &err), -GV_EVERIFY);
}

static void draining_has_a_limit(void **state)
{
	struct counter c = {.left = 500000};
	struct gv_err err = GV_ERR_INIT;

	(void)state;
	gv_input_init(&in, count, &c);
	assert_int_equal(gv_input_drain(&in, 0, 500000, &err), 0);
	assert_int_equal(gv_input_drain(&in, 0, 499999, &err), -GV_EVERIFY);
	c = (struct counter){.left = 500000};
	gv_input_init(&in, count, &c);
	assert_int_equal(gv_input_drain(&in, 1, 499998, &err), -GV_EVERIFY);
}

static ssize_t zeros_then_one(void *arg, void *to, size_t n, struct gv_err *err)
{
	int *turn = arg;

	(void)n;
	(void)err;
	memset(to, 0, 1000);
	if (*turn == 1)
		((unsigned char *)to)[10] = 1;
	return (*turn)++ < 3 ? 1000 : 0;
}

static void the_last_byte_that_is_not_zero(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	int turn = 0;

	(void)state;
	gv_input_init(&in, zeros_then_one, &turn);
	assert_int_equal(gv_input_drain(&in, 0, 10000, &err), 0);
	assert_int_equal(in.end, 3000);
	assert_int_equal(in.nonzero, 1011);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_window_keeps_what_was_seen),
		cmocka_unit_test(views_are_the_bytes),
		cmocka_unit_test(draining_has_a_limit),
		cmocka_unit_test(the_last_byte_that_is_not_zero),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
