// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"

/* Enough for openat() and write() under any sanitizer; the default of 8 MiB counts
 * against the limit on address space. */
enum { STACK = 256 << 10 };

static int begin_file(struct gv_writer *w, const struct gv_piece *p)
{
	w->fd = openat(w->tree_fd, p->path,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, p->mode);
	if (w->fd < 0)
		return -errno;
	/* The mode is ours to say, not the umask's. */
	return fchmod(w->fd, p->mode) < 0 ? -errno : 0;
}

static int write_piece(struct gv_writer *w, const struct gv_piece *p)
{
	int r = 0;

	if (p->first)
		r = begin_file(w, p);
	if (r == 0 && p->n > 0)
		r = gv_write_all(w->fd, p->data, p->n);
	if (r == 0 && p->last) {
		int fd = w->fd;

		w->fd = -1;
		if (close(fd) < 0) /* NFS and quotas speak up here */
			r = -errno;
	}
	return r;
}

static void *write_files(void *arg)
{
	struct gv_writer *w = arg;

	(void)pthread_mutex_lock(&w->lock); /* none of these can fail on a plain mutex */
	for (;;) {
		struct gv_piece *p = &w->ring[w->done % GV_RING];
		int r = 0;

		while (w->done == w->sent && !w->stop)
			(void)pthread_cond_wait(&w->changed, &w->lock);
		if (w->done == w->sent)
			break;
		if (w->error == 0) {
			(void)pthread_mutex_unlock(&w->lock);
			r = write_piece(w, p);
			(void)pthread_mutex_lock(&w->lock);
		}
		if (r < 0) {
			w->error = r;
			memcpy(w->failed, p->path, sizeof(w->failed));
		}
		w->done++;
		(void)pthread_cond_signal(&w->changed);
	}
	(void)pthread_mutex_unlock(&w->lock);
	gv_close(&w->fd);
	return NULL;
}

int gv_writer_start(struct gv_writer *w, int tree_fd)
{
	pthread_attr_t attr;
	int r;

	w->tree_fd = tree_fd;
	w->fd = -1;
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->changed, NULL);
	r = pthread_attr_init(&attr);
	if (r == 0) {
		r = pthread_attr_setstacksize(&attr, STACK);
		if (r == 0)
			r = pthread_create(&w->thread, &attr, write_files, w);
		(void)pthread_attr_destroy(&attr);
	}
	w->running = r == 0;
	return -r;
}

int gv_writer_piece(struct gv_writer *w, struct gv_piece **ret)
{
	int r;

	(void)pthread_mutex_lock(&w->lock);
	while (w->sent - w->done == GV_RING)
		(void)pthread_cond_wait(&w->changed, &w->lock);
	r = w->error;
	(void)pthread_mutex_unlock(&w->lock);
	if (r < 0)
		return r;
	*ret = &w->ring[w->sent % GV_RING];
	return 0;
}

void gv_writer_send(struct gv_writer *w)
{
	(void)pthread_mutex_lock(&w->lock);
	w->sent++;
	(void)pthread_cond_signal(&w->changed);
	(void)pthread_mutex_unlock(&w->lock);
}

unsigned gv_writer_load(struct gv_writer *w)
{
	unsigned n;

	(void)pthread_mutex_lock(&w->lock);
	n = w->sent - w->done;
	(void)pthread_mutex_unlock(&w->lock);
	return n;
}

int gv_writer_stop(struct gv_writer *w)
{
	if (!w->running)
		return 0;
	(void)pthread_mutex_lock(&w->lock);
	w->stop = true;
	(void)pthread_cond_signal(&w->changed);
	(void)pthread_mutex_unlock(&w->lock);
	(void)pthread_join(w->thread, NULL);
	w->running = false;
	return w->error;
}
