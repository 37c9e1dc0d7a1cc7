// SPDX-License-Identifier: Apache-2.0
/*
 * Going back to an earlier generation of pointers.
 *
 * That is a change like any other and makes the next generation: `default`, tags, lines
 * and `latest` are again what they were in the earlier one, in one switch.  Lines and
 * `latest` follow from what is installed, so what is newer than where they led then is
 * held back (gv_pointer_is_hold()); nothing is removed.  A line that there was not yet
 * stays as it is, and one whose toolchain is gone leads to the newest that is not newer,
 * if there is one. Going back to the generation before a return lets the line go on
 * again.
 *
 *	gv_rollback_plan(s, 0, &plan, &err)	what would change: nothing is written
 *	gv_pointers_change(s, plan.changes, plan.n, &note, &err)
 *	gv_rollback_release(&plan)
 */
#ifndef GV_STORE_ROLLBACK_H
#define GV_STORE_ROLLBACK_H

#include "core/store/pointers.h"

struct gv_rollback {
	uint64_t number;	 /* of the generation that is gone back to */
	struct gv_pointers then; /* in that one, and the holds that there are to be */
	struct gv_pointers now;
	struct gv_pointer_change *changes; /* of default, tags and holds; the names and
					      targets are those of then and now */
	size_t n;
};

/*
 * `number` 0: the one before the present.  -GV_ENOTFOUND: there is no such generation
 * (any more), or its default or one of its tags leads to what is not installed, with the
 * command that installs it; -GV_EVERIFY: that was adopted and is another version now.
 */
int gv_rollback_plan(const struct gv_store *s, uint64_t number, struct gv_rollback *ret,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4);
void gv_rollback_release(struct gv_rollback *p);

/* All three steps; note->returned_to is filled in.  0, also when nothing had to
 * change. */
int gv_pointers_return(struct gv_store *s, uint64_t number,
		       const struct gv_change_note *note, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 4);

#endif
