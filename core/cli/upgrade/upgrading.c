// SPDX-License-Identifier: Apache-2.0
#include "core/cli/upgrade/upgrading.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/cli/batch.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/store/adopted.h"
#include "core/store/canary.h"

/* A change of several pointers while it is put together; the names of holds are here. */
struct switching {
	struct gv_pointer_change *changes;
	struct gv_pointer_name *holds;
	size_t n, n_holds;
};

static int init(struct switching *s, const struct gv_upgrade_plan *p, struct gv_err *err)
{
	size_t room = p->pointers.n + p->n * 2 + 1;

	for (size_t i = 0; i < p->n; i++)
		room += p->rows[i].moves.n;
	*s = (struct switching){.changes = calloc(room, sizeof(*s->changes)),
				.holds = calloc(room, sizeof(*s->holds))};
	if (s->changes && s->holds)
		return 0;
	free(s->changes);
	free(s->holds);
	return gv_err_sys(err, -ENOMEM, "cannot upgrade");
}

static void release(struct switching *s)
{
	free(s->changes);
	free(s->holds);
}

static void add(struct switching *s, const char *name, const char *target)
{
	s->changes[s->n++] = (struct gv_pointer_change){name, target};
}

static void add_hold(struct switching *s, const char *toolchain, bool held)
{
	struct gv_pointer_name *name = &s->holds[s->n_holds++];

	*name = gv_pointer_hold(toolchain);
	add(s, name->s, held ? toolchain : "");
}

struct gv_upgrade_row *gv_upgrade_row_of(const struct gv_upgrade_plan *p,
					 const char *version)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i].result == GV_UPGRADE_WANTED &&
		    strcmp(p->rows[i].new, version) == 0)
			return &p->rows[i];
	return NULL;
}

/* -- 1: holding back ----------------------------------------------------------------- */

/* What a canary brings in lies where the store's toolchains do: there it is held, too,
 * until it is promoted. */
static int hold_for_all(const struct gv_cli *cli, const struct switching *s,
			struct gv_err *err)
{
	struct gv_change_note note = gv_cli_note(cli, NULL);
	struct gv_store store;
	int r = gv_canary_open_parent(&cli->store, &store, err);

	if (r != 0)
		return r < 0 ? r : 0;
	for (size_t i = 0; i < s->n && r == 0; i++)
		if (s->changes[i].target[0])
			r = gv_pointers_change(&store, &s->changes[i], 1, &note, err);
	gv_store_close(&store);
	return r;
}

/* What is not there yet is held; a hold that an interrupted upgrade left for what
 * never came goes. */
static int hold(struct gv_upgrade_plan *p, struct gv_err *err)
{
	struct switching s;
	int r = init(&s, p, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i].result == GV_UPGRADE_WANTED &&
		    !gv_store_serves(&p->cli->store, p->rows[i].new))
			add_hold(&s, p->rows[i].new, true);
	for (size_t i = 0; i < p->pointers.n; i++) {
		const struct gv_pointer *to = &p->pointers.items[i];

		if (gv_pointer_is_hold(to->name) && !gv_upgrade_row_of(p, to->target) &&
		    !gv_store_has(&p->cli->store, to->target))
			add_hold(&s, to->target, false);
	}
	if (s.n)
		r = hold_for_all(p->cli, &s, err);
	if (r == 0 && s.n)
		r = gv_cli_point_for(p->cli, s.changes, s.n, NULL, err);
	release(&s);
	return r;
}

/* -- 2: installing ------------------------------------------------------------------- */

static void fail(struct gv_upgrade_row *row, enum gv_upgrade_result result,
		 const struct gv_err *why)
{
	row->result = result;
	row->err = *why;
}

/* Its hold would wait for it for ever; when not now, the next upgrade lets go of it. */
static void drop_hold(struct gv_upgrade_plan *p, const struct gv_upgrade_row *row)
{
	struct gv_pointer_name name = gv_pointer_hold(row->new);
	struct gv_pointer_change drop = {.name = name.s, .target = ""};
	struct gv_change_note note = gv_cli_note(p->cli, NULL);
	struct gv_err unused = GV_ERR_INIT;
	struct gv_store store;

	if (gv_store_has(&p->cli->store, row->new))
		return;
	(void)!gv_cli_point(p->cli, &drop, 1, &unused);
	if (gv_canary_open_parent(&p->cli->store, &store, &unused) != 0)
		return;
	(void)!gv_pointers_change(&store, &drop, 1, &note, &unused);
	gv_store_close(&store);
}

