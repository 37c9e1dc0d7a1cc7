// SPDX-License-Identifier: Apache-2.0
/* What is installed, and how it goes. */
#include "core/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/store/denied.h"
#include "core/store/layout.h"
#include "core/store/pointers.h"

/* Go's order; names that are equal there (suffixes) bytewise. */
static int by_version(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	int r = gv_version_compare_names(x, y);

	return r ? r : strcmp(x, y);
}

/* The names that have a receipt, in bytewise order. */
static int list_receipts(const struct gv_store *s, struct gv_list *ret)
{
	static const char ending[] = ".json";
	GV_CLEANUP(gv_list_release) struct gv_list files = GV_LIST_INIT;
	int r = gv_list_dir(s->root_fd, gv_receipt_dir(s).s, &files);

	for (size_t i = 0; i < files.n && r == 0; i++)
		if (gv_has_suffix(files.items[i], ending))
			r = gv_list_add_n(ret, files.items[i],
					  strlen(files.items[i]) - strlen(ending));
	gv_list_sort(ret);
	return r == -ENOENT ? 0 : r;
}

int gv_store_list(const struct gv_store *s, struct gv_list *ret, struct gv_err *err)
{
	/* Two directories are read and no receipt: a receipt appears whole, after its
	 * toolchain, and goes before it or with it. */
	GV_CLEANUP(gv_list_release) struct gv_list receipts = GV_LIST_INIT;
	GV_CLEANUP(gv_list_release) struct gv_list trees = GV_LIST_INIT;
	struct gv_list found = GV_LIST_INIT;
	int r = s->prefix_fd < 0 ? 0 : gv_list_dir(s->prefix_fd, "toolchains", &trees);

	if (r == 0 || r == -ENOENT)
		r = trees.n ? list_receipts(s, &receipts) : 0;
	for (size_t i = 0; i < trees.n && r == 0; i++)
		if (gv_list_has(&receipts, trees.items[i]) &&
		    gv_store_name_valid(trees.items[i]))
			r = gv_list_add(&found, trees.items[i]);
	if (r < 0) {
		gv_list_release(&found);
		return gv_err_sys(err, r, "cannot list the toolchains in '%s'",
				  s->prefix);
	}
	if (found.n)
		qsort(found.items, found.n, sizeof(*found.items), by_version);
	*ret = found;
	return 0;
}

/* An fd of the toolchain.  Its parent is opened anew each time: NFS remembers for half a
 * minute that a name was not there, and looks again when the directory is opened. */
static int open_toolchain(const struct gv_store *s, const char *name)
{
	GV_CLEANUP(gv_close) int parent = -1;

	if (s->prefix_fd < 0 || !gv_store_name_valid(name))
		return -ENOENT;
	parent = gv_open_dir(s->prefix_fd, "toolchains");
	return parent < 0 ? parent : gv_open_dir(parent, name);
}

static bool says_absent(int r)
{
	return r == -ENOENT || r == -ENOTDIR;
}

int gv_store_look(const struct gv_store *s, const char *name)
{
	GV_CLEANUP(gv_close) int fd = open_toolchain(s, name);

	if (fd < 0)
		return says_absent(fd) ? 0 : fd;
	return gv_receipt_there(s, name);
}

bool gv_store_has(const struct gv_store *s, const char *name)
{
	return gv_store_look(s, name) == 1;
}

static int not_installed(const char *name, struct gv_err *err)
{
	gv_err_set(err, -GV_ENOTFOUND, "%s is not installed", name);
	return gv_err_hint(err, "govern install %s",
			   gv_after_prefix(name, "go") ? name + strlen("go") : name);
}

int gv_store_open_toolchain(const struct gv_store *s, const char *name,
			    struct gv_err *err)
{
	int r = open_toolchain(s, name);

	if (says_absent(r))
		return not_installed(name, err);
	return r < 0 ? gv_err_sys(err, r, "cannot open %s in '%s'", name, s->prefix) : r;
}

char *gv_store_path(const struct gv_store *s, const char *name)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);

	if (gv_buf_format(&path, "%s/toolchains/%s", s->prefix, name) < 0)
		return NULL;
	return gv_buf_take(&path);
}

int gv_store_may_remove(const struct gv_store *s, const char *name, struct gv_err *err)
{
	struct gv_path path = gv_toolchain_path(name);
	char owner[128];
	struct stat st;

	if (s->prefix_fd < 0)
		return not_installed(name, err);
	if (fstatat(s->prefix_fd, path.s, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return says_absent(-errno)
			       ? not_installed(name, err)
			       : gv_store_refused(s, -errno, "remove a toolchain", err);
	/* A directory that moves gets another "..": that is a write to it.  A link (an
	 * adopted one) does not. */
	if (!S_ISDIR(st.st_mode) ||
	    faccessat(s->prefix_fd, path.s, W_OK | X_OK, AT_EACCESS) == 0)
		return 0;
	if (errno != EACCES || st.st_uid == geteuid())
		return gv_store_refused(s, -errno, "remove a toolchain", err);
	gv_user_name(st.st_uid, owner, sizeof(owner));
	gv_err_sys(err, -EACCES, "cannot remove %s: it belongs to %s", name, owner);
	return gv_err_hint(err, "run it as %s", owner);
}

static int unlink_durably(int dirfd, const char *path)
{
	if (unlinkat(dirfd, path, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	return gv_sync_parent(dirfd, path);
}

int gv_store_remove(struct gv_store *s, const char *name, struct gv_err *err)
{
	static const struct gv_change_note note = {.command = "uninstall"};
	struct gv_err unused = GV_ERR_INIT;
	struct gv_path gone;
	int r;

	if (s->prefix_fd < 0 || !gv_store_name_valid(name))
		return not_installed(name, err);
	r = gv_trash(s, s->prefix_fd, gv_toolchain_path(name).s, &gone);
	if (r == -ENOENT)
		return not_installed(name, err);
	if (r < 0)
		return gv_store_refused(s, r, "remove a toolchain", err);
	/* It is gone.  What stays behind now is healed by the next command. */
	r = gv_bin_agree(s, name, false);
	if (gv_store_denies(s, name) == 1)
		(void)!gv_store_undeny(s, name, &unused); /* with the next policy, else */
	if (r == 0)
		r = unlink_durably(s->root_fd, gv_manifest_path(s, name).s);
	if (r == 0)
		r = unlink_durably(s->root_fd, gv_receipt_path(s, name).s);
	if (r < 0)
		return gv_store_refused(s, r, "tidy up after a toolchain", err);
	/* Another command may have recomputed the lines, or set the default, while it was
	 * still there. */
	(void)!gv_pointers_forget(s, name, &note, &unused); /* next time, when not now */
	/* An adopted one was a link: only that is in the trash. */
	(void)!gv_tree_remove(s->root_fd, gone.s); /* later, when somebody has it open */
	return 0;
}

void gv_store_empty_trash(struct gv_store *s)
{
	GV_CLEANUP(gv_list_release) struct gv_list entries = GV_LIST_INIT;
	GV_CLEANUP(gv_close)
	int trash = s->writable ? gv_open_dir(s->root_fd, "trash") : -1;

	if (trash < 0 || gv_list_dir(trash, ".", &entries) < 0)
		return;
	for (size_t i = 0; i < entries.n; i++)
		(void)!gv_tree_remove(trash,
				      entries.items[i]); /* .nfs files: next time */
}
