// SPDX-License-Identifier: Apache-2.0
/* The tree on disk: its files are listed, hashed by several threads, and written down. */
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
	size_t path;   /* where its path begins in struct listing's `paths` */
	bool is_mod;   /* called go.mod */
	bool doubtful; /* called _go.mod */
	uint8_t digest[GV_SHA256_BYTES];
};

struct listing {
	const struct gv_dirhash_opts *opts;
	struct gv_err *err;
	struct gv_buf
		paths; /* NUL-terminated, one after the other; go.mod is "_go.mod" */
	struct file *files;
	size_t n, cap;
};

/* -- listing ---------------------------------------------------------------------- */

static bool is_left_out(const char *rel)
{
	return strcmp(rel, "api") == 0 || strcmp(rel, "doc") == 0 ||
	       strcmp(rel, "misc") == 0 || strcmp(rel, "test") == 0 ||
	       strcmp(rel, "packages") == 0 || gv_after_prefix(rel, "go-build-");
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

static int add_file(struct listing *l, const char *rel, const char *name)
{
	struct file f = {
		.path = l->paths.len,
		.is_mod = strcmp(name, "go.mod") == 0,
		.doubtful = strcmp(name, "_go.mod") == 0,
	};

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 4096;
		struct file *files = reallocarray(l->files, cap, sizeof(*files));

		if (!files)
			return -ENOMEM;
		l->files = files;
		l->cap = cap;
	}
	gv_buf_add(&l->paths, rel, strlen(rel) - strlen(name));
	gv_buf_add_str(&l->paths, f.is_mod ? "_" : "");
	gv_buf_add(&l->paths, name, strlen(name) + 1);
	l->files[l->n++] = f;
	return gv_buf_error(&l->paths);
}

static int visit(void *arg, int parentfd, const char *name, const char *rel,
		 const struct stat *st)
{
	struct listing *l = arg;
	bool foreign = l->opts->flags & GV_DIRHASH_FOREIGN;
	int r;

	(void)parentfd;
	if (gv_interrupted())
		return gv_err_set(l->err, -GV_EINTERRUPTED, "interrupted");
	if (S_ISDIR(st->st_mode))
		return foreign && is_left_out(rel) ? GV_TREE_SKIP : GV_TREE_ON;
	if (!S_ISREG(st->st_mode))
		return gv_err_set(
			l->err, -GV_EVERIFY,
			"'%s' is a %s; a toolchain has only files and directories", rel,
			S_ISLNK(st->st_mode) ? "symbolic link" : "special file");
	if (foreign && is_leftover(l->opts, rel))
		return GV_TREE_ON;
	if (strchr(rel, '\n'))
		return gv_err_set(l->err, -GV_EVERIFY, "'%s' has a newline in its name",
				  rel);
	if (strcmp(name, "_go.mod") == 0 && !foreign)
		return gv_err_set(
			l->err, -GV_EVERIFY,
			"'%s' would pass for go.mod; no toolchain has such a file", rel);
	r = add_file(l, rel, name);
	return r < 0 ? r : GV_TREE_ON;
}

/* -- hashing ---------------------------------------------------------------------- */

/* What the threads share. */
struct work {
	int treefd;
	const struct listing *list;
	const struct gv_dirhash_opts *opts;
	atomic_size_t next;
	atomic_uint_fast64_t bytes;
	atomic_bool stop;
	pthread_mutex_t lock; /* over what follows */
	int result;
	struct gv_err *err;
};

/* Keeps the first failure. */
static void fail(struct work *w, int code, const char *what, const char *path)
{
	(void)pthread_mutex_lock(&w->lock); /* of the normal kind, never fails */
	if (w->result == 0) {
		w->result = code;
		if (code == -GV_EINTERRUPTED)
			(void)gv_err_set(w->err, code, "interrupted");
		else if (code == -GV_EVERIFY)
			(void)gv_err_set(w->err, code, "'%s' %s", path, what);
		else
			(void)gv_err_sys(w->err, code, "%s '%s'", what, path);
	}
	(void)pthread_mutex_unlock(&w->lock);
	atomic_store(&w->stop, true);
}

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
static void path_on_disk(const struct listing *l, const struct file *f, char *ret,
			 size_t cap)
{
	const char *path = l->paths.data + f->path;
	struct gv_text t = gv_text_in(ret, cap);

	if (f->is_mod) {
		gv_text_add_n(&t, path, strlen(path) - strlen("_go.mod"));
		path = "go.mod";
	}
	gv_text_add(&t, path);
}

