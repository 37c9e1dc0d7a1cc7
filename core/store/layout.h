// SPDX-License-Identifier: Apache-2.0
/*
 * Where things are in a store, and the few moves that its files share.  For core/store/
 * only; other modules know store.h.
 *
 * Paths are built from names that were checked, never from text as it came; they are
 * short and of bounded length, so they are values:
 *
 *	renameat(fd, "tree", s->prefix_fd, gv_toolchain_path(name).s)
 *
 * Relative to prefix_fd: toolchains/…, bin/…, generations/…; all else to root_fd.
 */
#ifndef GV_STORE_LAYOUT_H
#define GV_STORE_LAYOUT_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/store/store.h"

struct gv_path {
	char s[256];
};

/* Whether it is the canonical name of a toolchain: the only names that become paths. */
bool gv_store_name_valid(const char *name) GV_MUST GV_NONNULL(1);

struct gv_path gv_toolchain_path(const char *name) GV_NONNULL(1);
struct gv_path gv_bin_path(const char *name) GV_NONNULL(1);
struct gv_path gv_bin_target(const char *name) GV_NONNULL(1); /* what that link says */
struct gv_path gv_receipt_dir(const struct gv_store *s) GV_NONNULL(1);
struct gv_path gv_receipt_path(const struct gv_store *s, const char *name)
	GV_NONNULL(1, 2);
struct gv_path gv_manifest_path(const struct gv_store *s, const char *name)
	GV_NONNULL(1, 2);
struct gv_path gv_lock_path(const struct gv_store *s, const char *name) GV_NONNULL(1, 2);
struct gv_path gv_attempt_path(const struct gv_store *s, const char *what)
	GV_NONNULL(1, 2);
struct gv_path gv_stage_path(const struct gv_store *s, const char *name,
			     const char *nonce) GV_NONNULL(1, 2, 3);

/* The toolchain that an entry of staging/ is for, when it is for this platform. */
bool gv_stage_name(const struct gv_store *s, const char *entry, char ret[GV_NAME_MAX])
	GV_MUST GV_NONNULL(1, 2);

/* Adds the toolchains that a directory has an entry for, NAME and the ending. */
int gv_list_names(int dirfd, const char *dir, const char *ending, struct gv_list *ret)
	GV_MUST GV_NONNULL(2, 3, 4);

/* 1: there is something of that name, a dangling link too.  0: there is not.  -errno. */
int gv_there(int dirfd, const char *path) GV_MUST GV_NONNULL(2);

/* The same of a receipt; its directory is opened anew: NFS remembers for half a minute
 * that a name was not there, and looks again then. */
int gv_receipt_there(const struct gv_store *s, const char *name) GV_MUST GV_NONNULL(1, 2);

/* rename(2), durable, when the source is there and the target is not; else 0. */
int gv_move_if_free(int from_dir, const char *from, int to_dir, const char *to)
	GV_MUST GV_NONNULL(2, 4);

/* Adds the directories in which temporary files may lie (gv_is_old_temp()), relative to
 * the root; and so old they are when nobody writes them any more. */
enum { GV_TEMP_OLD_S = 60 * 60 };
int gv_temp_dirs(const struct gv_store *s, struct gv_list *ret) GV_MUST GV_NONNULL(1, 2);

/* Whether `path` did not change in the time before its directory did, by the clock of the
 * file system: ours may be wrong by days on NFS. */
bool gv_unchanged_for(int dirfd, const char *path, long seconds) GV_MUST GV_NONNULL(2);

/* Renames it into the trash, durably: gone, in one step.  *ret is its path there,
 * relative to the root. */
int gv_trash(const struct gv_store *s, int dirfd, const char *path, struct gv_path *ret)
	GV_MUST GV_NONNULL(1, 3, 4);

/* The name of a user, or the number of one who has none. */
void gv_user_name(unsigned uid, char *ret, size_t cap) GV_NONNULL(2);

/* The error for a write that the store refused: names its owner where that is why. */
int gv_store_refused(const struct gv_store *s, int code, const char *what,
		     struct gv_err *err) GV_NONNULL(1, 3, 4);

/* The error for a file of the store that does not say what it should: -GV_EFORMAT. */
int gv_store_damaged(const struct gv_store *s, const char *path, const char *why,
		     struct gv_err *err) GV_NONNULL(1, 2, 3, 4);

/* Makes bin/<name> agree: there when `present` and not denied, gone when not.  What is
 * not our link is never touched. */
int gv_bin_agree(const struct gv_store *s, const char *name, bool present)
	GV_MUST GV_NONNULL(1, 2);

/*
 * Brings a stage that nobody fills any longer to its end, whatever it was interrupted in
 * (core/store/stage.c tells how), and throws it away.  Can be repeated.
 */
int gv_stage_settle(const struct gv_store *s, const char *dir, const char *name)
	GV_MUST GV_NONNULL(1, 2, 3);

/* Puts right what belongs to one name.  `locked`: its lock is held, so that whatever is
 * unfinished is nobody's; otherwise only what nobody touched for a day is. */
void gv_store_recover(struct gv_store *s, const char *name, bool locked) GV_NONNULL(1, 2);

#endif
