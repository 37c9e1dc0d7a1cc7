// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"

enum {
	/* Enough for inflate() and write() under any sanitizer; the default of 8 MiB
	 * counts against the limit on address space. */
	STACK = 256 << 10,
	/* In units of about 10 us: to make a file, to inflate 1 KiB. */
	FILE_LOAD = 6,
	KIB_LOAD = 1,
	/* To wake a writer for less costs more than it saves. */
	WAKE_LOAD = 256,
	/* Two writers in one directory wait for each other, but not for so much. */
	MUCH_LOAD = 256,
	ROOM = GV_PIECES / 8, /* free pieces that make it worth to wake the reader */
};

static unsigned load_of(const struct gv_piece *p)
{
	return (p->first ? FILE_LOAD : 0) + (unsigned)(p->n >> 10) * KIB_LOAD;
}

/* -- one file ------------------------------------------------------------------------ */

static int refuse(const struct gv_writers *all, const struct gv_piece *p, const char *why,
		  struct gv_err *err)
{
	return gv_err_set(err, -GV_EVERIFY, "the archive's entry '%s%s' %s", all->prefix,
			  p->path, why);
}

static int begin_file(struct gv_writer *w, const struct gv_piece *p)
{
	struct stat st;

	w->fd = openat(w->all->tree_fd, p->path,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, p->mode);
	if (w->fd < 0 || fstat(w->fd, &st) < 0)
		return -errno;
	/* The mode is ours to say, not the umask's; but nearly always it agrees, and to
	 * look costs a tenth of setting it. */
	if ((st.st_mode & 07777) != p->mode && fchmod(w->fd, p->mode) < 0)
		return -errno;
	return 0;
}

static int end_file(struct gv_writer *w)
{
	int fd = w->fd;

	w->fd = -1;
	return fd >= 0 && close(fd) < 0 ? -errno : 0; /* NFS and quotas speak up here */
}

/* The limits are on what comes out, so that nothing has to be believed. */
static int count(struct gv_writers *all, const struct gv_writer *w,
		 const struct gv_piece *p, size_t n, struct gv_err *err)
{
	uint64_t bytes = atomic_fetch_add(&all->bytes, n) + n;

	if (gv_content_bytes(w->content) > GV_FILE_BYTES)
		return refuse(all, p, "is larger than 512 MiB", err);
	if (bytes > GV_TREE_BYTES)
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive unpacks to more than 2 GiB");
	if (gv_entry_bomb(atomic_load(&all->raw->bytes), bytes))
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive inflates to more than %d times its size",
				  GV_INFLATE_RATIO);
	return 0;
}

static int unpack_piece(struct gv_writer *w, const struct gv_piece *p, struct gv_err *err)
{
	const char *why = "";
	const void *data;
	size_t n;
	int r;

	gv_content_put(w->content, p->data, p->n);
	while ((r = gv_content_take(w->content, &data, &n, &why)) > 0) {
		r = count(w->all, w, p, n, err);
		if (r < 0)
			return r;
		r = p->write ? gv_write_all(w->fd, data, n) : 0;
		if (r < 0)
			break;
	}
	if (r == 0 && p->last)
		r = gv_content_end(w->content, p->crc, p->size, &why);
	if (r == -GV_EVERIFY)
		return refuse(w->all, p, why, err);
	return r < 0 ? gv_err_set(err, r, "cannot write '%s'", p->path) : 0;
}

static int write_piece(struct gv_writer *w, const struct gv_piece *p, struct gv_err *err)
{
	int r;

	if (p->first) {
		gv_content_begin(w->content, p->packing);
		r = p->write ? begin_file(w, p) : 0;
		if (r < 0)
			return gv_err_set(err, r, "cannot write '%s'", p->path);
	}
	r = unpack_piece(w, p, err);
	if (r < 0 || !p->last)
		return r;
	r = end_file(w);
	return r < 0 ? gv_err_set(err, r, "cannot write '%s'", p->path) : 0;
}

/* -- the threads --------------------------------------------------------------------- */

/* Under the lock. */
static void give_back(struct gv_writers *all, struct gv_writer *w, struct gv_piece *p)
{
	w->load -= load_of(p);
	all->free[all->n_free++] = p;
	if (all->n_free == ROOM || !w->head)
		(void)pthread_cond_signal(&all->room);
}

