// SPDX-License-Identifier: Apache-2.0
/*
 * An upgrade carried out, by its plan (plan.h):
 *
 *   1  what is to come is held back (core/store/pointers.h), durably
 *   2  it is installed, proven: nothing leads to it yet
 *   3  the smoke check (smoke.h)
 *   4  one switch, in which the holds of what got through go, and default and tags move
 *
 * Killed at any moment, the pointers are the old ones or the new ones, and healing
 * changes neither: what is held stays so until an upgrade, or who installs it by name,
 * lets it go. A line whose check fails stays as it was; the others go on.
 */
#ifndef GV_CLI_UPGRADE_UPGRADING_H
#define GV_CLI_UPGRADE_UPGRADING_H

#include "core/cli/pipeline.h"
#include "core/cli/upgrade/plan.h"
#include "core/cli/upgrade/smoke.h"

/* Each row tells how it went.  An error is one that ends all of it: -GV_EINTERRUPTED,
 * -GV_EPOLICY (a hook refuses the switch), -errno. */
int gv_upgrade_carry_out(struct gv_upgrade_plan *p, struct gv_pipeline *pipeline,
			 const struct gv_smoke *smoke, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

/*
 * Repeats the user's checks (the standard one where there are none) for so many seconds.
 * A row for which one fails goes back to where it was: what moved leads to the old
 * toolchain again, unless somebody moved it on, and the new one is held back.  That is a
 * change like any other, with the failure as its reason.
 */
int gv_upgrade_soak(struct gv_upgrade_plan *p, const struct gv_smoke *smoke,
		    int64_t seconds, struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4);

/* The row whose toolchain it is; NULL. */
struct gv_upgrade_row *gv_upgrade_row_of(const struct gv_upgrade_plan *p,
					 const char *version) GV_NONNULL(1, 2);

#endif