static int install(struct gv_upgrade_plan *p, struct gv_pipeline *pipeline,
		   struct gv_err *err)
{
	struct gv_batch batch = {0};
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++) {
		struct gv_version v;

		if (p->rows[i].result == GV_UPGRADE_WANTED && !p->rows[i].is_here &&
		    gv_version_parse(p->rows[i].new, strlen(p->rows[i].new), &v) == 0)
			r = gv_batch_add(&batch, &v) < 0
				    ? gv_err_sys(err, -ENOMEM, "cannot upgrade")
				    : 0;
	}
	if (r == 0)
		r = gv_batch_install(p->cli, pipeline, &batch, p->jobs, err);
	for (size_t i = 0; i < batch.n; i++) {
		const struct gv_batch_item *item = &batch.items[i];
		struct gv_upgrade_row *row = gv_upgrade_row_of(p, item->version.name);

		if (!row || !item->tried)
			continue;
		row->ms += item->installed.milliseconds;
		row->is_here = item->r == 0;
		if (row->is_here)
			continue;
		fail(row, GV_UPGRADE_NOT_INSTALLED, &item->err);
		drop_hold(p, row);
	}
	gv_batch_tell_hooks(p->cli, &batch);
	gv_batch_release(&batch);
	return r;
}

/* What says of itself that it is too young was refused; the next older one may not be.
 * 1: there is more to bring in. */
static int pass_over(struct gv_upgrade_plan *p, const struct gv_install *in,
		     struct gv_err *err)
{
	bool more = false;
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++) {
		struct gv_upgrade_row *row = &p->rows[i];
		struct gv_err why = row->err;

		if (row->result != GV_UPGRADE_NOT_INSTALLED || !row->unsure ||
		    why.code != -GV_EPOLICY)
			continue;
		row->err = GV_ERR_INIT;
		r = gv_upgrade_pass_over(p, in, row, &why, err);
		more = more || row->result == GV_UPGRADE_WANTED;
	}
	return r < 0 ? r : more;
}

/* -- 3: checking --------------------------------------------------------------------- */

static int check(struct gv_upgrade_plan *p, const struct gv_smoke *smoke,
		 struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++) {
		struct gv_upgrade_row *row = &p->rows[i];
		struct gv_smoke what = *smoke;
		struct gv_err why = GV_ERR_INIT;
		int64_t began = gv_clock_ms();

		if (row->result != GV_UPGRADE_WANTED)
			continue;
		what.version = row->new;
#ifndef GV_WITHOUT_SMOKE /* tests/controls: whatever came is good */
		why.code = gv_smoke(&what, GV_SMOKE_ALL, &why);
#endif
		row->ms += gv_clock_ms() - began;
		if (why.code == -GV_EINTERRUPTED) {
			*err = why;
			r = why.code;
		} else if (why.code < 0) {
			fail(row, GV_UPGRADE_CHECK_FAILED, &why);
		}
	}
	return r;
}

/* -- 4: switching -------------------------------------------------------------------- */

static int switch_over(struct gv_upgrade_plan *p, struct gv_err *err)
{
	struct switching s;
	int r = init(&s, p, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < p->n; i++) {
		const struct gv_upgrade_row *row = &p->rows[i];

		if (row->result != GV_UPGRADE_WANTED)
			continue;
		add_hold(&s, row->new, false);
		for (size_t k = 0; k < row->moves.n; k++)
			add(&s, row->moves.items[k].name, row->new);
	}
	if (s.n)
		r = gv_cli_point_for(p->cli, s.changes, s.n, NULL, err);
	release(&s);
	for (size_t i = 0; i < p->n; i++) {
		struct gv_upgrade_row *row = &p->rows[i];

		if (row->result != GV_UPGRADE_WANTED)
			continue;
		if (r < 0) {
			fail(row, GV_UPGRADE_REFUSED, err);
			continue;
		}
		row->result = GV_UPGRADE_DONE;
		gv_cli_record(p->cli, &(struct gv_journal_entry){.event = "upgrade",
								 .version = row->new,
								 .before = row->old});
	}
	return r;
}

int gv_upgrade_carry_out(struct gv_upgrade_plan *p, struct gv_pipeline *pipeline,
			 const struct gv_smoke *smoke, struct gv_err *err)
{
	int r;

	pipeline->in.minimum = GV_TRUST_PROVEN;
	do {
		r = hold(p, err);
		if (r == 0)
			r = install(p, pipeline, err);
		if (r == 0)
			r = pass_over(p, &pipeline->in, err);
	} while (r == 1);
	if (r == 0)
		r = check(p, smoke, err);
	return r == 0 ? switch_over(p, err) : r;
}
