// SPDX-License-Identifier: Apache-2.0
/*
 * The store: where toolchains live, by directory fd.
 *
 *	<root>/format				"1\n": the layout described here
 *	<root>/<platform>/bin/			the shim, govern, and go1.22.5, a link to
 *						../toolchains/go1.22.5/bin/go
 *	<root>/<platform>/libexec/govern/	fetch, unpack, go (for `govern setup`)
 *	<root>/<platform>/toolchains/go1.22.5/	a GOROOT, byte for byte; or a link (adopted)
 *	<root>/<platform>/generations/<N>/	pointers, see core/store/pointers.h
 *	<root>/<platform>/current		a link to generations/<N>
 *	<root>/receipts/<platform>/		go1.22.5.json and go1.22.5.manifest
 *	<root>/locks/				never unlinked
 *	<root>/staging/<platform>_<name>_<nonce>/   trees that are being made
 *	<root>/trash/<nonce>/			trees on their way out
 *	<root>/log-heads/			heads of checksum databases, and of the journal
 *	<root>/journal				see core/store/journal.h
 *
 * A store may be read-only and may be shared by machines (NFS) and platforms.  Whatever
 * only reads works without being able to write.
 */
#ifndef GV_STORE_STORE_H
#define GV_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/lock.h"
#include "core/version/version.h"

#define GV_STORE_FORMAT 1

struct gv_store {
	char *root;   /* absolute */
	char *prefix; /* <root>/<platform> */
	char platform[GV_PLATFORM_MAX];
	int root_fd;
	int prefix_fd;
	bool writable; /* as far as can be told without trying: EROFS, EACCES say no */
};

enum {
	GV_STORE_READ = 0,
	GV_STORE_CREATE = 1, /* make what is missing; fails when it cannot be written */
};

/*
 * Opens the store at `root` for one platform.  With GV_STORE_READ an absent store is
 * -GV_ENOTFOUND; an existing one in which this platform has nothing yet is an empty one
 * (prefix_fd -1).
 * A format newer than ours: -GV_EPOLICY, naming both numbers.
 */
int gv_store_open(const char *root, const char *platform, unsigned flags,
		  struct gv_store *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4, 5);
void gv_store_close(struct gv_store *s);

/*
 * Puts right what a killed command left: dead stages and old temporary files go,
 * `current` names the newest generation, bin/go1.X.Y agrees with toolchains/,
 * half-removed toolchains are gone.  Called by each command that changes something, under
 * no lock of its own; does nothing on a store that is not writable.  Never an error: what
 * cannot be healed now is healed later.
 */
void gv_store_heal(struct gv_store *s) GV_NONNULL(1);

/*
 * The lock on one toolchain name of this platform; answers as gv_lock_take().  It is held
 * while a toolchain of that name is installed or removed, and taken before looking
 * whether one is there: what a killed command left at that name is put right by taking
 * it.
 */
int gv_store_lock(struct gv_store *s, const char *name, long wait_ms,
		  gv_lock_waiting *waiting, void *arg, struct gv_lock *ret)
	GV_MUST GV_NONNULL(1, 2, 6);

/* What to tell a person when that answered 1: -ENOLCK and the sentence. */
int gv_store_no_locks(const struct gv_store *s, struct gv_err *err) GV_NONNULL(1, 2);

/*
 * Names in toolchains/ that have a receipt, in Go's order, oldest first.  Receipts are
 * not read (a damaged one shows in gv_receipt_load()), so that each caller reads those it
 * needs once.
 */
int gv_store_list(const struct gv_store *s, struct gv_list *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* Whether it is installed: a directory that can be opened, with a receipt.  1: it is; 0:
 * it is not; -errno: that cannot be told.  gv_store_has() is for those to whom the
 * last two are the same. */
int gv_store_look(const struct gv_store *s, const char *name) GV_MUST GV_NONNULL(1, 2);
bool gv_store_has(const struct gv_store *s, const char *name) GV_NONNULL(1, 2);
/* The open directory of a toolchain; -GV_ENOTFOUND. */
int gv_store_open_toolchain(const struct gv_store *s, const char *name,
			    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);
/* The path of a toolchain, on the heap. */
char *gv_store_path(const struct gv_store *s, const char *name) GV_MUST GV_NONNULL(1, 2);

/*
 * Whether this user may remove or replace it: -GV_ENOTFOUND, or -EACCES for one that
 * belongs to another.  To be asked before its pointers go.
 */
int gv_store_may_remove(const struct gv_store *s, const char *name, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/*
 * Removes a toolchain: the caller holds its lock, and its pointers are gone already
 * (gv_pointers_forget()).  Renamed into the trash first
 * (that is the moment at which it is gone), then link, receipt and files.  An adopted one
 * loses its link, never its files.
 */
int gv_store_remove(struct gv_store *s, const char *name, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/* The first process of this machine that runs from the toolchain, sits in it or has a
 * file of it open (reads /proc); 0: none. */
int gv_store_user(const struct gv_store *s, const char *name, char *ret_comm, size_t cap)
	GV_NONNULL(1, 2);

/* Deletes what lies in the trash. */
void gv_store_empty_trash(struct gv_store *s) GV_NONNULL(1);

#endif
