// SPDX-License-Identifier: Apache-2.0
#include "core/cli/record.h"

#include <string.h>

#include "core/cli/hook.h"
#include "core/cli/output.h"

void gv_cli_record(const struct gv_cli *cli, const struct gv_journal_entry *e)
{
	struct gv_journal_entry whole = *e;
	struct gv_err why = GV_ERR_INIT;

	/* What stands behind a hidden one is the command line of somebody's go. */
	whole.command = cli->command->hidden ? cli->command->name : cli->command_line;
	if (gv_journal_append(&cli->store, &whole, &why) < 0)
		gv_cli_warn(cli, "%s", why.message);
}

static void record_pointer(const struct gv_cli *cli, const struct gv_pointer_change *c,
			   const char *before)
{
	bool is_tag = c->name[0] == '@';
	struct gv_journal_entry e = {
		.event = !is_tag	? "default"
			 : c->target[0] ? "tag"
					: "tag-delete",
		.tag = is_tag ? c->name + 1 : NULL,
		.version = c->target,
		.before = before,
	};

	if (strcmp(c->target, before ? before : "") != 0)
		gv_cli_record(cli, &e);
}

/* Of each that will be another. */
static int ask_hooks(struct gv_cli *cli, const struct gv_pointer_change *c, size_t n,
		     const struct gv_pointers *pointers, struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		const char *before = gv_pointers_get(pointers, c[i].name);
		struct gv_hook_subject subject = {
			.pointer = c[i].name, .version = c[i].target, .before = before};

		if (strcmp(c[i].target, before ? before : "") != 0)
			r = gv_cli_hook_before(cli, GV_HOOK_PRE_SWITCH, &subject, err);
	}
	return r;
}

static void tell_hooks(struct gv_cli *cli, const struct gv_pointer_change *c,
		       const char *before)
{
	struct gv_hook_subject subject = {
		.pointer = c->name, .version = c->target, .before = before};

	if (strcmp(c->target, before ? before : "") != 0)
		gv_cli_hook_after(cli, GV_HOOK_POST_SWITCH, &subject);
}

int gv_cli_point(struct gv_cli *cli, const struct gv_pointer_change *changes, size_t n,
		 struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers before = GV_POINTERS_INIT;
	struct gv_change_note note = {.command = cli->command_line};
	struct gv_err unused = GV_ERR_INIT;
	int r;

	if (n)
		(void)!gv_pointers_load(&cli->store, &before,
					&unused); /* then it was not known */
	r = ask_hooks(cli, changes, n, &before, err);
	if (r == 0)
		r = gv_pointers_change(&cli->store, changes, n, &note, err);
	for (size_t i = 0; i < n && r == 0; i++)
		record_pointer(cli, &changes[i],
			       gv_pointers_get(&before, changes[i].name));
	for (size_t i = 0; i < n && r == 0; i++)
		tell_hooks(cli, &changes[i], gv_pointers_get(&before, changes[i].name));
	return r;
}

int gv_cli_forget(struct gv_cli *cli, const char *name, struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers before = GV_POINTERS_INIT;
	struct gv_change_note note = {.command = cli->command_line};
	struct gv_err unused = GV_ERR_INIT;
	int r;

	(void)!gv_pointers_load(&cli->store, &before, &unused); /* as above */
	r = gv_pointers_forget(&cli->store, name, &note, err);
	for (size_t i = 0; i < before.n && r == 0; i++) {
		const struct gv_pointer *p = &before.items[i];
		struct gv_pointer_change gone = {.name = p->name, .target = ""};

		/* Lines and `latest` follow from what is installed. */
		if (strcmp(p->target, name) == 0 && gv_pointer_is_chosen(p->name))
			record_pointer(cli, &gone, name);
	}
	return r;
}
