// SPDX-License-Identifier: Apache-2.0
/*
 * What the pin in force here asks for, to be installed.
 */
#ifndef GV_CLI_PINNED_H
#define GV_CLI_PINNED_H

#include "core/cli/batch.h"
#include "core/cli/installed.h"

/* Adds the version that a spec asks for.  -GV_EUSAGE for a tag and for `system`: there is
 * nothing to install. */
int gv_batch_add_spec(const struct gv_pipeline *p, const struct gv_spec *spec,
		      struct gv_batch *b, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

/* Adds what a pin file, GOVERN_VERSION or GOTOOLCHAIN asks for, whether it is installed
 * or not; the message of a failure names the pin.  -GV_EUSAGE: there is none. */
int gv_batch_add_pinned(struct gv_cli *cli, const struct gv_pipeline *p,
			struct gv_batch *b, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
