// SPDX-License-Identifier: Apache-2.0
#include "core/store/unmake.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/tree.h"
#include "core/store/layout.h"

/* 0: there is nothing in the directory but what is named, or no directory.  1: there
 * is. */
static int has_only(int dirfd, const char *dir, const char *const *names, size_t n)
{
	GV_CLEANUP(gv_list_release) struct gv_list found = GV_LIST_INIT;
	int r = gv_list_dir(dirfd, dir, &found);

	for (size_t i = 0; i < found.n && r == 0; i++) {
		size_t k = 0;

		while (k < n && strcmp(found.items[i], names[k]) != 0)
			k++;
		if (k == n)
			return 1;
	}
	return r == -ENOENT ? 0 : r;
}

static int prefix_holds_nothing(const struct gv_store *s)
{
	static const char *const names[] = {"bin", "toolchains", "generations",
					    "current"};
	int r;

	if (s->prefix_fd < 0)
		return 0;
	r = has_only(s->prefix_fd, ".", names, GV_COUNT(names));
	r = r ? r : has_only(s->prefix_fd, "bin", NULL, 0);
	return r ? r : has_only(s->prefix_fd, "toolchains", NULL, 0);
}

static int holds_nothing(const struct gv_store *s)
{
	const char *const names[] = {"format",	 "journal", "locks", "log-heads",
				     "receipts", "staging", "trash", s->platform};
	const char *const platform[] = {s->platform};
	int r = has_only(s->root_fd, ".", names, GV_COUNT(names));

	r = r ? r : prefix_holds_nothing(s);
	r = r ? r : has_only(s->root_fd, "staging", NULL, 0);
	r = r ? r : has_only(s->root_fd, "trash", NULL, 0);
	r = r ? r : has_only(s->root_fd, "receipts", platform, 1);
	return r ? r : has_only(s->root_fd, gv_receipt_dir(s).s, NULL, 0);
}

/* Only what is empty goes: what another command put there meanwhile is a reason to
 * stop. */
static int remove_empty(int dirfd, const char *dir)
{
	if (unlinkat(dirfd, dir, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	return errno == ENOTEMPTY || errno == EEXIST ? 1 : -errno;
}

static int remove_file(int dirfd, const char *name)
{
	return unlinkat(dirfd, name, 0) == 0 || errno == ENOENT ? 0 : -errno;
}

/* Without toolchains/ and bin/ nothing can be published or made there. */
static int remove_prefix(const struct gv_store *s)
{
	int r = remove_empty(s->prefix_fd, "toolchains");

	r = r ? r : remove_empty(s->prefix_fd, "bin");
	r = r ? r : remove_file(s->prefix_fd, "current");
	r = r ? r : gv_tree_remove(s->prefix_fd, "generations");
	return r ? r : remove_empty(s->root_fd, s->platform);
}

int gv_store_unmake(struct gv_store *s)
{
	int r;

	if (!s->writable)
		return 1;
	gv_store_empty_trash(s);
	r = holds_nothing(s);
	/* What was begun before and is not finished has no prefix any more. */
	r = r || s->prefix_fd < 0 ? r : remove_prefix(s);
	r = r ? r : remove_empty(s->root_fd, "staging");
	r = r ? r : remove_empty(s->root_fd, gv_receipt_dir(s).s);
	r = r ? r : remove_empty(s->root_fd, "receipts");
	r = r ? r : remove_empty(s->root_fd, "trash");
	r = r ? r : gv_tree_remove(s->root_fd, "log-heads");
	r = r ? r : remove_file(s->root_fd, "journal");
	r = r ? r : gv_tree_remove(s->root_fd, "locks");
	/* Last: it says that what is beside it is ours. */
	r = r ? r : remove_file(s->root_fd, "format");
	if (r)
		return r;
	r = remove_empty(AT_FDCWD, s->root);
	if (r == 0)
		return gv_sync_parent(AT_FDCWD, s->root);
	/* Somebody has just begun to use it. */
	(void)!gv_save_file(s->root_fd, "format", "1\n", 2, 0644 | GV_MODE_EXACT);
	return r;
}
