// SPDX-License-Identifier: Apache-2.0
/* The threads that make files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/tree.h"

#include "core/worker/unpack/content.c"
#include "core/worker/unpack/entry.c"
#include "core/worker/unpack/input.c"
#define refuse refuse_file /* each file has its own */
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

static struct gv_input_fd raw;

static struct gv_writers *start(void)
{
	struct gv_writers *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	raw.bytes = 1 << 20;
	assert_int_equal(gv_writers_start(w, dirfd_, "go/", &raw), 0);
	return w;
}

static int stop(struct gv_writers *w, struct gv_err *err)
{
	int r = gv_writers_stop(w, err);

	free(w);
	return r;
}

static struct gv_err err;

static struct gv_piece *next(struct gv_writers *w, const char *path, const void *data,
			     size_t n)
{
	struct gv_piece *p;

	if (gv_writers_piece(w, &p, &err) < 0)
		return NULL;
	strcpy(p->path, path);
	p->mode = 0755;
	p->write = true;
	p->packing = GV_PACKING_NONE;
	p->first = p->last = true;
	p->n = n;
	memcpy(p->data, data, n);
	return p;
}

static int send(struct gv_writers *w, const char *path, const char *data, bool first,
		bool last)
{
	struct gv_piece *p = next(w, path, data, strlen(data));

	if (!p)
		return err.code;
	p->first = first;
	p->last = last;
	gv_writers_send(w, 1, p);
	return 0;
}

/* "content", deflated, with `more` behind it. */
static void send_deflated(struct gv_writers *w, const char *path, const char *more,
			  uint32_t crc_off, uint32_t size)
{
	unsigned char packed[64];
	z_stream z = {.next_in = (unsigned char *)"content",
		      .avail_in = 7,
		      .next_out = packed,
		      .avail_out = sizeof(packed)};
	struct gv_piece *p;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 8, 0), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	memcpy(packed + z.total_out, more, strlen(more));
	p = next(w, path, packed, z.total_out + strlen(more));
	assert_non_null(p);
	p->packing = GV_PACKING_DEFLATED;
	p->crc = (uint32_t)crc32(0, (const unsigned char *)"content", 7) + crc_off;
	p->size = size;
	gv_writers_send(w, 0, p);
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
	struct gv_writers *w = start();
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
	assert_int_equal(stop(w, &err), 0);
	assert_file("f0", "one two f0");
	assert_file("f199", "one two f199");
	assert_file("empty", "");
}

/* More than there are pieces, to all of the writers, in whatever order they come. */
static void pieces_go_round(void **state)
{
	struct gv_writers *w = start();
	unsigned who = 0;
	char name[16];

	(void)state;
	for (int i = 0; i < 3 * GV_PIECES; i++) {
		struct gv_piece *p;

		snprintf(name, sizeof(name), "g%d", i);
		p = next(w, name, name, strlen(name));
		assert_non_null(p);
		who = gv_writers_choose(w, who, i % 3 != 0);
		assert_in_range(who, 0, w->n - 1);
		gv_writers_send(w, who, p);
	}
	assert_int_equal(stop(w, &err), 0);
	for (int i = 0; i < 3 * GV_PIECES; i++) {
		snprintf(name, sizeof(name), "g%d", i);
		assert_file(name, name);
	}
}

static void a_neighbour_stays_unless_there_is_much_to_do(void **state)
{
	struct gv_writers *w = calloc(1, sizeof(*w));

	(void)state;
	w->n = 2;
	w->each[0].load = 10;
	assert_int_equal(gv_writers_choose(w, 0, true), 0);
	assert_int_equal(gv_writers_choose(w, 0, false), 1);
	w->each[0].load = 10000;
	assert_int_equal(gv_writers_choose(w, 0, true), 1);
	w->each[1].load = 10000;
	assert_int_equal(gv_writers_choose(w, 0, false), 0);
	free(w);
}

static void deflated_contents(void **state)
{
	struct gv_writers *w = start();

	(void)state;
	send_deflated(w, "good", "", 0, 7);
	assert_int_equal(w->failed, false);
	assert_int_equal(stop(w, &err), 0);
	assert_file("good", "content");
}

static void damaged(const char *more, uint32_t crc_off, uint32_t size, const char *why)
{
	struct gv_writers *w = start();
	char name[16];

	snprintf(name, sizeof(name), "d%s%u%u", more, crc_off, size);
	send_deflated(w, name, more, crc_off, size);
	assert_int_equal(stop(w, &err), -GV_EVERIFY);
	assert_non_null(strstr(err.message, why));
	assert_non_null(strstr(err.message, "'go/d"));
}

static void contents_that_lie(void **state)
{
	(void)state;
	damaged("", 1, 7, "is damaged");
	damaged("", 0, 8, "another size");
	damaged("x", 0, 7, "is damaged");
}

static void what_is_only_checked_is_not_there(void **state)
{
	struct gv_writers *w = start();
	struct gv_piece *p = next(w, "unseen", "x", 1);

	(void)state;
	p->write = false;
	gv_writers_send(w, 0, p);
	assert_int_equal(stop(w, &err), 0);
	assert_int_equal(faccessat(dirfd_, "unseen", F_OK, 0), -1);
}

static void errors_come_back(void **state)
{
	struct gv_writers *w = start();
	int r = 0;

	(void)state;
	assert_int_equal(send(w, "no/such/dir", "x", true, true), 0);
	for (int i = 0; i < 1000 && r == 0; i++)
		r = send(w, "later", "x", true, true);
	assert_int_equal(r, -ENOENT);
	err = GV_ERR_INIT;
	assert_int_equal(stop(w, &err), -ENOENT);
	assert_string_equal(err.message, "cannot write 'no/such/dir'");
	assert_int_equal(faccessat(dirfd_, "later", F_OK, 0), -1);
}

static void what_is_there_is_not_touched(void **state)
{
	struct gv_writers *w = start();

	(void)state;
	assert_int_equal(symlinkat("target", dirfd_, "link"), 0);
	assert_int_equal(send(w, "link", "x", true, true), 0);
	assert_int_equal(stop(w, &err), -EEXIST);
	assert_int_equal(faccessat(dirfd_, "target", F_OK, 0), -1);
}

static void a_file_cut_short_is_closed(void **state)
{
	struct gv_writers *w = start();

	(void)state;
	assert_int_equal(send(w, "half", "x", true, false), 0);
	assert_int_equal(gv_writers_stop(w, &err), 0);
	for (unsigned i = 0; i < GV_WRITERS_MAX; i++)
		assert_true(w->each[i].fd <= 0);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files_in_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(pieces_go_round, setup, teardown),
		cmocka_unit_test(a_neighbour_stays_unless_there_is_much_to_do),
		cmocka_unit_test_setup_teardown(deflated_contents, setup, teardown),
		cmocka_unit_test_setup_teardown(contents_that_lie, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_only_checked_is_not_there, setup,
						teardown),
		cmocka_unit_test_setup_teardown(errors_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_there_is_not_touched, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_file_cut_short_is_closed, setup,
						teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
