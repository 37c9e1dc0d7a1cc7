// SPDX-License-Identifier: Apache-2.0
/* The threads that make files, and the look back into the stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/tree.h"

#include "core/worker/unpack/input.c"
#include "core/worker/unpack/writer.c"
#include "tests/unit/scratch.h"

static char dir[4096];
static int dirfd_;

static int setup(void **state)
{
	(void)state;
	if (!make_scratch(dir, sizeof(dir)))
		return -1;
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dirfd_ < 0;
}

static int teardown(void **state)
{
	(void)state;
	close(dirfd_);
	return gv_tree_remove(AT_FDCWD, dir);
}

static struct gv_writer *start(void)
{
	struct gv_writer *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	assert_int_equal(gv_writer_start(w, dirfd_), 0);
	return w;
}

static int send(struct gv_writer *w, const char *path, const char *data, bool first,
		bool last)
{
	struct gv_piece *p;
	int r = gv_writer_piece(w, &p);

	if (r < 0)
		return r;
	strcpy(p->path, path);
	p->mode = 0755;
	p->first = first;
	p->last = last;
	p->n = strlen(data);
	memcpy(p->data, data, p->n);
	gv_writer_send(w);
	return 0;
}

static void assert_file(const char *path, const char *content)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(4096);
	struct stat st;

	assert_int_equal(gv_read_file(dirfd_, path, &b), 0);
	assert_string_equal(b.data ? b.data : "", content);
	assert_int_equal(fstatat(dirfd_, path, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

static void files_in_pieces(void **state)
{
	struct gv_writer *w = start();
	char name[16];

	(void)state;
	umask(077);
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		assert_int_equal(send(w, name, "one ", true, false), 0);
		assert_int_equal(send(w, name, "two ", false, false), 0);
		assert_int_equal(send(w, name, name, false, true), 0);
	}
	assert_int_equal(send(w, "empty", "", true, true), 0);
	assert_int_equal(gv_writer_stop(w), 0);
	free(w);
	assert_file("f0", "one two f0");
	assert_file("f199", "one two f199");
	assert_file("empty", "");
}

static void errors_come_back(void **state)
{
	struct gv_writer *w = start();
	int r = 0;

	(void)state;
	assert_int_equal(send(w, "no/such/dir", "x", true, true), 0);
	for (int i = 0; i < 1000 && r == 0; i++)
		r = send(w, "later", "x", true, true);
	assert_int_equal(r, -ENOENT);
	assert_int_equal(gv_writer_stop(w), -ENOENT);
	assert_string_equal(w->failed, "no/such/dir");
	free(w);
	assert_int_equal(faccessat(dirfd_, "later", F_OK, 0), -1);
}

static void what_is_there_is_not_touched(void **state)
{
	struct gv_writer *w = start();

	(void)state;
	assert_int_equal(symlinkat("target", dirfd_, "link"), 0);
	assert_int_equal(send(w, "link", "x", true, true), 0);
	assert_int_equal(gv_writer_stop(w), -EEXIST);
	free(w);
	assert_int_equal(faccessat(dirfd_, "target", F_OK, 0), -1);
}

static void a_file_cut_short_is_closed(void **state)
{
	struct gv_writer *w = start();

	(void)state;
	assert_int_equal(send(w, "half", "x", true, false), 0);
	assert_int_equal(gv_writer_stop(w), 0);
	assert_int_equal(w->fd, -1);
	free(w);
}

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
		cmocka_unit_test_setup_teardown(files_in_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(errors_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_there_is_not_touched, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_file_cut_short_is_closed, setup,
						teardown),
		cmocka_unit_test(the_window_keeps_what_was_seen),
		cmocka_unit_test(draining_has_a_limit),
		cmocka_unit_test(the_last_byte_that_is_not_zero),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
