// SPDX-License-Identifier: Apache-2.0
/*
 * Putting right what a killed command left.
 *
 * All that belongs to one toolchain name (its tree, its receipt, its link in bin/, stages
 * for it) is changed by who holds the lock on that name, and whoever gets the lock first
 * puts right what the last holder left: gv_store_lock() calls gv_store_recover().  So the
 * holder of a lock always finds a name whole, and gv_store_heal() only has to look for
 * names at which something is amiss and to take their locks.  A lock that is held is that
 * of a command at work: nothing there is amiss.
 */
#include "core/store/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/store/denied.h"
#include "core/store/layout.h"
#include "core/store/pointers.h"

/* Where there are no locks, only time tells that nobody is at work. */
enum { DEAD_AFTER_S = 24 * 60 * 60 };

/* -- one name ------------------------------------------------------------------------ */

/* Whether a stage for the name is left in which somebody may be at work. */
static bool settle_stages(const struct gv_store *s, const char *name, bool locked)
{
	GV_CLEANUP(gv_close) int staging = gv_open_dir(s->root_fd, "staging");
	GV_CLEANUP(gv_list_release) struct gv_list entries = GV_LIST_INIT;
	bool busy = staging < 0 || gv_list_dir(staging, ".", &entries) < 0;

	for (size_t i = 0; i < entries.n; i++) {
		const char *nonce = strrchr(entries.items[i], '_');
		char of[GV_NAME_MAX];

		if (!gv_stage_name(s, entries.items[i], of) || strcmp(of, name) != 0)
			continue;
		if (!locked && !gv_unchanged_for(staging, entries.items[i], DEAD_AFTER_S))
			busy = true;
		else if (gv_stage_settle(s, gv_stage_path(s, name, nonce + 1).s, name) <
			 0)
			busy = true; /* a full disk, perhaps: not now */
	}
	return busy;
}

void gv_store_recover(struct gv_store *s, const char *name, bool locked)
{
	GV_CLEANUP(gv_close) int toolchains = gv_open_dir(s->prefix_fd, "toolchains");
	struct gv_path receipt = gv_receipt_path(s, name), unused;
	int tree, papers;

	if (toolchains < 0 || settle_stages(s, name, locked))
		return;
	tree = gv_there(toolchains, name);
	papers = gv_receipt_there(s, name);
	if (tree < 0 || papers < 0)
		return;
	/* Who held the lock before may have been killed between a rename and its fsync;
	 * what is built on it, and said of it, must not outlive it. */
	if (locked && (tree || papers)) {
		(void)!gv_sync_dir(toolchains);
		(void)!gv_sync_parent(s->root_fd, receipt.s);
	}
	/* Not ours, or ours from a command that could not save its receipt: not
	 * installed. */
	if (tree && !papers &&
	    (locked || gv_unchanged_for(toolchains, name, DEAD_AFTER_S)) &&
	    gv_trash(s, toolchains, name, &unused) == 0)
		tree = 0;
	/* Half removed.  Without a lock somebody might just be publishing. */
	if (!tree && locked) {
		(void)unlinkat(s->root_fd, gv_manifest_path(s, name).s, 0);
		if (papers)
			(void)!gv_remove_durably(s->root_fd, receipt.s);
	}
	(void)!gv_bin_agree(s, name, tree && papers); /* next time, when not now */
}

/* -- the whole store ----------------------------------------------------------------- */

static int add_staged(const struct gv_store *s, struct gv_list *ret)
{
	GV_CLEANUP(gv_list_release) struct gv_list entries = GV_LIST_INIT;
	int r = gv_list_dir(s->root_fd, "staging", &entries);

	for (size_t i = 0; i < entries.n && r == 0; i++) {
		char name[GV_NAME_MAX];

		if (gv_stage_name(s, entries.items[i], name))
			r = gv_list_add(ret, name);
	}
	return r;
}

static void heal_name(struct gv_store *s, const char *name)
{
	struct gv_lock lock = GV_LOCK_INIT;

	if (gv_store_lock(s, name, 0, NULL, NULL, &lock) >= 0)
		gv_lock_drop(&lock);
}

static void heal_names(struct gv_store *s)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	size_t n;

	if (add_staged(s, &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++)
		heal_name(s, names.items[i]);
	gv_list_release(&names);

	/* A toolchain is whole when it has a tree, a receipt and a link. */
	if (gv_list_names(s->prefix_fd, "toolchains", "", &names) < 0 ||
	    gv_list_names(s->root_fd, gv_receipt_dir(s).s, ".json", &names) < 0 ||
	    gv_list_names(s->prefix_fd, "bin", "", &names) < 0)
		return;
	gv_list_sort(&names);
	for (size_t i = 0; i < names.n; i += n) {
		for (n = 1; i + n < names.n; n++)
			if (strcmp(names.items[i], names.items[i + n]) != 0)
				break;
		if (n != 3)
			heal_name(s, names.items[i]);
	}
	gv_list_release(&names);

	/* And no link when it is denied. */
	if (gv_store_denied(s, &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++)
		if (gv_there(s->prefix_fd, gv_bin_path(names.items[i]).s) == 1)
			heal_name(s, names.items[i]);
}

static void sweep(const struct gv_store *s)
{
	GV_CLEANUP(gv_list_release) struct gv_list dirs = GV_LIST_INIT;

	if (gv_temp_dirs(s, &dirs) < 0)
		return;
	for (size_t i = 0; i < dirs.n; i++) {
		GV_CLEANUP(gv_close) int fd = gv_open_dir(s->root_fd, dirs.items[i]);

		if (fd >= 0)
			gv_sweep_temps(fd, GV_TEMP_OLD_S);
	}
}

void gv_store_heal(struct gv_store *s)
{
	if (!s->writable || s->prefix_fd < 0)
		return;
	heal_names(s);
	gv_pointers_heal(s);
	sweep(s);
}
