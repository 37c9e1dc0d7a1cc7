// SPDX-License-Identifier: Apache-2.0
/*
 * A stage is a directory staging/<platform>_<name>_<nonce>/ that holds
 *
 *	tree/			what is to become toolchains/<name>
 *	manifest, receipt.json	what is to lie beside it in receipts/
 *	old.json, old		when it replaces: the receipt and the toolchain that were
 * there
 *
 * Publishing is a series of renames out of it, and into it for what is replaced; each is
 * durable before the next.  The one of `tree` decides.  So what a crash left is told by
 * one look: with `tree` in the stage nothing was published, and `old` goes back; without,
 * it was, and what is left of the receipt follows.  gv_stage_settle() does that, for the
 * command that fails and for the one that finds it later.  At no time does a receipt lie
 * beside a tree that it is not for.
 *
 * A toolchain that is replaced by the same one (install --force) is not away for a moment
 * where the file system can exchange two names: either receipt is true of either tree, so
 * none needs to step aside.  `tree` is then what was there before; when it has become
 * `old`, all is as above.
 */
#include "core/store/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/store/layout.h"

static int make_tree(struct gv_stage *st, int dirfd)
{
	int fd;

	if (mkdirat(dirfd, "tree", 0755) < 0)
		return -errno;
	fd = gv_open_dir(dirfd, "tree");
	if (fd < 0)
		return fd;
	gv_close(&st->tree_fd);
	/* As what will be in it: by rule, whatever the umask. */
	if (fchmod(fd, 0755) < 0) {
		int error = errno;

		gv_close(&fd);
		return -error;
	}
	st->tree_fd = fd;
	st->synced = false;
	return 0;
}

int gv_stage_open(struct gv_store *s, const char *name, struct gv_stage *ret,
		  struct gv_err *err)
{
	struct gv_stage st = {.store = s, .tree_fd = -1};
	struct gv_text dir = gv_text_in(st.dir, sizeof(st.dir));
	struct gv_text copy = gv_text_in(st.name, sizeof(st.name));
	GV_CLEANUP(gv_close) int dirfd = -1;
	char nonce[GV_NONCE_LEN];
	int r;

	if (!gv_store_name_valid(name))
		return gv_err_set(err, -EINVAL, "'%s' is not the name of a toolchain",
				  name);
	r = gv_nonce(nonce);
	if (r == 0) {
		gv_text_add(&dir, gv_stage_path(s, name, nonce).s);
		gv_text_add(&copy, name);
		/* nobody else's business before it is judged; a group that shares the
		 * store settles it when we are killed */
		r = gv_make_dir(s->root_fd, st.dir, 0700 | GV_MODE_EXACT);
	}
	if (r == 0)
		r = dirfd = gv_open_dir(s->root_fd, st.dir);
	if (r >= 0)
		r = make_tree(&st, dirfd);
	if (r < 0) {
		/* On a full disk there may have been room for the first of the two. */
		if (dirfd >= 0)
			(void)!gv_tree_remove(s->root_fd, st.dir);
		return gv_store_refused(s, r, "make a staging directory", err);
	}
	*ret = st;
	return 0;
}

int gv_stage_restart(struct gv_stage *st, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int dirfd = gv_open_dir(st->store->root_fd, st->dir);
	struct gv_path gone;
	int r = dirfd < 0 ? dirfd : gv_trash(st->store, dirfd, "tree", &gone);

	if (r == 0) {
		(void)!gv_tree_remove(st->store->root_fd,
				      gone.s); /* else with the trash */
		r = make_tree(st, dirfd);
	}
	return r < 0 ? gv_store_refused(st->store, r, "begin again", err) : 0;
}

int gv_stage_sync(struct gv_stage *st, struct gv_err *err)
{
	int r = gv_tree_sync(st->tree_fd);

	if (r < 0)
		return gv_store_refused(st->store, r, "write a toolchain to the disk",
					err);
	st->synced = true;
	return 0;
}

/* -- publishing ---------------------------------------------------------------------- */

/* A durable rename, when there is something to rename. */
static int move(int from_dir, const char *from, int to_dir, const char *to)
{
	int r = gv_there(from_dir, from);

	return r == 1 ? gv_rename_durably(from_dir, from, to_dir, to) : r;
}

