// SPDX-License-Identifier: Apache-2.0
/*
 * The second half of an installation: the tree is on disk; it is hashed while it is made
 * durable, judged, and published with its receipt.
 */
#ifndef GV_INSTALL_SETTLE_H
#define GV_INSTALL_SETTLE_H

#include "core/install/intake.h"
#include "core/install/lookup.h"

struct gv_settle {
	const struct gv_install *in;
	const char *name;
	const char *source; /* name of the plugin */
	const struct gv_candidate *candidate;
	const struct gv_taken *taken;
	struct gv_stage *stage;
	struct gv_lookup *lookup;
	bool replace;	     /* one is there and goes */
	enum gv_trust floor; /* the one that is there was proven: less is refused */
};

/* What was installed, but for the times and sizes of the download.  -GV_EVERIFY,
 * -GV_EPOLICY, the log's error, -errno. */
int gv_settle(const struct gv_settle *s, struct gv_installed *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
