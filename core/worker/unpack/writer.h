// SPDX-License-Identifier: Apache-2.0
/*
 * Threads that make files: they unpack the contents, check them, and write them.
 *
 * Inflating and making files is nearly all of the work, and files do not depend on each
 * other: so whoever reads the archive puts contents as they are into pieces and goes on.
 * A file goes whole, in order, to one writer.  The pieces come from one pool and are used
 * again and again, since touching fresh memory costs more than copying; a program of some
 * MiB takes up many of them, and the reader is already at the next one.  Nothing is
 * allocated after the start.
 *
 *	struct gv_piece *p;
 *	r = gv_writers_piece(w, &p, err);	waits for a free one
 *	... fill p ...
 *	gv_writers_send(w, who, p);
 *	r = gv_writers_stop(w, err);		waits until all is written
 *
 * The first error is kept: it comes back from the next gv_writers_piece(), and in any
 * case from gv_writers_stop(); what is sent after it is dropped.  -GV_EVERIFY: a content
 * is damaged or over the limits (entry.h); -errno: a file cannot be made.  Nothing is
 * synced to disk here.
 */
#ifndef GV_WORKER_UNPACK_WRITER_H
#define GV_WORKER_UNPACK_WRITER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/worker/unpack/content.h"
#include "core/worker/unpack/entry.h"
#include "core/worker/unpack/input.h"

enum { GV_PIECE = 64 << 10, GV_PIECES = 256, GV_WRITERS_MAX = 4 };

struct gv_piece {
	struct gv_piece *next;	      /* of those that wait for the same writer */
	char path[GV_ENTRY_PATH + 1]; /* below the tree; set in each piece */
	mode_t mode;
	bool write;	  /* false: is only checked */
	bool first, last; /* of its file */
	enum gv_packing packing;
	uint32_t crc, size; /* of the content unpacked; in the last piece */
	size_t n;
	unsigned char data[GV_PIECE];
};

struct gv_writer {
	struct gv_writers *all;
	pthread_t thread;
	pthread_cond_t work;
	bool idle;
	struct gv_piece *head, **tail; /* what waits for it */
	unsigned load;		       /* how much work that is */
	struct gv_content *content;
	int fd; /* the file being written, or -1 */
};

struct gv_writers {
	int tree_fd;
	const char *prefix;	       /* of names, in messages */
	const struct gv_input_fd *raw; /* how much of the archive was read */
	atomic_uint_least64_t bytes;   /* unpacked, of all contents */
	pthread_mutex_t lock;	       /* over what follows */
	pthread_cond_t room;
	unsigned n; /* that run */
	bool stop, failed;
	struct gv_err err;
	struct gv_piece *free[GV_PIECES];
	unsigned n_free;
	struct gv_writer each[GV_WRITERS_MAX];
	struct gv_piece pieces[GV_PIECES];
};

/* `w` is all zeros (it is large: static, or calloc'ed).  One writer for each processor
 * that we may use, at least 2, at most GV_WRITERS_MAX. */
int gv_writers_start(struct gv_writers *w, int tree_fd, const char *prefix,
		     const struct gv_input_fd *raw) GV_MUST GV_NONNULL(1, 3, 4);
int gv_writers_piece(struct gv_writers *w, struct gv_piece **ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
void gv_writers_send(struct gv_writers *w, unsigned who, struct gv_piece *p)
	GV_NONNULL(1, 3);
/* Who is to have the next file: `who`, the one that has its neighbours, unless another
 * has much less to do. */
unsigned gv_writers_choose(struct gv_writers *w, unsigned who, bool neighbour)
	GV_MUST GV_NONNULL(1);
int gv_writers_stop(struct gv_writers *w, struct gv_err *err) GV_NONNULL(1, 2);
/* In any case, last; stops them if need be. */
void gv_writers_release(struct gv_writers *w) GV_NONNULL(1);

#endif
