// SPDX-License-Identifier: Apache-2.0
#include "core/cli/remove.h"

#include <errno.h>
#include <string.h>

#include "core/cli/hook.h"
#include "core/cli/installed.h"
#include "core/cli/journal/record.h"
#include "core/store/adopted.h"
#include "core/store/canary.h"
#include "core/store/pointers.h"
#include "core/store/receipt.h"

int gv_uninstall_hint(struct gv_err *err, const char *option, const char *name)
{
	char bare[GV_NAME_MAX];
	struct gv_version v;

	if (gv_version_parse(name, strlen(name), &v) < 0)
		return err->code;
	return gv_err_hint(err, "govern uninstall %s%s", option,
			   gv_version_bare(&v, bare));
}

/* `of`: whose pointers they are, when they are not those of the store at hand. */
static int refuse(const char *name, const char *pointer, const char *of,
		  struct gv_err *err)
{
	bool tag = pointer[0] == '@';

	if (tag && of)
		gv_err_set(err, -GV_EPOLICY, "%s has the tag '%s' of '%s'", name, pointer,
			   of);
	else if (tag)
		gv_err_set(err, -GV_EPOLICY, "%s has the tag '%s'", name, pointer);
	else if (of)
		gv_err_set(err, -GV_EPOLICY, "%s is the default of '%s'", name, of);
	else
		gv_err_set(err, -GV_EPOLICY, "%s is the default", name);
	return gv_uninstall_hint(err, "--force ", name);
}

static int check_pointers(const struct gv_store *s, const char *of, const char *name,
			  struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	int r = gv_pointers_load(s, &pointers, err);

	for (size_t i = 0; i < pointers.n && r == 0; i++) {
		const struct gv_pointer *p = &pointers.items[i];

		if (gv_pointer_is_chosen(p->name) && strcmp(p->target, name) == 0)
			r = refuse(name, p->name, of, err);
	}
	return r;
}

/* What is here is there for the other one, too. */
static int check_other(const struct gv_store *s, const char *name, struct gv_err *err)
{
	struct gv_store other;
	int r = gv_canary_open_other(s, &other, err);

	if (r != 0)
		return r < 0 ? r : 0;
#ifndef GV_WITHOUT_CANARY /* tests/controls: each for itself */
	r = check_pointers(&other, other.root, name, err);
#endif
	gv_store_close(&other);
	return r;
}

static bool is_adopted(const struct gv_cli *cli, const char *name)
{
	GV_CLEANUP(gv_receipt_release) struct gv_receipt receipt = {0};
	struct gv_err ignored = GV_ERR_INIT;

	return gv_receipt_load(&cli->store, name, &receipt, &ignored) == 0 &&
	       receipt.adopted;
}

int gv_cli_check_unused(struct gv_cli *cli, const char *name, unsigned flags,
			struct gv_err *err)
{
	struct gv_err ignored = GV_ERR_INIT;
	char comm[64] = "";
	int pid, r;

	if (flags & GV_REMOVE_FORCED)
		return 0;
	r = check_pointers(&cli->store, NULL, name, err);
	if (r == 0)
		r = check_other(&cli->store, name, err);
	if (r < 0)
		return r;
	/* One that is no longer what was adopted serves nobody. */
	if (is_adopted(cli, name) && gv_adopted_check(&cli->store, name, &ignored) < 0)
		return 0;
	if (!(flags & GV_REMOVE_ADOPTED) && is_adopted(cli, name)) {
		gv_err_set(err, -GV_EPOLICY,
			   "%s is adopted: only the link to it would go, not its files",
			   name);
		return gv_uninstall_hint(err, "--force ", name);
	}
	pid = gv_store_user(&cli->store, name, comm, sizeof(comm));
	if (pid > 0) {
		gv_err_set(err, -GV_EPOLICY, "%s is in use by process %d (%s)", name, pid,
			   comm);
		return gv_uninstall_hint(err, "--force ", name);
	}
	return 0;
}

