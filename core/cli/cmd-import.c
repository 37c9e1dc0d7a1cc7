// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli/adopt/plan.h"
#include "core/cli/batch.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/cli/pinned.h"
#include "core/cli/terminal/ask.h"

/* -- doing it ------------------------------------------------------------------------ */

static int install(struct gv_import_plan *m, struct gv_batch *b, struct gv_err *err)
{
	int r = gv_batch_add_spec(m->pipeline, &m->followed->spec, b, err);

	if (r == 0)
		r = gv_batch_install(m->cli, m->pipeline, b, 1, err);
	if (r == 0)
		r = gv_batch_judge(m->cli, b, err);
	if (r < 0)
		return r;
	memcpy(m->name, b->items[0].installed.name, sizeof(m->name));
	gv_cli_done(m->cli, "%s installed: %s", m->name,
		    gv_trust_name(b->items[0].installed.trust));
	return 0;
}

/* All pointers at once; the lines of what was adopted follow. */
static int point(struct gv_import_plan *m, struct gv_err *err)
{
	struct gv_pointer_change *changes = calloc(m->tags.n + 1, sizeof(*changes));
	size_t n = 0;
	int r;

	if (!changes)
		return gv_err_sys(err, -ENOMEM, "cannot import");
	for (; n < m->tags.n; n++)
		changes[n] = (struct gv_pointer_change){m->tags.items[n],
							m->tag_targets.items[n]};
	if (m->followed && m->name[0])
		changes[n++] = (struct gv_pointer_change){"default", m->name};
	r = gv_cli_point(m->cli, changes, n, err);
	free(changes);
	return r;
}

/* Installing may fail for want of a network: what was adopted is there all the same,
 * and its pointers have to know it. */
static int carry_out(struct gv_import_plan *m, struct gv_err *err)
{
	struct gv_err later = GV_ERR_INIT;
	struct gv_batch batch = {0};
	int r = m->missing ? install(m, &batch, err) : 0;
	int pointed = point(m, &later);

	gv_batch_tell_hooks(m->cli, &batch);
	gv_batch_release(&batch);
	if (r == 0 && pointed < 0) {
		*err = later;
		r = pointed;
	}
	return r;
}

static void tell(const struct gv_import_plan *m)
{
	const char *name = m->name[0]	 ? m->name
			   : m->followed ? m->followed->spec.text
					 : "";

	if (m->missing && m->dry)
		gv_cli_done(m->cli, "%s would be installed", name);
	if (m->followed && m->dry)
		gv_cli_done(m->cli, "the default would become %s", name);
	else if (m->followed && m->name[0])
		gv_cli_done(m->cli, "%s is the default", name);
}

/* 1: there was something to import; 0: there was nothing. */
static int import(struct gv_cli *cli, struct gv_pipeline *p, bool dry,
		  struct gv_adopt_seen *seen, struct gv_err *err)
{
	struct gv_err later = GV_ERR_INIT;
	struct gv_import_plan m;
	int adopted = 0, r;
	bool any;

	gv_import_plan_init(&m, cli, p, dry, seen);
	r = gv_import_plan_make(&m, gv_cli_option(cli, "from"), &adopted, err);
	if (r == 0 && !dry) {
		r = carry_out(&m, &later);
		if (r < 0 && adopted == 0)
			*err = later;
	}
	if (r == 0)
		tell(&m);
	any = gv_import_plan_any(&m);
	if (r == 0 && !any && !cli->json)
		gv_cli_say(cli, "no other manager has anything here");
	if (cli->json) {
		gv_json_free(cli->partial);
		cli->partial = gv_import_plan_json(&m);
	}
	gv_import_plan_release(&m);
	if (adopted < 0)
		return adopted;
	return r < 0 ? r : any;
}

/* -- asking -------------------------------------------------------------------------- */

/* 1: yes; 0: there is nothing to do. */
static int confirm(struct gv_cli *cli, struct gv_pipeline *p, struct gv_adopt_seen *seen,
		   struct gv_err *err)
{
	int r;

	if (cli->yes)
		return 1;
	r = gv_cli_can_ask(err);
	if (r == 0)
		r = import(cli, p, true, seen, err);
	if (r == 1) {
		r = gv_cli_ask(cli, "do this?", err);
		return r < 0 ? r : 1;
	}
	return r;
}

static int apply(struct gv_cli *cli, struct gv_pipeline *p, struct gv_err *err)
{
	struct gv_adopt_seen seen = {0};
	int r = confirm(cli, p, &seen, err);

	if (r == 1) {
		gv_store_heal(&cli->store);
		r = import(cli, p, false, &seen, err);
		if (r >= 0) {
			gv_output_flush();
			gv_store_empty_trash(&cli->store);
		}
	}
	gv_adopt_seen_release(&seen);
	return r;
}

/* -- the command --------------------------------------------------------------------- */

static int answer(struct gv_cli *cli, struct gv_err *err)
{
	int r;

	if (!cli->json || !cli->partial)
		return 0;
	r = gv_cli_print_json(cli->partial, err);
	cli->partial = NULL;
	return r;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	const char *from = gv_cli_option(cli, "from");
	bool dry = !gv_cli_option(cli, "apply");
	struct gv_pipeline p;
	int r = from ? gv_imports_know(from, err) : 0;

	(void)argc;
	(void)argv;
	if (r == 0)
		r = gv_cli_store(cli, dry ? GV_STORE_READ : GV_STORE_CREATE, err);
	if (r == 1)
		r = gv_cli_no_store(cli, err);
	if (r == 0)
		r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	p.in.from = NULL; /* that is a source's */
	r = dry ? import(cli, &p, true, NULL, err) : apply(cli, &p, err);
	gv_pipeline_close(&p);
	if (r == 1 && dry && !cli->json)
		gv_cli_hint(cli, "govern import --apply");
	return r < 0 ? r : answer(cli, err);
}

static const struct gv_option options[] = {
	{"apply", 0, NULL, "do it, instead of only saying what would be done", NULL},
	{"from", 0, "MANAGER", "only from goenv, asdf, mise, gvm, g, goup or gobrew",
	 "imported"},
	{"trust", 0, "LEVEL", "proven or unproven, the least that is accepted", "proof"},
	{0},
};

const struct gv_command gv_cmd_import = {
	.name = "import",
	.what = "take over toolchains, default and names from other managers",
	.details = "Says what would change: which of their toolchains would be adopted, "
		   "which default\nand tags the store would get, what would have to be "
		   "installed.  Nothing of theirs is\nchanged.  A default and tags that "
		   "the store has stay.",
	.options = options,
	.json = true,
	.run = run,
};
