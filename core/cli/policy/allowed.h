// SPDX-License-Identifier: Apache-2.0
/*
 * Whether policy allows a toolchain to be used: with all that is known of it here.
 */
#ifndef GV_CLI_POLICY_ALLOWED_H
#define GV_CLI_POLICY_ALLOWED_H

#include "core/cli/cli.h"
#include "core/config/policy.h"
#include "core/install/support.h"

/* What is known of toolchains, asked for once for all of them. */
struct gv_facts {
	bool known; /* it has been looked for */
	struct gv_support support;
};

/*
 * What the store knows of an installed toolchain: level and source by its receipt, when
 * it was released, and whether its line still gets fixes, by the remembered list of
 * releases.  The network is not asked.  `v` is the version of that name and belongs to
 * the caller; *ret borrows from it and from `receipt`, which the caller releases.
 */
struct gv_receipt;
void gv_facts_of(struct gv_cli *cli, struct gv_facts *all, const struct gv_version *v,
		 struct gv_receipt *receipt, struct gv_policy_subject *ret)
	GV_NONNULL(1, 2, 3, 4, 5);

/* The last of these alone; GV_SUPPORTED_LATER where no rule asks. */
enum gv_supported gv_facts_supported(struct gv_cli *cli, struct gv_facts *all,
				     const struct gv_version *v) GV_NONNULL(1, 2, 3);

/* What a line means when nothing else is known: its newest patch, whichever that is.
 * False: the spec is no line. */
bool gv_line_newest(const struct gv_spec *spec, struct gv_version *ret) GV_NONNULL(1, 2);

/*
 * 0, or -GV_EPOLICY with the rule that says no, for a toolchain of the store, or a
 * version that is not there: of that, who has releases is asked, where a rule wants to
 * know.  The store is open, or there is none.
 */
int gv_cli_allowed(struct gv_cli *cli, const char *name, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