/* No pointer may lead to what is about to go, if that can be. */
static int remove_locked(struct gv_cli *cli, const char *name, struct gv_err *err)
{
	struct gv_change_note note = gv_cli_note(cli, NULL);
	struct gv_err unused = GV_ERR_INIT;
	int r = gv_store_may_remove(&cli->store, name, err);

	if (r == 0)
		r = gv_cli_forget(cli, name, err);
	if (r == 0) {
		r = gv_store_remove(&cli->store, name, err);
		if (r == 0) /* its hold goes last */
			(void)!gv_canary_forget_other(&cli->store, name, &note, &unused);
		return r;
	}
	if (r != -ENOSPC && r != -EDQUOT)
		return r;
	/* A full disk takes no new generation; what goes makes room for it. */
	r = gv_store_remove(&cli->store, name, err);
	if (r < 0)
		return r;
	gv_store_empty_trash(&cli->store);
	return gv_cli_forget(cli, name, err);
}

/* `receipt`: what it had, for whoever is told. */
static int remove_one(struct gv_cli *cli, const char *name, unsigned flags,
		      struct gv_receipt *receipt, struct gv_err *err)
{
	GV_CLEANUP(gv_lock_drop) struct gv_lock lock = GV_LOCK_INIT;
	struct gv_journal_entry e = {.event = "uninstall", .version = name};
	struct gv_err ignored = GV_ERR_INIT;
	int r = gv_cli_lock(cli, name, &lock, err);

	if (r < 0)
		return r;
	/* Once more: we may have waited. */
	r = gv_cli_check_unused(cli, name, flags, err);
	if (r == 0 && gv_receipt_load(&cli->store, name, receipt, &ignored) == 0) {
		e.h1 = receipt->h1;
		e.trust = gv_trust_name(receipt->trust);
		e.source = receipt->source;
	}
	if (r == 0)
		r = remove_locked(cli, name, err);
	if (r == 0)
		gv_cli_record(cli, &e);
	return r;
}

static bool is_held(const struct gv_store *s, const char *name)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	struct gv_err unused = GV_ERR_INIT;

	return gv_pointers_load(s, &pointers, &unused) == 0 &&
	       gv_pointers_get(&pointers, gv_pointer_hold(name).s);
}

bool gv_cli_is_only_held(const struct gv_cli *cli, const char *name)
{
	struct gv_err unused = GV_ERR_INIT;
	struct gv_store other;
	bool held;

	if (!cli->store_open || gv_store_look(&cli->store, name) != 0)
		return false;
	held = is_held(&cli->store, name);
	if (!held && gv_canary_open_other(&cli->store, &other, &unused) == 0) {
		held = is_held(&other, name);
		gv_store_close(&other);
	}
	return held;
}

int gv_cli_drop_hold(struct gv_cli *cli, const char *name, unsigned flags,
		     struct gv_err *err)
{
	GV_CLEANUP(gv_lock_drop) struct gv_lock lock = GV_LOCK_INIT;
	struct gv_pointer_name hold = gv_pointer_hold(name);
	struct gv_journal_entry e = {.event = "hold-delete", .version = hold.s + 1};
	int r = gv_cli_lock(cli, name, &lock, err);

	if (r == 0)
		r = gv_cli_check_unused(cli, name, flags, err);
	if (r == 0 && gv_cli_is_only_held(cli, name)) {
		r = gv_cli_forget(cli, name, err);
		if (r == 0)
			gv_cli_record(cli, &e);
	}
	return r;
}

int gv_cli_remove(struct gv_cli *cli, const char *name, unsigned flags,
		  struct gv_err *err)
{
	GV_CLEANUP(gv_receipt_release) struct gv_receipt receipt = {0};
	struct gv_hook_subject subject = {.version = name};
	int r = gv_cli_hook_before(cli, GV_HOOK_PRE_REMOVE, &subject, err);

	if (r == 0)
		r = remove_one(cli, name, flags, &receipt, err);
	if (r < 0)
		return r;
	gv_canary_heal_other(&cli->store);
	subject.trust = gv_trust_name(receipt.trust);
	subject.source = receipt.source;
	subject.h1 = receipt.h1;
	gv_cli_hook_after(cli, GV_HOOK_POST_REMOVE, &subject);
	return 0;
}