/* What follows the tree.  The receipt last: with it a toolchain counts as installed. */
static int finish(const struct gv_store *s, int stage, const char *name)
{
	int r = move(stage, "manifest", s->root_fd, gv_manifest_path(s, name).s);

	return r < 0 ? r
		     : move(stage, "receipt.json", s->root_fd,
			    gv_receipt_path(s, name).s);
}

/* What is to be replaced steps aside, its receipt first: so it is never without its own.
 */
static int withdraw(const struct gv_store *s, int stage, const char *name)
{
	int r = move(s->root_fd, gv_receipt_path(s, name).s, stage, "old.json");

	return r < 0 ? r : move(s->prefix_fd, gv_toolchain_path(name).s, stage, "old");
}

static int undo(const struct gv_store *s, int stage, const char *name)
{
	int r = gv_move_if_free(stage, "old", s->prefix_fd, gv_toolchain_path(name).s);

	if (r == 0)
		r = gv_move_if_free(stage, "old.json", s->root_fd,
				    gv_receipt_path(s, name).s);
	return r;
}

/* Whether what is there is, by its receipt, the same tree. */
static bool is_alike(const struct gv_store *s, const struct gv_receipt *receipt)
{
	struct gv_err unused = GV_ERR_INIT;
	struct gv_receipt there;
	bool alike;

	if (gv_receipt_load(s, receipt->name, &there, &unused) < 0)
		return false;
	alike = !there.adopted && there.h1 && receipt->h1 &&
		strcmp(there.h1, receipt->h1) == 0;
	gv_receipt_release(&there);
	return alike;
}

/* 0 where nothing was done because the file system cannot, or there is no tree. */
static int exchange_trees(const struct gv_store *s, int stage, const char *name)
{
	struct gv_path path = gv_toolchain_path(name);
	int r;

	if (gv_exchange(stage, "tree", s->prefix_fd, path.s) < 0)
		return 0;
	r = gv_sync_parent(s->prefix_fd, path.s);
	if (r == 0)
		r = gv_sync_dir(stage);
	if (r == 0)
		r = gv_rename_durably(stage, "tree", stage, "old");
	return r < 0 ? r : 1;
}

static int save_papers(struct gv_stage *st, int stage, const struct gv_receipt *receipt,
		       const char *manifest, size_t n_manifest)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	int r = gv_receipt_format(receipt, &text);

	if (r == 0)
		r = gv_save_file(stage, "manifest", manifest, n_manifest,
				 0644 | GV_MODE_EXACT);
	if (r == 0)
		r = gv_save_file(stage, "receipt.json", text.data, text.len,
				 0644 | GV_MODE_EXACT);
	/* Without its name in staging/ all of it would be lost with the power. */
	return r == 0 ? gv_sync_parent(st->store->root_fd, st->dir) : r;
}

/* An adopted toolchain whose files are gone. */
static bool leads_nowhere(const struct gv_store *s, const char *name)
{
	struct gv_path path = gv_toolchain_path(name);
	struct stat st;

	return gv_there(s->prefix_fd, path.s) == 1 &&
	       fstatat(s->prefix_fd, path.s, &st, 0) < 0 && errno == ENOENT;
}

/* 1: and the tree is published with that. */
static int make_way(const struct gv_store *s, int stage, const struct gv_receipt *receipt,
		    bool replace)
{
	int r = 0;

	if (replace && is_alike(s, receipt))
		r = exchange_trees(s, stage, receipt->name);
	if (r == 0 && (replace || leads_nowhere(s, receipt->name)))
		r = withdraw(s, stage, receipt->name);
	return r;
}

/* The receipt of another who published follows its tree at once.  Under the lock it is
 * there already; where there are no locks we may be between the two. */
static bool await_receipt(const struct gv_store *s, const char *name)
{
	struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};

	for (int turn = 0; turn < 100 && !gv_store_has(s, name); turn++)
		(void)nanosleep(&pause, NULL); /* woken early is fine */
	return gv_store_has(s, name);
}

/* Something of that name is there.  The last two: a link to an adopted one. */
static bool is_taken(int r)
{
	return r == -ENOTEMPTY || r == -EEXIST || r == -ENOTDIR || r == -EISDIR;
}