static void *write_files(void *arg)
{
	struct gv_writer *w = arg;
	struct gv_writers *all = w->all;

	(void)pthread_mutex_lock(
		&all->lock); /* none of these can fail on a plain mutex */
	for (;;) {
		struct gv_err err = GV_ERR_INIT;
		struct gv_piece *p;
		int r = 0;

		w->idle = true;
		while (!w->head && !all->stop)
			(void)pthread_cond_wait(&w->work, &all->lock);
		w->idle = false;
		p = w->head;
		if (!p)
			break;
		w->head = p->next;
		if (!w->head)
			w->tail = &w->head;
		if (!all->failed) {
			(void)pthread_mutex_unlock(&all->lock);
			r = write_piece(w, p, &err);
			(void)pthread_mutex_lock(&all->lock);
		}
		if (r < 0 && !all->failed) {
			all->failed = true;
			all->err = err;
		}
		give_back(all, w, p);
	}
	(void)pthread_mutex_unlock(&all->lock);
	gv_close(&w->fd);
	return NULL;
}

static int start_one(struct gv_writers *all, struct gv_writer *w)
{
	pthread_attr_t attr;
	int r = gv_content_new(&w->content);

	if (r < 0)
		return r;
	w->all = all;
	w->fd = -1;
	w->tail = &w->head;
	(void)pthread_cond_init(&w->work, NULL);
	r = pthread_attr_init(&attr);
	if (r == 0) {
		r = pthread_attr_setstacksize(&attr, STACK);
		if (r == 0)
			r = pthread_create(&w->thread, &attr, write_files, w);
		(void)pthread_attr_destroy(&attr);
	}
	if (r)
		gv_content_free(w->content);
	return -r;
}

int gv_writers_start(struct gv_writers *w, int tree_fd, const char *prefix,
		     const struct gv_input_fd *raw)
{
	unsigned wanted = 2;
	cpu_set_t set;

	w->tree_fd = tree_fd;
	w->prefix = prefix;
	w->raw = raw;
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->room, NULL);
	while (w->n_free < GV_PIECES) {
		w->free[w->n_free] = &w->pieces[GV_PIECES - 1 - w->n_free];
		w->n_free++;
	}
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		wanted = (unsigned)CPU_COUNT(&set);
	wanted = wanted < 2 ? 2 : wanted > GV_WRITERS_MAX ? GV_WRITERS_MAX : wanted;
	while (w->n < wanted) {
		int r = start_one(w, &w->each[w->n]);

		if (r < 0)
			return r;
		w->n++;
	}
	return 0;
}

/* -- the reader's side --------------------------------------------------------------- */

/* Under the lock. */
static void wake_all(struct gv_writers *w)
{
	for (unsigned i = 0; i < w->n; i++)
		if (w->each[i].head || w->stop)
			(void)pthread_cond_signal(&w->each[i].work);
}

int gv_writers_piece(struct gv_writers *w, struct gv_piece **ret, struct gv_err *err)
{
	int r = 0;

	(void)pthread_mutex_lock(&w->lock);
	if (w->n_free == 0) {
		wake_all(w);
		while (w->n_free == 0)
			(void)pthread_cond_wait(&w->room, &w->lock);
	}
	if (w->failed) {
		*err = w->err;
		r = err->code;
	} else {
		*ret = w->free[--w->n_free];
	}
	(void)pthread_mutex_unlock(&w->lock);
	return r;
}

void gv_writers_send(struct gv_writers *w, unsigned who, struct gv_piece *p)
{
	struct gv_writer *to = &w->each[who];

	p->next = NULL;
	(void)pthread_mutex_lock(&w->lock);
	*to->tail = p;
	to->tail = &p->next;
	to->load += load_of(p);
	if (to->idle && to->load >= WAKE_LOAD)
		(void)pthread_cond_signal(&to->work);
	(void)pthread_mutex_unlock(&w->lock);
}

unsigned gv_writers_choose(struct gv_writers *w, unsigned who, bool neighbour)
{
	unsigned best = who, slack = neighbour ? MUCH_LOAD : 0;

	(void)pthread_mutex_lock(&w->lock);
	for (unsigned i = 0; i < w->n; i++)
		if (w->each[i].load + (best == who ? slack : 0) < w->each[best].load)
			best = i;
	(void)pthread_mutex_unlock(&w->lock);
	return best;
}

int gv_writers_stop(struct gv_writers *w, struct gv_err *err)
{
	(void)pthread_mutex_lock(&w->lock);
	w->stop = true;
	wake_all(w);
	(void)pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < w->n; i++) {
		(void)pthread_join(w->each[i].thread, NULL);
		gv_content_free(w->each[i].content);
	}
	w->n = 0;
	if (!w->failed)
		return 0;
	*err = w->err;
	return err->code;
}

void gv_writers_release(struct gv_writers *w)
{
	struct gv_err ignored; /* whoever wanted to know has asked */

	(void)pthread_mutex_lock(&w->lock);
	w->failed = true; /* nobody wants what still waits */
	(void)pthread_mutex_unlock(&w->lock);
	(void)gv_writers_stop(w, &ignored);
}
