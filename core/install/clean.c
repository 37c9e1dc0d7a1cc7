// SPDX-License-Identifier: Apache-2.0
#include "core/install/clean.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/install/cached.h"

enum { HOUR = 60 * 60, DAY = 24 * HOUR };

struct cleaning {
	struct gv_clean *c;
	time_t now;
};

/* -1: not ours. */
static int kind_of(const char *rel)
{
	const char *name = strrchr(rel, '/'), *below = strchr(rel, '/');

	if (gv_after_prefix(name ? name + 1 : rel, ".tmp-govern-"))
		return GV_CLEAN_TEMPORARY;
	if (gv_after_prefix(rel, "partial/"))
		return GV_CLEAN_PARTIAL;
	if (gv_after_prefix(rel, "archives/"))
		return GV_CLEAN_ARCHIVES;
	if (gv_after_prefix(rel, GV_CACHED_LISTS "/") ||
	    gv_after_prefix(rel, GV_CACHED_RELEASES "/") ||
	    (!below && gv_after_prefix(rel, "list-")))
		return GV_CLEAN_LISTS;
	return below && gv_after_prefix(below, "/tile/") ? GV_CLEAN_TILES : -1;
}

static bool is_stale(const struct cleaning *w, int kind, const struct stat *st)
{
	static const time_t ages[] = {
		[GV_CLEAN_PARTIAL] = 7 * DAY,	 [GV_CLEAN_ARCHIVES] = 0,
		[GV_CLEAN_LISTS] = 30 * DAY,	 [GV_CLEAN_TILES] = 30 * DAY,
		[GV_CLEAN_TEMPORARY] = 1 * HOUR,
	};

	/* What is being written now has a temporary name, or is locked. */
	if (w->c->all && kind != GV_CLEAN_TEMPORARY)
		return true;
	if (kind == GV_CLEAN_ARCHIVES)
		return !w->c->keep_archives;
	return w->now - st->st_mtim.tv_sec > ages[kind];
}

/* Whether somebody is downloading into it, or reads it; *ret_fd holds it for us. */
static bool is_busy(int parentfd, const char *name, int *ret_fd)
{
	int fd = openat(parentfd, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	*ret_fd = fd;
	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

static int visit(void *arg, int parentfd, const char *name, const char *rel,
		 const struct stat *st)
{
	struct cleaning *w = arg;
	GV_CLEANUP(gv_close) int held = -1;
	int kind = S_ISREG(st->st_mode) ? kind_of(rel) : -1;

	if (gv_interrupted())
		return -GV_EINTERRUPTED;
	if (kind < 0 || !is_stale(w, kind, st))
		return GV_TREE_ON;
	if ((kind == GV_CLEAN_PARTIAL || kind == GV_CLEAN_ARCHIVES) &&
	    is_busy(parentfd, name, &held))
		return GV_TREE_ON;
	if (!w->c->dry && unlinkat(parentfd, name, 0) < 0)
		return errno == ENOENT ? GV_TREE_ON : -errno;
	w->c->sums[kind].files++;
	w->c->sums[kind].bytes += (uint64_t)st->st_size;
	return GV_TREE_ON;
}

int gv_clean_cache(int cache_dir, struct gv_clean *c)
{
	struct cleaning w = {.c = c, .now = time(NULL)};

	return gv_tree_walk(cache_dir, visit, &w);
}