/* The step that decides: nothing of it is seen before, all of it afterwards. */
static int publish_tree(const struct gv_store *s, int stage, const char *name)
{
	struct gv_path to = gv_toolchain_path(name);
#ifdef GV_WITHOUT_RENAME /* tests/controls: one piece after the other, as a copy would */
	GV_CLEANUP(gv_list_release) struct gv_list pieces = GV_LIST_INIT;
	GV_CLEANUP(gv_close) int from = gv_open_dir(stage, "tree"), dest = -1;
	int r = mkdirat(s->prefix_fd, to.s, 0755) < 0 ? -errno : 0;

	if (r == 0)
		r = dest = gv_open_dir(s->prefix_fd, to.s);
	if (r >= 0)
		r = gv_list_dir(from, ".", &pieces);
	for (size_t i = 0; i < pieces.n && r == 0; i++)
		r = gv_rename_durably(from, pieces.items[i], dest, pieces.items[i]);
	return r < 0 ? r : unlinkat(stage, "tree", AT_REMOVEDIR);
#else
	return gv_rename_durably(stage, "tree", s->prefix_fd, to.s);
#endif
}

int gv_stage_publish(struct gv_stage *st, const struct gv_receipt *receipt,
		     const char *manifest, size_t n_manifest, bool replace,
		     struct gv_err *err)
{
	const struct gv_store *s = st->store;
	GV_CLEANUP(gv_close) int stage = gv_open_dir(s->root_fd, st->dir);
	int r = stage < 0 ? stage : 0;

	if (strcmp(receipt->name, st->name) != 0 ||
	    strcmp(receipt->platform, s->platform) != 0)
		r = -EINVAL;
	if (r == 0 && !st->synced)
		r = gv_tree_sync(st->tree_fd);
	if (r == 0)
		r = save_papers(st, stage, receipt, manifest, n_manifest);
	if (r == 0)
		r = make_way(s, stage, receipt, replace);
#ifdef GV_WITHOUT_ORDER /* tests/controls: the papers before the tree they are for */
	if (r == 0)
		r = finish(s, stage, st->name);
#endif
	if (r == 0)
		r = publish_tree(s, stage, st->name);
	if (is_taken(r)) {
		if (await_receipt(s, st->name))
			return 1;
		/* Without a lock nobody healed what a killed command left there. */
		r = withdraw(s, stage, st->name);
		if (r == 0)
			r = publish_tree(s, stage, st->name);
		if (is_taken(r))
			return 1;
	}
	/* Where each machine has only locks of its own, another may take us for dead,
	 * throw our stage away and install it itself. */
	if (r == -ENOENT && await_receipt(s, st->name))
		return 1;
	if (r >= 0)
		r = finish(s, stage, st->name);
	if (r == 0)
		r = gv_bin_agree(s, st->name, true);
	return r < 0 ? gv_store_refused(s, r, "publish a toolchain", err) : 0;
}

/* -- the end of a stage -------------------------------------------------------------- */

/* *ret is where in the trash it went. */
static int settle(const struct gv_store *s, const char *dir, const char *name,
		  struct gv_path *ret)
{
	GV_CLEANUP(gv_close) int stage = gv_open_dir(s->root_fd, dir);
	int r = stage < 0 ? stage : gv_there(stage, "tree");

	if (r >= 0)
		r = r ? undo(s, stage, name) : finish(s, stage, name);
	return r < 0 ? r : gv_trash(s, s->root_fd, dir, ret);
}

int gv_stage_settle(const struct gv_store *s, const char *dir, const char *name)
{
	struct gv_path unused;

	return settle(s, dir, name, &unused);
}

void gv_stage_close(struct gv_stage *st)
{
	GV_CLEANUP(gv_close) int stage = -1;
	struct gv_path gone;

	if (!st || !st->store)
		return;
	gv_close(&st->tree_fd);
	stage = gv_open_dir(st->store->root_fd, st->dir);
	/* What cannot be done now is done by the next command; a toolchain that was
	 * replaced is left to who empties the trash, for deleting it takes a while. */
	if (settle(st->store, st->dir, st->name, &gone) == 0 &&
	    gv_there(stage, "old") == 0)
		(void)!gv_tree_remove(st->store->root_fd, gone.s);
	*st = GV_STAGE_INIT;
}
