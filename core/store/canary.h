// SPDX-License-Identifier: Apache-2.0
/*
 * The canary of a store: another root below it, <root>/canary/, with pointers, programs
 * and a journal of its own.  All else is the store's, by links:
 *
 *	<root>/canary/{receipts,locks,staging,trash,hooks,govern.ini} -> ../...
 *	<root>/canary/<platform>/toolchains -> ../../<platform>/toolchains
 *
 * So it is a store as any other, and `govern --root <root>/canary` and its shim need to
 * know nothing of it; who has its bin first in PATH goes by its pointers.  What it brings
 * in is there for all, and held back in the store until it is promoted
 * (gv_canary_promotion()).
 */
#ifndef GV_STORE_CANARY_H
#define GV_STORE_CANARY_H

#include "core/store/pointers.h"

#define GV_CANARY "canary"

/* Makes what is missing of it, for this platform. */
int gv_canary_make(struct gv_store *s, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
/* Whether the store has one: 1, 0, or -errno; whether it is one. */
int gv_canary_is_there(const struct gv_store *s, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2);
bool gv_canary_is(const struct gv_store *s) GV_NONNULL(1);

/* The canary of a store, and the store of a canary; 1: there is none.  Closed by the
 * caller. */
int gv_canary_open(const struct gv_store *s, struct gv_store *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
int gv_canary_open_parent(const struct gv_store *s, struct gv_store *ret,
			  struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);

/* Of the two the other one, whichever `s` is; 1: there is none. */
int gv_canary_open_other(const struct gv_store *s, struct gv_store *ret,
			 struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);

/* What is installed now counts for the other one, too: its lines and links.  Best
 * effort; the lock on what was brought in or removed is free again. */
void gv_canary_heal_other(const struct gv_store *s) GV_NONNULL(1);
/* As gv_pointers_forget(), for the other one: what is about to go goes for both.  A
 * canary that had chosen it goes by the store's choice. */
int gv_canary_forget_other(const struct gv_store *s, const char *name,
			   const struct gv_change_note *note, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4);

/* What is chosen in the store is what the canary goes by, but for what it tries: a newer
 * toolchain of the same line. */
int gv_canary_follow(struct gv_store *canary, const struct gv_change_note *note,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 3);

struct gv_promotion {
	struct gv_pointers theirs, ours;   /* the canary's; the store's */
	struct gv_pointer_change *changes; /* their texts are in those two */
	size_t n;
};

/* What makes the canary's newer toolchains everyone's: changes for the store.  n 0:
 * there is nothing to promote.  -GV_ENOTFOUND: it has no canary. */
int gv_canary_promotion(const struct gv_store *s, struct gv_promotion *ret,
			struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);
void gv_promotion_release(struct gv_promotion *p);

#endif
