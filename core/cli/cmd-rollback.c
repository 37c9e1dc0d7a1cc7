// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <string.h>

#include "core/base/num.h"
#include "core/cli/journal/moves.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/store/rollback.h"

static int parse_number(const char *s, uint64_t *ret, struct gv_err *err)
{
	if (gv_num_parse(s, strlen(s), UINT64_MAX - 1, ret) == 0 && *ret)
		return 0;
	gv_err_set(err, -GV_EUSAGE, "'%s' is not the number of a generation", s);
	return gv_err_hint(err, "govern generations");
}

static int tell_move(void *arg, const char *pointer, const char *before,
		     const char *after)
{
	char what[GV_MOVE_LEN];

	gv_format_move(pointer, before, after, what);
	gv_cli_done(arg, "%s", what);
	return 0;
}

/* Lines that could not go where they were. */
static void tell_lost(const struct gv_cli *cli, const struct gv_rollback *back,
		      const struct gv_pointers *now)
{
	for (size_t i = 0; i < back->then.n; i++) {
		const struct gv_pointer *to = &back->then.items[i];
		const char *is = gv_pointers_get(now, to->name);

		if (!gv_pointer_is_hold(to->name) && (!is || strcmp(is, to->target) != 0))
			gv_cli_warn(cli, "%s was %s then, which is not there any more",
				    to->name, to->target);
	}
}

/* `now`: what the pointers are, or with --dry-run would be. */
static int tell(struct gv_cli *cli, const struct gv_rollback *back, bool dry,
		const struct gv_pointers *now, struct gv_err *err)
{
	struct gv_json *o;
	int r = 0;

	if (cli->json) {
		o = gv_cli_new_json();
		gv_json_set_bool(o, "dry_run", dry);
		gv_json_set_int(o, "generation", (int64_t)now->generation);
		gv_json_set_int(o, "returned_to", (int64_t)back->number);
		gv_json_set(o, "changes", gv_moves_json(&back->now, now));
		r = gv_cli_print_json(o, err);
	} else if (now->generation == back->now.generation) {
		gv_cli_done(cli, "all is as it was in generation %llu already",
			    (unsigned long long)back->number);
	} else {
		gv_cli_done(cli, "%s generation %llu, as generation %llu",
			    dry ? "this would go back to" : "back to",
			    (unsigned long long)back->number,
			    (unsigned long long)now->generation);
		(void)!gv_each_move(&back->now, now, tell_move, cli); /* it always is 0 */
	}
	tell_lost(cli, back, now);
	return r;
}

/* *ret_now: what the pointers would be. */
static int look(struct gv_cli *cli, uint64_t number, struct gv_rollback *ret,
		struct gv_pointers *ret_now, struct gv_err *err)
{
	int r = gv_rollback_plan(&cli->store, number, ret, err);

	return r < 0 ? r
		     : gv_pointers_preview(&cli->store, ret->changes, ret->n, ret_now,
					   err);
}

static int go_back(struct gv_cli *cli, uint64_t number, struct gv_rollback *ret,
		   struct gv_pointers *ret_now, struct gv_err *err)
{
	int r;

	gv_store_heal(&cli->store);
	r = gv_cli_return(cli, number, NULL, ret, err);
	return r < 0 ? r : gv_pointers_load(&cli->store, ret_now, err);
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_rollback_release) struct gv_rollback back = {0};
	GV_CLEANUP(gv_pointers_release) struct gv_pointers now = GV_POINTERS_INIT;
	bool dry = gv_cli_option(cli, "dry-run") != NULL;
	uint64_t number = 0;
	int r = argc ? parse_number(argv[0], &number, err) : 0;

	if (r == 0)
		r = gv_cli_need_store(cli, err);
	if (r < 0)
		return r;
	r = dry ? look(cli, number, &back, &now, err)
		: go_back(cli, number, &back, &now, err);
	return r < 0 ? r : tell(cli, &back, dry, &now, err);
}

static const struct gv_option options[] = {
	{"dry-run", 'n', NULL, "only tell what would change", NULL},
	{"platform", 0, "OS-ARCH", "for another platform than this machine's",
	 "platform"},
	{0},
};

const struct gv_command gv_cmd_rollback = {
	.name = "rollback",
	.arguments = "[N]",
	.what = "set default, tags and lines back to what they were in generation N",
	.details = "Without N: in the one before the present, so that a second rollback "
		   "undoes the first.\nNothing is removed: what is newer than a line or "
		   "latest then is held back until something\nstill newer comes in.  See "
		   "also govern generations.",
	.options = options,
	.complete = "generation",
	.max_operands = 1,
	.json = true,
	.run = run,
};
