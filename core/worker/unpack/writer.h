// SPDX-License-Identifier: Apache-2.0
/*
 * A thread that makes files, fed through a ring of buffers.
 *
 * Inflating keeps one core busy and making files another: so whoever reads the archive
 * puts content into a buffer of the ring and goes on.  A file goes whole, in order, to one
 * writer.  The buffers are used again and again, since touching fresh memory costs more
 * than copying; nothing is allocated after the start.
 *
 *	struct gv_piece *p;
 *	r = gv_writer_piece(w, &p);		waits for a free buffer
 *	... fill p ...
 *	gv_writer_send(w);
 *	r = gv_writer_stop(w);			waits until all is written
 *
 * The first error is kept: it comes back from the next gv_writer_piece(), and in any case
 * from gv_writer_stop(); what is sent after it is dropped.  Nothing is synced to disk
 * here.
 */
#ifndef GV_WORKER_UNPACK_WRITER_H
#define GV_WORKER_UNPACK_WRITER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/worker/unpack/entry.h"

enum { GV_PIECE = 64 << 10, GV_RING = 24 };

struct gv_piece {
	char path[GV_ENTRY_PATH + 1]; /* below the tree; set in each piece */
	mode_t mode;
	bool first, last; /* of its file */
	size_t n;
	unsigned char data[GV_PIECE];
};

struct gv_writer {
	int tree_fd;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned sent, done; /* pieces, ever; ring[sent % GV_RING] is being filled */
	bool stop;
	int error;			/* 0, or -errno */
	char failed[GV_ENTRY_PATH + 1]; /* what it was about */
	int fd;				/* the thread's: the file being written, or -1 */
	struct gv_piece ring[GV_RING];
};

/* `w` is all zeros (it is large: static, or calloc'ed). */
int gv_writer_start(struct gv_writer *w, int tree_fd) GV_MUST GV_NONNULL(1);
int gv_writer_piece(struct gv_writer *w, struct gv_piece **ret) GV_MUST GV_NONNULL(1, 2);
void gv_writer_send(struct gv_writer *w) GV_NONNULL(1);
/* Pieces that wait; for choosing the idler of two. */
unsigned gv_writer_load(struct gv_writer *w) GV_MUST GV_NONNULL(1);
int gv_writer_stop(struct gv_writer *w) GV_NONNULL(1);

#endif
