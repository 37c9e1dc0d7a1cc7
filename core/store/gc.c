// SPDX-License-Identifier: Apache-2.0
#include "core/store/gc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/store/expire.h"
#include "core/store/layout.h"

enum { DAY = 24 * 60 * 60 };

static uint64_t bytes_of(int dirfd, const char *name)
{
	GV_CLEANUP(gv_close) int fd = -1;
	uint64_t bytes = 0;
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (!S_ISDIR(st.st_mode))
		return S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	fd = gv_open_dir(dirfd, name);
	/* Another user's that may not be read: it counts, its bytes do not. */
	return fd >= 0 && gv_tree_bytes(fd, &bytes) == 0 ? bytes : 0;
}

/* Entries of a directory that are garbage, and how large each is. */
struct garbage {
	int dirfd;
	struct gv_list names;
	uint64_t *bytes;
};

static void release(struct garbage *g)
{
	gv_close(&g->dirfd);
	gv_list_release(&g->names);
	free(g->bytes);
}

/* How much of it there is, or is no more. */
static struct gv_gc_sum sum_of(const struct garbage *g, bool there)
{
	struct gv_gc_sum sum = {0};

	for (size_t i = 0; i < g->names.n; i++) {
		if ((gv_there(g->dirfd, g->names.items[i]) == 1) != there)
			continue;
		sum.n++;
		sum.bytes += g->bytes[i];
	}
	return sum;
}

typedef bool is_garbage(const struct gv_store *s, int dirfd, const char *entry);

static int find(const struct gv_store *s, const char *dir, is_garbage *is,
		struct garbage *ret)
{
	GV_CLEANUP(gv_list_release) struct gv_list all = GV_LIST_INIT;
	int r = ret->dirfd = gv_open_dir(s->root_fd, dir);

	if (r >= 0)
		r = gv_list_dir(ret->dirfd, ".", &all);
	for (size_t i = 0; i < all.n && r == 0; i++)
		if (!is || is(s, ret->dirfd, all.items[i]))
			r = gv_list_add(&ret->names, all.items[i]);
	if (r == 0)
		ret->bytes = calloc(ret->names.n + 1, sizeof(*ret->bytes));
	if (r == 0 && !ret->bytes)
		r = -ENOMEM;
	for (size_t i = 0; i < ret->names.n && r == 0; i++)
		ret->bytes[i] = bytes_of(ret->dirfd, ret->names.items[i]);
	return r == -ENOENT ? 0 : r;
}

/* Nobody holds the lock under which it was made: whoever filled it is dead. */
static bool is_dead_stage(const struct gv_store *s, int dirfd, const char *entry)
{
	const char *nonce = strrchr(entry, '_');
	GV_CLEANUP(gv_lock_drop) struct gv_lock lock = GV_LOCK_INIT;
	struct gv_path path;
	struct gv_text t = gv_text_in(path.s, sizeof(path.s));
	int r;

	gv_text_add(&t, "locks/");
	gv_text_add_n(&t, entry, nonce ? (size_t)(nonce - entry) : 0);
	if (!nonce || t.cut || gv_there(s->root_fd, path.s) != 1)
		return false;
	r = gv_lock_take(&lock, s->root_fd, path.s, 0, NULL, NULL);
	return r == 0 || (r == 1 && gv_unchanged_for(dirfd, entry, DAY));
}

/* As gv_sweep_temps() and gv_generation_sweep() judge it. */
static bool is_old_temporary(const struct gv_store *s, int dirfd, const char *entry)
{
	struct stat st;

	(void)s;
	if (gv_is_old_temp(dirfd, entry, GV_TEMP_OLD_S))
		return true;
	return gv_after_prefix(entry, ".tmp-") &&
	       fstatat(dirfd, entry, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode) && gv_unchanged_for(dirfd, entry, DAY);
}

/* -- all platforms ------------------------------------------------------------------- */

typedef int for_platform(struct gv_store *s, void *arg);

