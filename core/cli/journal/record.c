// SPDX-License-Identifier: Apache-2.0
#include "core/cli/journal/record.h"

#include <string.h>

#include "core/cli/hook.h"
#include "core/cli/journal/forward.h"
#include "core/cli/journal/moves.h"
#include "core/cli/output.h"
#include "core/cli/policy/allowed.h"
#include "core/store/canary.h"

void gv_cli_record(struct gv_cli *cli, const struct gv_journal_entry *e)
{
	gv_cli_record_in(cli, &cli->store, e);
}

/* What stands behind a hidden one is the command line of somebody's go. */
static const char *command_of(const struct gv_cli *cli)
{
	return cli->command->hidden ? cli->command->name : cli->command_line;
}

void gv_cli_record_in(struct gv_cli *cli, const struct gv_store *s,
		      const struct gv_journal_entry *e)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf line = GV_BUF_INIT(0);
	struct gv_journal_entry whole = *e;
	struct gv_err why = GV_ERR_INIT;

	whole.command = command_of(cli);
	if (!whole.reason)
		whole.reason = cli->reason;
	if (gv_journal_append_line(s, &whole, &line, &why) < 0)
		gv_cli_warn(cli, "%s", why.message);
	else if (line.len)
		gv_cli_forward(cli, s->root, line.data, line.len);
}

static const char *event_of(const struct gv_pointer_change *c)
{
	if (gv_pointer_is_hold(c->name))
		return c->target[0] ? "hold" : "hold-delete";
	if (c->name[0] == '@')
		return c->target[0] ? "tag" : "tag-delete";
	return "default";
}

static void record_pointer(struct gv_cli *cli, const struct gv_pointer_change *c,
			   const char *before, const char *reason)
{
	bool is_hold = gv_pointer_is_hold(c->name);
	struct gv_journal_entry e = {
		.event = event_of(c),
		.tag = c->name[0] == '@' ? c->name + 1 : NULL,
		.version = is_hold ? c->name + 1 : c->target,
		.before = is_hold ? NULL : before,
		.reason = reason,
	};

	if (strcmp(c->target, before ? before : "") != 0)
		gv_cli_record(cli, &e);
}

static void record_return(struct gv_cli *cli, const struct gv_change_note *note)
{
	struct gv_journal_entry e = {
		.event = "rollback",
		.reason = note->reason,
		.generation = note->returned_to,
	};

	gv_cli_record(cli, &e);
}

/* -- who is asked, and told ---------------------------------------------------------- */

/* What moves with a change: `default` and tags, which somebody chose; and lines and
 * `latest` where they follow from what is held back or let go, as an upgrade and a
 * rollback have it, and not from what was installed or removed: that has hooks of its
 * own. */
struct moving {
	struct gv_cli *cli;
	struct gv_pointers after;
	bool lines;
	struct gv_err *err; /* of hooks that are asked; NULL: they are told */
};

static int on_move(void *arg, const char *pointer, const char *before, const char *after)
{
	const struct moving *m = arg;
	struct gv_hook_subject subject = {
		.pointer = pointer,
		.version = after,
		.before = before[0] ? before : NULL,
	};

	if (gv_pointer_is_hold(pointer) || (!gv_pointer_is_chosen(pointer) && !m->lines))
		return 0;
	if (m->err)
		return gv_cli_hook_before(m->cli, GV_HOOK_PRE_SWITCH, &subject, m->err);
	gv_cli_hook_after(m->cli, GV_HOOK_POST_SWITCH, &subject);
	return 0;
}

static int ask_hooks(struct moving *m, const struct gv_pointer_change *c, size_t n,
		     const struct gv_pointers *before, struct gv_err *err)
{
	int r = gv_pointers_preview(&m->cli->store, c, n, &m->after, err);

	for (size_t i = 0; i < n; i++)
		if (gv_pointer_is_hold(c[i].name))
			m->lines = true;
	m->err = err;
	if (r == 0)
		r = gv_each_move(before, &m->after, on_move, m);
	m->err = NULL;
	return r;
}

static bool leads_to(const struct gv_pointers *p, const struct gv_pointer_change *c)
{
	const char *now = gv_pointers_get(p, c->name);

	return now && strcmp(now, c->target) == 0;
}

