// SPDX-License-Identifier: Apache-2.0
/*
 * Taking in a toolchain that is on this machine already, where it is: a link and a
 * receipt (core/store/adopted.h).
 *
 *	gv_goroot_find()     what a path holds; nothing in it is run
 *	gv_adopt_one()       whether it can be proven, and the link
 *	gv_goroot_release()
 *	gv_adopt_seen_release()
 *
 * The h1 of an official tree can be recomputed wherever it lies and whoever put it there,
 * so it is proven like one that we installed.  What somebody else built or changed, or
 * spread over several directories with links between them, as Debian does, cannot be: it
 * is taken only when the minimum is `unproven`, and its receipt says so.
 */
#ifndef GV_INSTALL_ADOPT_H
#define GV_INSTALL_ADOPT_H

#include "core/install/goroot.h"
#include "core/install/install.h"

struct gv_adopted {
	enum gv_trust trust; /* proven or unproven */
	char h1[GV_H1_LEN];  /* "": it has links in it */
	bool already;	     /* it was adopted from there before */
	char why[512];	     /* unproven: what there was against it */
};

/*
 * What looking at toolchains found out.  Who looks first and adopts later, after a
 * question or a hook, hands in the same one both times: each is hashed once, and what is
 * done is what was told.  One that became another version in between is looked at anew.
 */
struct gv_adopt_seen {
	struct gv_adopt_found *items; /* owned */
	size_t n;
};

void gv_adopt_seen_release(struct gv_adopt_seen *s);

/*
 * `seen` may be NULL.  With `dry` all is looked at and nothing is changed; then the store
 * may be one that is not there (root_fd -1).  Pointers are not touched: the caller
 * changes them once for all.
 * -GV_EPOLICY: that version is there already, or it cannot be proven and in->minimum
 * wants that; the log's error, when it could not be asked.
 */
int gv_adopt_one(const struct gv_install *in, const struct gv_goroot *g, bool dry,
		 struct gv_adopt_seen *seen, struct gv_adopted *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 5, 6);

#endif
