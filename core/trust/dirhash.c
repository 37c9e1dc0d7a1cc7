// SPDX-License-Identifier: Apache-2.0
/* The tree on disk: its files are listed while several threads hash them, and written
 * down. */
#include "core/trust/dirhash.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/trust/module.h"
#include "core/trust/sha256.h"

enum {
	/* Small and used again and again: first touch of memory costs more than reading
	 * into what is in the processor's cache. */
	BUFFER_BYTES = 128 << 10,
	PROGRESS_BYTES = 1 << 20,
	THREADS_MAX = 8,
	PATH_BYTES = 4096,     /* as core/base/tree.h bounds it */
	PATHS_MAX = 256 << 20, /* of all files together, bytes */
};

struct file {
	bool is_mod;   /* called go.mod */
	bool doubtful; /* called _go.mod */
	uint8_t digest[GV_SHA256_BYTES];
	char path[]; /* in the module: go.mod is "_go.mod" */
};

/* What the threads share. */
struct work {
	int treefd;
	const struct gv_dirhash_opts *opts;
	atomic_uint_fast64_t bytes;
	atomic_bool stop;
	pthread_mutex_t lock; /* over what follows */
	pthread_cond_t more;
	struct file **files; /* those that were found; owned */
	size_t n, cap;
	size_t next; /* to hash */
	size_t path_bytes;
	bool listed; /* there will be no more */
	int result;
	struct gv_err *err; /* set with `result` */
};

/* Keeps the first failure. */
static void fail(struct work *w, int code, const struct gv_err *err)
{
	(void)pthread_mutex_lock(&w->lock); /* of the normal kind, never fails */
	if (w->result == 0) {
		w->result = code;
		*w->err = *err;
	}
	(void)pthread_cond_broadcast(&w->more);
	(void)pthread_mutex_unlock(&w->lock);
	atomic_store(&w->stop, true);
}

/* -- listing ------------------------------------------------------------------------- */

static bool is_left_out(const char *rel)
{
	static const char *const tops[] = {"api",  "doc",     "misc",
					   "test", ".github", "packages"};

	for (size_t i = 0; i < GV_COUNT(tops); i++)
		if (strcmp(rel, tops[i]) == 0)
			return true;
	return gv_after_prefix(rel, "go-build-") != NULL;
}

/* A file at the top of a tree that another manager put there: the header names them. */
static bool is_leftover(const struct gv_dirhash_opts *opts, const char *rel)
{
	const char *rest = gv_after_prefix(rel, opts->version);

	if (strcmp(rel, ".unpacked-success") == 0 || strcmp(rel, "manifest") == 0)
		return true;
	/* go1.22.5.linux-amd64.tar.gz */
	rest = rest ? gv_after_prefix(rest, ".") : NULL;
	return rest && !strchr(rest, '/') && gv_after_prefix(rest, "linux-") &&
	       gv_has_suffix(rest, ".tar.gz");
}

/* Under the lock. */
static int append(struct work *w, struct file *f)
{
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 4096;
		struct file **files = reallocarray(w->files, cap, sizeof(struct file *));

		if (!files)
			return -ENOMEM;
		w->files = files;
		w->cap = cap;
	}
	w->files[w->n++] = f;
	(void)pthread_cond_signal(&w->more);
	return 0;
}

static int add_file(struct work *w, const char *rel, const char *name)
{
	bool is_mod = strcmp(name, "go.mod") == 0;
	size_t before = strlen(rel) - strlen(name);
	size_t bytes = strlen(rel) + is_mod + 1;
	struct gv_text path;
	struct file *f;
	int r;

	w->path_bytes += bytes;
	f = w->path_bytes > PATHS_MAX ? NULL : malloc(sizeof(*f) + bytes);
	if (!f)
		return -ENOMEM;
	f->is_mod = is_mod;
	f->doubtful = strcmp(name, "_go.mod") == 0;
	path = gv_text_in(f->path, bytes);
	gv_text_add_n(&path, rel, before);
	gv_text_add(&path, is_mod ? "_" : "");
	gv_text_add(&path, name);
	(void)pthread_mutex_lock(&w->lock);
	r = append(w, f);
	(void)pthread_mutex_unlock(&w->lock);
	if (r < 0)
		free(f);
	return r;
}

struct listing {
	struct work *work;
	struct gv_err err;
};