/* Of each that will be another. */
static int ask_policy(struct gv_cli *cli, const struct gv_pointer_change *c, size_t n,
		      const struct gv_pointers *pointers, struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		if (c[i].target[0] && gv_pointer_is_chosen(c[i].name) &&
		    !leads_to(pointers, &c[i]))
			r = gv_cli_allowed(cli, c[i].target, err);
	return r;
}

/* The change and its records. */
static int carry_out(struct gv_cli *cli, const struct gv_pointer_change *changes,
		     size_t n, const struct gv_pointers *before,
		     const struct gv_change_note *note, struct gv_err *err)
{
	int r = gv_pointers_change(&cli->store, changes, n, note, err);

	if (r < 0)
		return r;
	gv_canary_heal_other(&cli->store);
	if (n && note->returned_to)
		record_return(cli, note);
	for (size_t i = 0; i < n; i++)
		record_pointer(cli, &changes[i], gv_pointers_get(before, changes[i].name),
			       note->reason);
	return 0;
}

/* Policy, hooks, the change, its records, hooks. */
static int point(struct gv_cli *cli, const struct gv_pointer_change *changes, size_t n,
		 const struct gv_pointers *before, const struct gv_change_note *note,
		 struct gv_err *err)
{
	struct moving m = {.cli = cli};
	bool hooks = n && (gv_cli_has_hooks(cli, GV_HOOK_PRE_SWITCH) ||
			   gv_cli_has_hooks(cli, GV_HOOK_POST_SWITCH));
	int r = ask_policy(cli, changes, n, before, err);

	if (r == 0 && hooks)
		r = ask_hooks(&m, changes, n, before, err);
	if (r == 0)
		r = carry_out(cli, changes, n, before, note, err);
	if (r == 0 && hooks)
		r = gv_each_move(before, &m.after, on_move, &m);
	gv_pointers_release(&m.after);
	return r;
}

struct gv_change_note gv_cli_note(const struct gv_cli *cli, const char *reason)
{
	return (struct gv_change_note){
		.command = command_of(cli),
		.reason = reason ? reason : cli->reason,
	};
}

int gv_cli_point(struct gv_cli *cli, const struct gv_pointer_change *changes, size_t n,
		 struct gv_err *err)
{
	return gv_cli_point_for(cli, changes, n, NULL, err);
}

int gv_cli_point_for(struct gv_cli *cli, const struct gv_pointer_change *changes,
		     size_t n, const char *reason, struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers before = GV_POINTERS_INIT;
	struct gv_change_note note = gv_cli_note(cli, reason);
	struct gv_err unused = GV_ERR_INIT;

	if (n)
		(void)!gv_pointers_load(&cli->store, &before,
					&unused); /* then it was not known */
	return point(cli, changes, n, &before, &note, err);
}

int gv_cli_return(struct gv_cli *cli, uint64_t number, const char *reason,
		  struct gv_rollback *ret, struct gv_err *err)
{
	struct gv_rollback plan = {0};
	struct gv_change_note note = gv_cli_note(cli, reason);
	int r = gv_rollback_plan(&cli->store, number, &plan, err);

	note.returned_to = plan.number;
	if (r == 0)
		r = point(cli, plan.changes, plan.n, &plan.now, &note, err);
	if (r == 0 && ret)
		*ret = plan;
	else
		gv_rollback_release(&plan);
	return r;
}

int gv_cli_forget(struct gv_cli *cli, const char *name, struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers before = GV_POINTERS_INIT;
	struct gv_change_note note = gv_cli_note(cli, NULL);
	struct gv_err unused = GV_ERR_INIT;
	int r;

	(void)!gv_pointers_load(&cli->store, &before, &unused); /* as above */
	r = gv_pointers_forget(&cli->store, name, &note, err);
	if (r == 0)
		r = gv_canary_forget_other(&cli->store, name, &note, err);
	for (size_t i = 0; i < before.n && r == 0; i++) {
		const struct gv_pointer *p = &before.items[i];
		struct gv_pointer_change gone = {.name = p->name, .target = ""};

		/* Lines and `latest` follow from what is installed. */
		if (strcmp(p->target, name) == 0 && gv_pointer_is_chosen(p->name))
			record_pointer(cli, &gone, name, NULL);
	}
	return r;
}