static void hash_file(struct work *w, struct file *f, unsigned char *buffer,
		      uint64_t *pending)
{
	GV_CLEANUP(gv_close) int fd = -1;
	char path[PATH_BYTES];
	struct gv_sha256 h;
	struct stat st;

	path_on_disk(w->list, f, path, sizeof(path));
	/* Somebody may have put something else there since it was listed. */
	fd = openat(w->treefd, path,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(w, -errno, "cannot open", path);
	if (!S_ISREG(st.st_mode))
		return fail(w, -GV_EVERIFY, "is no longer a file", path);
	gv_sha256_init(&h);
	for (;;) {
		ssize_t n = read(fd, buffer, BUFFER_BYTES);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(w, -errno, "cannot read", path);
		if (n == 0)
			break;
		gv_sha256_add(&h, buffer, (size_t)n);
		*pending += (uint64_t)n;
		count(w, pending, PROGRESS_BYTES);
		if (gv_interrupted())
			return fail(w, -GV_EINTERRUPTED, "", path);
	}
	gv_sha256_done(&h, f->digest);
}

static void *hash_files(void *arg)
{
	struct work *w = arg;
	unsigned char *buffer = malloc(BUFFER_BYTES);
	uint64_t pending = 0;

	if (!buffer)
		fail(w, -ENOMEM, "cannot hash", ".");
	while (!atomic_load(&w->stop)) {
		size_t i = atomic_fetch_add(&w->next, 1);

		if (i >= w->list->n)
			break;
		hash_file(w, &w->list->files[i], buffer, &pending);
	}
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

static int hash_all(struct work *w)
{
	unsigned wanted = thread_count(w->opts), started = 0;
	pthread_t threads[THREADS_MAX];

	/* This thread is one of them; with fewer than wanted it only takes longer. */
	while (started + 1 < wanted &&
	       pthread_create(&threads[started], NULL, hash_files, w) == 0)
		started++;
	(void)hash_files(w); /* NULL */
	while (started)
		(void)pthread_join(threads[--started], NULL); /* ours, joined once */
	return w->result;
}

/* -- writing the manifest --------------------------------------------------------- */

static int by_name(const void *a, const void *b, void *paths)
{
	const struct file *f = a, *g = b;
	int r = strcmp((const char *)paths + f->path, (const char *)paths + g->path);

	/* go.mod before a _go.mod beside it. */
	return r ? r : f->doubtful - g->doubtful;
}

/* Whether f is a _go.mod that says the same as the go.mod before it. */
static bool repeats(const struct listing *l, const struct file *f)
{
	const struct file *before = f - 1;

	return f > l->files && before->is_mod &&
	       strcmp(l->paths.data + before->path, l->paths.data + f->path) == 0 &&
	       memcmp(before->digest, f->digest, sizeof(f->digest)) == 0;
}

static int write_manifest(struct listing *l, const char *module_version,
			  struct gv_buf *ret, uint64_t *ret_files)
{
	char hex[GV_SHA256_HEX];

	qsort_r(l->files, l->n, sizeof(*l->files), by_name, l->paths.data);
	for (size_t i = 0; i < l->n; i++) {
		const struct file *f = &l->files[i];
		const char *path = l->paths.data + f->path;

		if (f->doubtful && repeats(l, f))
			continue;
		if (f->doubtful)
			return gv_err_set(
				l->err, -GV_EVERIFY,
				"'%s' has no go.mod of the same content beside it", path);
		gv_sha256_to_hex(f->digest, hex);
		gv_buf_add(ret, hex, sizeof(hex) - 1);
		gv_buf_add_str(ret, "  " GV_MODULE_PATH "@");
		gv_buf_add_str(ret, module_version);
		gv_buf_add_str(ret, "/");
		gv_buf_add_str(ret, path);
		gv_buf_add_str(ret, "\n");
		++*ret_files;
	}
	if (gv_buf_error(ret) < 0)
		return gv_err_sys(l->err, gv_buf_error(ret), "cannot write the manifest");
	return 0;
}

/* -- all of it -------------------------------------------------------------------- */

static int dirhash(struct listing *l, int treefd, const char *module_version,
		   struct gv_dirhash *d)
{
	struct work w = {
		.treefd = treefd,
		.list = l,
		.opts = l->opts,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.err = l->err,
	};
	int r = gv_tree_walk(treefd, visit, l);

	if (r < 0)
		return l->err->code == r ? r
					 : gv_err_sys(l->err, r, "cannot read the tree");
	if (l->n == 0)
		return gv_err_set(l->err, -GV_EVERIFY, "there is no file in the tree");
	r = hash_all(&w);
	if (r < 0)
		return r;
	d->bytes = atomic_load(&w.bytes);
	r = write_manifest(l, module_version, &d->manifest, &d->files);
	if (r < 0)
		return r;
	r = gv_manifest_h1(d->manifest.data, d->manifest.len, d->h1);
	return r < 0 ? gv_err_set(l->err, r, "the manifest of the tree is malformed") : 0;
}

int gv_dirhash_tree(int treefd, const struct gv_dirhash_opts *opts,
		    struct gv_dirhash *ret, struct gv_err *err)
{
	struct listing l = {
		.opts = opts,
		.err = err,
		.paths = GV_BUF_INIT(PATHS_MAX),
	};
	struct gv_dirhash d = {.manifest = GV_BUF_INIT(GV_MANIFEST_MAX)};
	char module_version[GV_MODULE_VERSION_MAX];
	int r;

	if (gv_module_version(opts->version, opts->platform, module_version) < 0)
		return gv_err_set(err, -EINVAL, "'%s' for '%s' is not a toolchain",
				  opts->version, opts->platform);
	r = dirhash(&l, treefd, module_version, &d);
	gv_buf_release(&l.paths);
	free(l.files);
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