static int each_platform(const struct gv_store *s, for_platform *work, void *arg)
{
	GV_CLEANUP(gv_list_release) struct gv_list entries = GV_LIST_INIT;
	int r = gv_list_dir(s->root_fd, ".", &entries);

	for (size_t i = 0; i < entries.n && r == 0; i++) {
		struct gv_err ignored = GV_ERR_INIT;
		struct gv_store one;

		if (!gv_platform_valid(entries.items[i]) ||
		    gv_store_open(s->root, entries.items[i], GV_STORE_READ, &one,
				  &ignored) < 0)
			continue;
		/* log-heads/ has a name like one. */
		if (one.prefix_fd >= 0 && gv_there(one.prefix_fd, "toolchains") == 1)
			r = work(&one, arg);
		gv_store_close(&one);
	}
	return r;
}

static int add_temp_dirs(struct gv_store *s, void *arg)
{
	return gv_temp_dirs(s, arg);
}

static int count_temporary(const struct gv_store *s, const char *dir,
			   struct gv_gc_sum *sum)
{
	GV_CLEANUP(release) struct garbage g = {.dirfd = -1};
	int r = find(s, dir, is_old_temporary, &g);
	struct gv_gc_sum one = sum_of(&g, true);

	sum->n += one.n;
	sum->bytes += one.bytes;
	return r;
}

/* Those that gv_store_heal() would remove.  What is not a platform's is named by each. */
static int count_temporaries(const struct gv_store *s, struct gv_gc_sum *ret)
{
	GV_CLEANUP(gv_list_release) struct gv_list dirs = GV_LIST_INIT;
	struct gv_gc_sum sum = {0};
	int r = each_platform(s, add_temp_dirs, &dirs);

	gv_list_sort(&dirs);
	for (size_t i = 0; i < dirs.n && r == 0; i++)
		if (i == 0 || strcmp(dirs.items[i - 1], dirs.items[i]) != 0)
			r = count_temporary(s, dirs.items[i], &sum);
	*ret = sum;
	return r;
}

static int heal(struct gv_store *s, void *arg)
{
	(void)arg;
	gv_store_heal(s);
	return 0;
}

struct expiry {
	const struct gv_gc *how;
	struct gv_gc_sum sum;
};

static int expire(struct gv_store *s, void *arg)
{
	struct expiry *e = arg;
	struct gv_expired gone = {0};
	int r = gv_generation_expire(s, e->how->keep_generations, e->how->dry, &gone);

	e->sum.n += gone.n;
	e->sum.bytes += gone.bytes;
	if (gone.until && !e->how->dry && e->how->expired)
		e->how->expired(e->how->arg, s, gone.until);
	return r;
}

int gv_store_gc(struct gv_store *s, const struct gv_gc *how,
		struct gv_gc_sum ret[GV_GC_KINDS], struct gv_err *err)
{
	GV_CLEANUP(release) struct garbage trash = {.dirfd = -1}, stages = {.dirfd = -1};
	struct gv_gc_sum before, after = {0};
	struct expiry expiry = {.how = how};
	int r = find(s, "trash", NULL, &trash);

	if (r == 0)
		r = find(s, "staging", is_dead_stage, &stages);
	if (r == 0)
		r = count_temporaries(s, &before);
	if (r == 0 && !how->dry)
		r = each_platform(s, heal, NULL);
	if (r == 0)
		r = each_platform(s, expire, &expiry);
	if (r == 0 && !how->dry) {
		gv_store_empty_trash(s);
		r = count_temporaries(s, &after);
	}
	if (r < 0)
		return gv_err_sys(err, r, "cannot look for garbage in '%s'", s->root);
	ret[GV_GC_TRASH] = sum_of(&trash, how->dry);
	ret[GV_GC_STAGING] = sum_of(&stages, how->dry);
	ret[GV_GC_GENERATIONS] = expiry.sum;
	ret[GV_GC_TEMPORARY] = (struct gv_gc_sum){
		before.n > after.n ? before.n - after.n : 0,
		before.bytes > after.bytes ? before.bytes - after.bytes : 0};
	return 0;
}
