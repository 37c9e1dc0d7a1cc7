// SPDX-License-Identifier: Apache-2.0
/*
 * The bytes that the archive reader sees, with a look back.
 *
 * The last 256 KiB stay where they are: libarchive shows one reading of a header, and
 * here is the other one, the bytes themselves.  Offsets count from the beginning of the
 * stream (for tar.gz: of the tar file).  The bytes come from a `fill` function: plainly
 * from an fd, inflated (gunzip.h), or from memory in tests.
 *
 *	struct gv_input in;
 *	gv_input_init(&in, fill, arg);
 *	r = gv_input_block(&in, &data, &n, err);   repeatedly; n is 0 at the end
 *	r = gv_input_peek(&in, at, buf, 30, err);
 *	r = gv_input_view(&in, at, &data, &n, err);
 */
#ifndef GV_WORKER_UNPACK_INPUT_H
#define GV_WORKER_UNPACK_INPUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/err.h"

enum { GV_INPUT_WINDOW = 256 << 10, GV_INPUT_BLOCK = 64 << 10 };

/* Puts up to n > 0 bytes at `to`: how many, 0 at the end, or an error with its sentence.
 */
typedef ssize_t gv_input_fill(void *arg, void *to, size_t n, struct gv_err *err);

struct gv_input {
	gv_input_fill *fill;
	void *arg;
	uint64_t end;	  /* bytes seen so far */
	uint64_t nonzero; /* offset behind the last byte that is not zero */
	bool over;
	unsigned char window[GV_INPUT_WINDOW]; /* byte o is at o % GV_INPUT_WINDOW */
};

void gv_input_init(struct gv_input *in, gv_input_fill *fill, void *arg) GV_NONNULL(1, 2);

/* The next bytes, at most GV_INPUT_BLOCK; they stay until the next call. */
int gv_input_block(struct gv_input *in, const void **ret, size_t *ret_n,
		   struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

/*
 * Copies bytes [at, at+n), n <= GV_INPUT_BLOCK; reads on as far as that takes.
 * -GV_EVERIFY when the archive ends before, or when the place is out of the window.
 */
int gv_input_peek(struct gv_input *in, uint64_t at, void *ret, size_t n,
		  struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 5);

/*
 * Shows some of the bytes from `at` on, at most GV_INPUT_BLOCK, without copying; reads on
 * if that takes it.  They stay while not more than two blocks are read after them.
 * Errors as gv_input_peek().
 */
int gv_input_view(struct gv_input *in, uint64_t at, const unsigned char **ret,
		  size_t *ret_n, struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4, 5);

/* Reads to the end, at most `max` bytes from offset `at` (-GV_EVERIFY). */
int gv_input_drain(struct gv_input *in, uint64_t at, uint64_t max, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 4);

/* A fill function: the fd that `arg` points to. */
struct gv_input_fd {
	int fd;
	atomic_uint_least64_t bytes; /* read so far; others may look */
};
ssize_t gv_input_from_fd(void *arg, void *to, size_t n, struct gv_err *err)
	GV_NONNULL(1, 2, 4);

#endif
