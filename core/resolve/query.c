// SPDX-License-Identifier: Apache-2.0
/* What the manager asks without running anything. */
#include "core/resolve/resolve.h"

#include <errno.h>
#include <string.h>

#include "core/resolve/pin.h"
#include "core/resolve/run.h"

static void start(struct gv_run *run, const struct gv_request *req,
		  struct gv_choice *choice, struct gv_err *err)
{
	*run = (struct gv_run){.req = req, .choice = choice, .err = err, .careful = true};
	gv_run_init(run);
}

int gv_resolve_pin(const char *dir, struct gv_choice *ret, struct gv_err *err)
{
	static char *const none[] = {NULL};
	const struct gv_request req = {.prefix = "", .program = "go", .envp = none};
	struct gv_run run;
	struct gv_walk w;
	int r;

	start(&run, &req, ret, err);
	r = gv_walk_start_at(&w, dir, ret->text);
	if (r < 0)
		return gv_err_set(err, r, "'%s' is not a usable directory", dir);
	r = gv_pin_find(&run, &w, true);
	return r == GV_NEXT ? 1 : r;
}

int gv_resolve_spec(const char *prefix, const struct gv_spec *spec,
		    char ret_name[GV_NAME_MAX], struct gv_err *err)
{
	static char *const none[] = {NULL};
	const struct gv_request req = {.prefix = prefix, .program = "go", .envp = none};
	struct gv_choice choice;
	struct gv_run run;
	enum gv_found found;

	start(&run, &req, &choice, err);
	run.anonymous = true;
	choice.spec = *spec;
	switch (spec->kind) {
	case GV_SPEC_EXACT:
	case GV_SPEC_LINE:
	case GV_SPEC_LATEST:
	case GV_SPEC_TAG:
		break;
	default:
		return gv_err_set(err, -GV_EUSAGE, "'%s' names no toolchain of a store",
				  spec->text);
	}
	found = gv_find_spec(&run, spec);
	if (found != GV_FOUND)
		return gv_explain(&run, found);
	memcpy(ret_name, choice.name, sizeof(choice.name));
	return 0;
}
