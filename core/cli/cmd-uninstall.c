// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/remove.h"
#include "core/store/canary.h"
#include "core/store/history.h"

/* "go1.22.3, go1.22.5", as far as it fits. */
static void join(const struct gv_list *names, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);

	for (size_t i = 0; i < names->n; i++)
		gv_text_format(&t, "%s%s", i ? ", " : "", names->items[i]);
}

static int add(struct gv_list *names, const char *name, struct gv_err *err)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->items[i], name) == 0)
			return 0;
	return gv_list_add(names, name) < 0 ? gv_err_sys(err, -ENOMEM, "cannot uninstall")
					    : 0;
}

/* Exactly one toolchain, or an error: nobody should lose one that he did not mean. */
static int find_one(struct gv_cli *cli, const char *arg, struct gv_list *ret,
		    struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct gv_spec spec;
	char name[GV_NAME_MAX], list[512];
	int r = gv_cli_spec(arg, &spec, err);

	if (r == 0)
		r = gv_cli_find_listed(cli, &spec, name, err);
	if (r == -GV_ENOTFOUND && spec.kind == GV_SPEC_EXACT &&
	    gv_cli_is_only_held(cli, spec.version.name))
		return add(ret, spec.version.name, err);
	if (r == -GV_ENOTFOUND)
		return gv_err_hint(err, "govern list");
	if (r == 0)
		r = gv_cli_matches(cli, &spec, &names, err);
	if (r < 0)
		return r;
	if (names.n > 1) {
		join(&names, list, sizeof(list));
		gv_err_set(err, -GV_EUSAGE, "'%s' is more than one toolchain: %s", arg,
			   list);
		return gv_uninstall_hint(err, "", names.items[0]);
	}
	return add(ret, name, err);
}

/* Nobody is kept from it by what was once, but he may want to know. */
static void tell_of_rollback(const struct gv_cli *cli, const struct gv_history *h,
			     const char *name)
{
	for (size_t i = h->n; i > 1; i--) {
		const struct gv_pointers *p = &h->items[i - 2].pointers;

		for (size_t k = 0; k < p->n; k++) {
			const char *pointer = p->items[k].name;

			if (strcmp(p->items[k].target, name) != 0 ||
			    !gv_pointer_is_chosen(pointer))
				continue;
			gv_cli_done(cli,
				    "%s is %s in generation %llu: a rollback to it "
				    "needs it again",
				    pointer, name, (unsigned long long)p->generation);
			return;
		}
	}
}

static int uninstall(struct gv_cli *cli, const char *name, unsigned flags,
		     const struct gv_history *history, struct gv_err *err)
{
	bool only_held = gv_cli_is_only_held(cli, name);
	int r = only_held ? gv_cli_drop_hold(cli, name, flags, err)
			  : gv_cli_remove(cli, name, flags, err);

	if (r < 0)
		return r;
	gv_cli_done(cli,
		    only_held ? "%s is not installed, and not held back any more"
			      : "%s uninstalled",
		    name);
	tell_of_rollback(cli, history, name);
	return 0;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	GV_CLEANUP(gv_history_release) struct gv_history history = {0};
	unsigned flags = gv_cli_option(cli, "force") ? GV_REMOVE_FORCED : 0;
	int r;

	if (argc == 0) {
		gv_err_set(err, -GV_EUSAGE, "which toolchain?");
		return gv_err_hint(err, "govern list");
	}
	r = gv_cli_store(cli, GV_STORE_READ, err);
	if (r == 0) {
		gv_store_heal(&cli->store);
		gv_canary_heal_other(&cli->store);
	}
	for (int i = 0; i < argc && r >= 0; i++)
		r = find_one(cli, argv[i], &names, err);
	if (r == 0)
		r = gv_history_load(&cli->store, &history, err);
	/* All or none, as far as can be told beforehand. */
	for (size_t i = 0; i < names.n && r == 0; i++)
		r = gv_cli_check_unused(cli, names.items[i], flags, err);
	for (size_t i = 0; i < names.n && r == 0; i++)
		r = uninstall(cli, names.items[i], flags, &history, err);
	if (r == 0) {
		gv_output_flush();
		gv_store_empty_trash(&cli->store);
	}
	return r;
}

static const struct gv_option options[] = {
	{"force", 0, NULL, "also what is the default, tagged, in use or adopted", NULL},
	{"platform", 0, "OS-ARCH", "for another platform than this machine's",
	 "platform"},
	{0},
};

const struct gv_command gv_cmd_uninstall = {
	.name = "uninstall",
	.arguments = "SPEC...",
	.what = "remove toolchains",
	.details =
		"A SPEC that several installed toolchains answer to is refused, and they "
		"are named.\n"
		"The files of an adopted toolchain are never touched: with --force only "
		"the link goes.",
	.options = options,
	.complete = "installed",
	.max_operands = -1,
	.run = run,
};