static int visit(void *arg, int parentfd, const char *name, const char *rel,
		 const struct stat *st)
{
	struct listing *l = arg;
	const struct gv_dirhash_opts *opts = l->work->opts;
	bool foreign = opts->flags & GV_DIRHASH_FOREIGN;
	int r;

	(void)parentfd;
	if (gv_interrupted())
		return gv_err_set(&l->err, -GV_EINTERRUPTED, "interrupted");
	if (atomic_load(&l->work->stop))
		return -ECANCELED;
	if (S_ISDIR(st->st_mode))
		return foreign && is_left_out(rel) ? GV_TREE_SKIP : GV_TREE_ON;
	if (!S_ISREG(st->st_mode))
		return gv_err_set(
			&l->err, -GV_EVERIFY,
			"'%s' is a %s; a toolchain has only files and directories", rel,
			S_ISLNK(st->st_mode) ? "symbolic link" : "special file");
	if (foreign && is_leftover(opts, rel))
		return GV_TREE_ON;
	if (strchr(rel, '\n'))
		return gv_err_set(&l->err, -GV_EVERIFY, "'%s' has a newline in its name",
				  rel);
	if (strcmp(name, "_go.mod") == 0 && !foreign)
		return gv_err_set(
			&l->err, -GV_EVERIFY,
			"'%s' would pass for go.mod; no toolchain has such a file", rel);
	r = add_file(l->work, rel, name);
	return r < 0 ? r : GV_TREE_ON;
}

static void list_files(struct work *w)
{
	struct listing l = {.work = w, .err = GV_ERR_INIT};
	int r = gv_tree_walk(w->treefd, visit, &l);

	if (r < 0 && l.err.code != r)
		(void)gv_err_sys(&l.err, r, "cannot read the tree");
	if (r == 0 && w->n == 0) /* nobody else changes it */
		r = gv_err_set(&l.err, -GV_EVERIFY, "there is no file in the tree");
	if (r < 0)
		fail(w, r, &l.err);
	(void)pthread_mutex_lock(&w->lock);
	w->listed = true;
	(void)pthread_cond_broadcast(&w->more);
	(void)pthread_mutex_unlock(&w->lock);
}

/* -- hashing ------------------------------------------------------------------------- */

static void count(struct work *w, uint64_t *pending, uint64_t limit)
{
	if (*pending <= limit)
		return;
	atomic_fetch_add(&w->bytes, *pending);
	if (w->opts->progress)
		w->opts->progress(w->opts->progress_arg, *pending);
	*pending = 0;
}

/* The path on disk: of a go.mod without the "_" of its name in the module. */
static void path_on_disk(const struct file *f, char *ret, size_t cap)
{
	const char *path = f->path;
	struct gv_text t = gv_text_in(ret, cap);

	if (f->is_mod) {
		gv_text_add_n(&t, path, strlen(path) - strlen("_go.mod"));
		path = "go.mod";
	}
	gv_text_add(&t, path);
}

static int hash_file(struct work *w, struct file *f, unsigned char *buffer,
		     uint64_t *pending, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int fd = -1;
	char path[PATH_BYTES];
	struct gv_sha256 h;
	struct stat st;

	path_on_disk(f, path, sizeof(path));
	/* Somebody may have put something else there since it was listed. */
	fd = openat(w->treefd, path,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return gv_err_sys(err, -errno, "cannot open '%s'", path);
	if (!S_ISREG(st.st_mode))
		return gv_err_set(err, -GV_EVERIFY, "'%s' is no longer a file", path);
	gv_sha256_init(&h);
	for (;;) {
		ssize_t n = read(fd, buffer, BUFFER_BYTES);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return gv_err_sys(err, -errno, "cannot read '%s'", path);
		if (n == 0)
			break;
		gv_sha256_add(&h, buffer, (size_t)n);
		*pending += (uint64_t)n;
		count(w, pending, PROGRESS_BYTES);
		if (gv_interrupted())
			return gv_err_set(err, -GV_EINTERRUPTED, "interrupted");
	}
	gv_sha256_done(&h, f->digest);
	return 0;
}

/* The next one to hash, waited for while the tree is still being listed; NULL: none. */
static struct file *next_file(struct work *w)
{
	struct file *f = NULL;

	(void)pthread_mutex_lock(&w->lock);
	while (w->next == w->n && !w->listed && w->result == 0)
		(void)pthread_cond_wait(&w->more, &w->lock);
	if (w->next < w->n && w->result == 0)
		f = w->files[w->next++];
	(void)pthread_mutex_unlock(&w->lock);
	return f;
}

static void *hash_files(void *arg)
{
	struct work *w = arg;
	unsigned char *buffer = malloc(BUFFER_BYTES);
	struct gv_err err = GV_ERR_INIT;
	uint64_t pending = 0;
	struct file *f;
	int r = 0;

	if (!buffer)
		r = gv_err_sys(&err, -ENOMEM, "cannot hash '%s'", ".");
	while (r == 0 && (f = next_file(w)) != NULL)
		r = hash_file(w, f, buffer, &pending, &err);
	if (r < 0)
		fail(w, r, &err);
	count(w, &pending, 0);
	free(buffer);
	return NULL;
}

static unsigned thread_count(const struct gv_dirhash_opts *opts)
{
	unsigned n = opts->threads;
	cpu_set_t set;

	/* Those that we may use: fewer than there are under taskset or in a container. */
	if (n == 0)
		n = sched_getaffinity(0, sizeof(set), &set) == 0
			    ? (unsigned)CPU_COUNT(&set)
			    : 1;
	return n > THREADS_MAX ? THREADS_MAX : n;
}

static int list_and_hash(struct work *w)
{
	unsigned wanted = thread_count(w->opts), started = 0;
	pthread_t threads[THREADS_MAX];

	/* This thread is one of them; with fewer than wanted it only takes longer. */
	while (started + 1 < wanted &&
	       pthread_create(&threads[started], NULL, hash_files, w) == 0)
		started++;
	list_files(w);
	(void)hash_files(w); /* NULL */
	while (started)
		(void)pthread_join(threads[--started], NULL); /* ours, joined once */
	return w->result;
}

/* -- writing the manifest ------------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
	const struct file *f = *(struct file *const *)a, *g = *(struct file *const *)b;
	int r = strcmp(f->path, g->path);

	/* go.mod before a _go.mod beside it. */
	return r ? r : f->doubtful - g->doubtful;
}

