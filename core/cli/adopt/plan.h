// SPDX-License-Identifier: Apache-2.0
/*
 * What `govern import` would do, and in part does: toolchains are adopted (or only looked
 * at, in a dry run) while the plan is made, for which version is the default depends on
 * what there is; pointers and installations are left to the caller.  It tells what it
 * finds.
 */
#ifndef GV_CLI_ADOPT_PLAN_H
#define GV_CLI_ADOPT_PLAN_H

#include "core/cli/adopt/adopting.h"
#include "core/cli/adopt/imports.h"
#include "core/store/pointers.h"

struct gv_import_plan {
	struct gv_cli *cli;
	const struct gv_pipeline *pipeline;
	bool dry;
	struct gv_imports said;
	struct gv_adopting adopting;
	struct gv_pointers before;
	struct gv_list there;		  /* names: in the store, or that would be */
	const struct gv_import *followed; /* whose default becomes ours; NULL: none */
	char name[GV_NAME_MAX]; /* that it is; "": not known until it is installed */
	bool missing;		/* it has to be installed */
	struct gv_list tags, tag_targets; /* "@prod", "go1.22.5" */
	struct gv_json *defaults, *tagged;
};

/* `seen` goes from the plan that is shown to the one that is carried out; or NULL. */
void gv_import_plan_init(struct gv_import_plan *m, struct gv_cli *cli,
			 const struct gv_pipeline *p, bool dry,
			 struct gv_adopt_seen *seen) GV_NONNULL(1, 2, 3);
/*
 * With `of` from that manager only.  Failures to adopt are those of gv_adopting_place():
 * the plan is made all the same, and *ret_adopted is the first of them, for *err.
 */
int gv_import_plan_make(struct gv_import_plan *m, const char *of, int *ret_adopted,
			struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4);
/* Whether anybody has anything here. */
bool gv_import_plan_any(const struct gv_import_plan *m) GV_NONNULL(1);
struct gv_json *gv_import_plan_json(struct gv_import_plan *m) GV_NONNULL(1);
void gv_import_plan_release(struct gv_import_plan *m) GV_NONNULL(1);

#endif
