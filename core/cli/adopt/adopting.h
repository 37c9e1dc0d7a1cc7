// SPDX-License-Identifier: Apache-2.0
/*
 * Adopting several toolchains: for `govern adopt` and `govern import`.
 *
 *	gv_adopting_init()
 *	… gv_adopting_path(), gv_adopting_place() …
 *	gv_adopting_finish()	pointers, once for all
 *	gv_adopting_release()
 */
#ifndef GV_CLI_ADOPT_ADOPTING_H
#define GV_CLI_ADOPT_ADOPTING_H

#include "core/cli/adopt/managers.h"
#include "core/cli/pipeline.h"
#include "core/install/adopt.h"

struct gv_adopting {
	struct gv_cli *cli;
	const struct gv_pipeline *pipeline;
	bool dry;
	struct gv_list names, paths; /* of those adopted, or that would be */
	struct gv_list fresh;	     /* names of those that were not before */
	struct gv_adopt_seen *seen;  /* `own`, another's, or NULL */
	struct gv_adopt_seen own;
	struct gv_json *adopted, *left;
};

/* `seen` goes from a dry run to the one that adopts; NULL: there is only one.  *a must
 * not move. */
void gv_adopting_init(struct gv_adopting *a, struct gv_cli *cli,
		      const struct gv_pipeline *p, bool dry, struct gv_adopt_seen *seen)
	GV_NONNULL(1, 2, 3);
/* One that somebody named: any failure is one. */
int gv_adopting_path(struct gv_adopting *a, const char *path, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* One that was found: what speaks against it is told, and is no failure.  Failures are
 * those that another time might not be: the network, the disk, a signal. */
int gv_adopting_place(struct gv_adopting *a, const struct gv_place *place,
		      struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);
int gv_adopting_finish(struct gv_adopting *a, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2);
/* `adopted` and `left` become members of the object. */
void gv_adopting_json(struct gv_adopting *a, struct gv_json *object) GV_NONNULL(1, 2);
void gv_adopting_release(struct gv_adopting *a) GV_NONNULL(1);

#endif