/* Whether f is a _go.mod that says the same as the go.mod before it. */
static bool repeats(const struct file *before, const struct file *f)
{
	return before && before->is_mod && strcmp(before->path, f->path) == 0 &&
	       memcmp(before->digest, f->digest, sizeof(f->digest)) == 0;
}

static int write_manifest(struct work *w, const char *module_version, struct gv_buf *ret,
			  uint64_t *ret_files)
{
	char hex[GV_SHA256_HEX];

	qsort(w->files, w->n, sizeof(struct file *), by_name);
	for (size_t i = 0; i < w->n; i++) {
		const struct file *f = w->files[i];

		if (f->doubtful && repeats(i ? w->files[i - 1] : NULL, f))
			continue;
		if (f->doubtful)
			return gv_err_set(
				w->err, -GV_EVERIFY,
				"'%s' has no go.mod of the same content beside it",
				f->path);
		gv_sha256_to_hex(f->digest, hex);
		gv_buf_add(ret, hex, sizeof(hex) - 1);
		gv_buf_add_str(ret, "  " GV_MODULE_PATH "@");
		gv_buf_add_str(ret, module_version);
		gv_buf_add_str(ret, "/");
		gv_buf_add_str(ret, f->path);
		gv_buf_add_str(ret, "\n");
		++*ret_files;
	}
	if (gv_buf_error(ret) < 0)
		return gv_err_sys(w->err, gv_buf_error(ret), "cannot write the manifest");
	return 0;
}

/* -- all of it ----------------------------------------------------------------------- */

static int dirhash(struct work *w, const char *module_version, struct gv_dirhash *d)
{
	int r = list_and_hash(w);

	if (r < 0)
		return r;
	d->bytes = atomic_load(&w->bytes);
	r = write_manifest(w, module_version, &d->manifest, &d->files);
	if (r < 0)
		return r;
	r = gv_manifest_h1(d->manifest.data, d->manifest.len, d->h1);
	return r < 0 ? gv_err_set(w->err, r, "the manifest of the tree is malformed") : 0;
}

int gv_dirhash_tree(int treefd, const struct gv_dirhash_opts *opts,
		    struct gv_dirhash *ret, struct gv_err *err)
{
	struct work w = {
		.treefd = treefd,
		.opts = opts,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.more = PTHREAD_COND_INITIALIZER,
		.err = err,
	};
	struct gv_dirhash d = {.manifest = GV_BUF_INIT(GV_MANIFEST_MAX)};
	char module_version[GV_MODULE_VERSION_MAX];
	int r;

	if (gv_module_version(opts->version, opts->platform, module_version) < 0)
		return gv_err_set(err, -EINVAL, "'%s' for '%s' is not a toolchain",
				  opts->version, opts->platform);
	r = dirhash(&w, module_version, &d);
	for (size_t i = 0; i < w.n; i++)
		free(w.files[i]);
	free(w.files);
	if (r < 0)
		gv_dirhash_release(&d);
	else
		*ret = d;
	return r;
}

void gv_dirhash_release(struct gv_dirhash *d)
{
	if (d)
		gv_buf_release(&d->manifest);
}
