// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/store/adopted.h"
#include "core/store/pointers.h"
#include "core/store/receipt.h"

/* "go1.22.3, go1.22.5", as far as it fits. */
static void join(const struct gv_list *names, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);

	for (size_t i = 0; i < names->n; i++)
		gv_text_format(&t, "%s%s", i ? ", " : "", names->items[i]);
}

static int hint(struct gv_err *err, const char *option, const char *name)
{
	char bare[GV_NAME_MAX];
	struct gv_version v;

	if (gv_version_parse(name, strlen(name), &v) < 0)
		return err->code;
	return gv_err_hint(err, "govern uninstall %s%s", option,
			   gv_version_bare(&v, bare));
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
		r = gv_cli_find_installed(cli, &spec, name, err);
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
		return hint(err, "", names.items[0]);
	}
	for (size_t i = 0; i < ret->n; i++)
		if (strcmp(ret->items[i], name) == 0)
			return 0;
	return gv_list_add(ret, name) < 0 ? gv_err_sys(err, -ENOMEM, "cannot uninstall")
					  : 0;
}

static bool is_users_own(const struct gv_pointer *p)
{
	return strcmp(p->name, "default") == 0 || p->name[0] == '@';
}

static int check_pointers(struct gv_cli *cli, const char *name, struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	int r = gv_pointers_load(&cli->store, &pointers, err);

	for (size_t i = 0; i < pointers.n && r == 0; i++) {
		const struct gv_pointer *p = &pointers.items[i];

		if (!is_users_own(p) || strcmp(p->target, name) != 0)
			continue;
		if (p->name[0] == '@')
			gv_err_set(err, -GV_EPOLICY, "%s has the tag '%s'", name,
				   p->name);
		else
			gv_err_set(err, -GV_EPOLICY, "%s is the default", name);
		return hint(err, "--force ", name);
	}
	return r;
}

/* Refuses a toolchain that somebody counts on, unless it is forced. */
static int check_unused(struct gv_cli *cli, const char *name, struct gv_err *err)
{
	struct gv_receipt receipt = {0};
	struct gv_err ignored = GV_ERR_INIT;
	bool adopted = false;
	char comm[64] = "";
	int pid, r;

	if (gv_cli_option(cli, "force"))
		return 0;
	r = check_pointers(cli, name, err);
	if (r < 0)
		return r;
	if (gv_receipt_load(&cli->store, name, &receipt, &ignored) == 0) {
		adopted = receipt.adopted;
		gv_receipt_release(&receipt);
	}
	/* One that is no longer what was adopted serves nobody. */
	if (adopted && gv_adopted_check(&cli->store, name, &ignored) < 0)
		return 0;
	if (adopted) {
		gv_err_set(err, -GV_EPOLICY,
			   "%s is adopted: only the link to it would go, not its files",
			   name);
		return hint(err, "--force ", name);
	}
	pid = gv_store_user(&cli->store, name, comm, sizeof(comm));
	if (pid > 0) {
		gv_err_set(err, -GV_EPOLICY, "%s is in use by process %d (%s)", name, pid,
			   comm);
		return hint(err, "--force ", name);
	}
	return 0;
}

/* No pointer may lead to what is about to go, if that can be. */
static int remove_locked(struct gv_cli *cli, const char *name, struct gv_err *err)
{
	struct gv_change_note note = {.command = cli->command_line};
	int r = gv_store_may_remove(&cli->store, name, err);

	if (r == 0)
		r = gv_pointers_forget(&cli->store, name, &note, err);
	if (r == 0)
		return gv_store_remove(&cli->store, name, err);
	if (r != -ENOSPC && r != -EDQUOT)
		return r;
	/* A full disk takes no new generation; what goes makes room for it. */
	r = gv_store_remove(&cli->store, name, err);
	if (r < 0)
		return r;
	gv_store_empty_trash(&cli->store);
	return gv_pointers_forget(&cli->store, name, &note, err);
}

static int remove_one(struct gv_cli *cli, const char *name, struct gv_err *err)
{
	struct gv_lock lock = GV_LOCK_INIT;
	int r = gv_cli_lock(cli, name, &lock, err);

	if (r < 0)
		return r;
	/* Once more: we may have waited. */
	r = check_unused(cli, name, err);
	if (r == 0)
		r = remove_locked(cli, name, err);
	gv_lock_drop(&lock);
	if (r == 0)
		gv_cli_done(cli, "%s uninstalled", name);
	return r;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	int r;

	if (argc == 0) {
		gv_err_set(err, -GV_EUSAGE, "which toolchain?");
		return gv_err_hint(err, "govern list");
	}
	r = gv_cli_store(cli, GV_STORE_READ, err);
	if (r == 0)
		gv_store_heal(&cli->store);
	for (int i = 0; i < argc && r >= 0; i++)
		r = find_one(cli, argv[i], &names, err);
	/* All or none, as far as can be told beforehand. */
	for (size_t i = 0; i < names.n && r == 0; i++)
		r = check_unused(cli, names.items[i], err);
	for (size_t i = 0; i < names.n && r == 0; i++)
		r = remove_one(cli, names.items[i], err);
	if (r == 0) {
		(void)!fflush(stdout); /* reported at the end */
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
		"are named.\nThe files of an adopted toolchain are never touched: with "
		"--force "
		"only the link goes.",
	.options = options,
	.complete = "installed",
	.max_operands = -1,
	.run = run,
};
