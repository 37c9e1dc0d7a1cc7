// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <stdio.h>

#include "core/base/interrupt.h"
#include "core/cli/adopt/adopting.h"
#include "core/cli/output.h"

static int check_usage(struct gv_cli *cli, int argc, struct gv_err *err)
{
	bool all = gv_cli_option(cli, "all") != NULL;
	const char *from = gv_cli_option(cli, "from");

	if (argc && (all || from))
		return gv_err_set(err, -GV_EUSAGE, "%s takes no PATH",
				  all ? "--all" : "--from");
	if (from)
		return gv_places_know(from, err);
	if (all || argc)
		return 0;
	gv_err_set(err, -GV_EUSAGE, "which toolchain?");
	return gv_err_hint(err, "govern adopt --all --dry-run");
}

/* A dry run makes no store. */
static int open_store(struct gv_cli *cli, bool dry, struct gv_err *err)
{
	int r = gv_cli_store(cli, dry ? GV_STORE_READ : GV_STORE_CREATE, err);

	return r == 1 ? gv_cli_no_store(cli, err) : r;
}

/* Goes on after a failure; the first is returned, the others are told here. */
static void keep(struct gv_cli *cli, int r, const struct gv_err *why, int *first,
		 struct gv_err *err)
{
	if (r == 0)
		return;
	if (*first) {
		gv_cli_complain(cli, why);
		return;
	}
	*first = r;
	*err = *why;
}

static int adopt_paths(struct gv_adopting *a, int argc, char **argv, struct gv_err *err)
{
	int first = 0;

	for (int i = 0; i < argc && !gv_interrupted(); i++) {
		struct gv_err why = GV_ERR_INIT;
		int r = gv_adopting_path(a, argv[i], &why);

		keep(a->cli, r, &why, &first, err);
	}
	return first;
}

static int adopt_all(struct gv_adopting *a, struct gv_err *err)
{
	struct gv_places places;
	int first = 0, r = gv_places_find(gv_cli_option(a->cli, "from"), &places, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < places.n && !gv_interrupted(); i++) {
		struct gv_err why = GV_ERR_INIT;

		/* They are told of as left; one of them as what made it fail. */
		r = gv_adopting_place(a, &places.items[i], &why);
		if (r < 0 && !first) {
			*err = why;
			first = r;
		}
	}
	gv_places_release(&places);
	if (!first && !a->cli->json && gv_json_count(a->adopted) == 0 &&
	    gv_json_count(a->left) == 0)
		gv_cli_say(a->cli, "there is no toolchain to adopt");
	return first;
}

static int answer(struct gv_adopting *a, int r, struct gv_err *err)
{
	struct gv_json *o;

	if (!a->cli->json)
		return r;
	o = gv_cli_new_json();
	gv_adopting_json(a, o);
	if (r == 0)
		return gv_cli_print_json(o, err);
	a->cli->partial = o;
	return r;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	bool dry = gv_cli_option(cli, "dry-run") != NULL;
	struct gv_err later = GV_ERR_INIT;
	struct gv_pipeline p;
	struct gv_adopting a;
	int r = check_usage(cli, argc, err), finished;

	if (r == 0)
		r = open_store(cli, dry, err);
	if (r == 0)
		r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	p.in.from = NULL; /* that is a source's */
	if (p.in.minimum < GV_TRUST_PROVEN && gv_cli_option(cli, "trust"))
		gv_cli_warn(cli, "--trust %s accepts what is not proven",
			    gv_trust_name(p.in.minimum));
	if (!dry)
		gv_store_heal(&cli->store);
	gv_adopting_init(&a, cli, &p, dry, NULL);
	r = argc ? adopt_paths(&a, argc, argv, err) : adopt_all(&a, err);
	if (gv_interrupted())
		r = gv_err_set(err, -GV_EINTERRUPTED, "interrupted");
	finished = gv_adopting_finish(&a, &later);
	if (r == 0 && finished < 0) {
		*err = later;
		r = finished;
	}
	r = answer(&a, r, err);
	if (r == 0 && !dry) {
		gv_output_flush();
		gv_store_empty_trash(&cli->store);
	}
	gv_adopting_release(&a);
	gv_pipeline_close(&p);
	return r;
}

static const struct gv_option options[] = {
	{"all", 'a', NULL, "every toolchain that other managers and the system have",
	 NULL},
	{"from", 0, "MANAGER", "only those of one of them: goenv, system, ...",
	 "manager"},
	{"dry-run", 'n', NULL, "look at all of it, and change nothing", NULL},
	{"trust", 0, "LEVEL", "proven or unproven, the least that is accepted", "proof"},
	{"platform", 0, "OS-ARCH", "for another platform than this machine's",
	 "platform"},
	{0},
};

const struct gv_command gv_cmd_adopt = {
	.name = "adopt",
	.arguments = "[PATH...]",
	.what = "use toolchains that are on this machine already, where they are",
	.details = "PATH is a GOROOT, what holds one as go/ or libexec/, or its bin/go.  "
		   "Nothing in it is\nrun, and nothing is ever written there: the store "
		   "gets a link and a receipt.\nAn official toolchain is proven like one "
		   "that was installed.  --all looks where goenv,\nasdf, mise, gvm, g, "
		   "goup, gobrew, vfox, gimme, proto, golang.org/dl, Go's module "
		   "cache,\nHomebrew, snap and distributions keep theirs.",
	.options = options,
	.complete = "file",
	.max_operands = -1,
	.json = true,
	.run = run,
};
