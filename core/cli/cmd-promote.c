// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <string.h>

#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/store/canary.h"

static void tell(const struct gv_cli *cli, const struct gv_promotion *p,
		 struct gv_json *list)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct gv_pointer_change *c = &p->changes[i];
		const char *before = gv_pointers_get(&p->ours, c->name);
		bool hold = gv_pointer_is_hold(c->name);
		struct gv_json *o = gv_json_new_object();

		gv_json_set_str(o, "pointer", hold ? NULL : c->name);
		gv_json_set_str(o, "version", hold ? before : c->target);
		gv_json_set_str(o, "before", hold ? NULL : before);
		gv_json_append(list, o);
		if (hold)
			gv_cli_done(cli, "%s is everyone's", before);
		else
			gv_cli_done(cli, "%s is %s (it was %s)", c->name, c->target,
				    before);
	}
	if (p->n == 0)
		gv_cli_done(cli, "nothing to promote");
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_promotion_release) struct gv_promotion p = {0};
	struct gv_json *o, *list;
	int r = gv_cli_need_store(cli, err);

	(void)argc;
	(void)argv;
	if (r < 0)
		return r;
	gv_store_heal(&cli->store);
	r = gv_canary_promotion(&cli->store, &p, err);
	if (r == 0 && p.n)
		r = gv_cli_point_for(cli, p.changes, p.n, NULL, err);
	if (r < 0)
		return r;
	if (p.n)
		gv_cli_record(cli, &(struct gv_journal_entry){.event = "promote"});
	list = gv_json_new_array();
	tell(cli, &p, list);
	o = gv_cli_new_json();
	gv_json_set(o, "promoted", list);
	if (cli->json)
		return gv_cli_print_json(o, err);
	gv_json_free(o);
	return 0;
}

const struct gv_command gv_cmd_promote = {
	.name = "promote",
	.what = "make what the canary tried everyone's",
	.details = "What 'upgrade --channel canary' brought in, checked and kept is held "
		   "back in the store\nuntil then.  The default and tags move, where the "
		   "canary's lead to newer toolchains of the\nsame line.",
	.json = true,
	.run = run,
};
