// SPDX-License-Identifier: Apache-2.0
/* Watching an upgrade that is done, and taking it back when a check fails. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/cli/hook.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/cli/upgrade/upgrading.h"

enum { TIMES = 10, PAUSE_MIN_MS = 1000, PAUSE_MAX_MS = 60 * 60 * 1000 };

/* What still leads to the new toolchain leads to the old one again. */
static size_t collect(const struct gv_upgrade_row *row, const struct gv_pointers *now,
		      struct gv_pointer_change *changes)
{
	size_t n = 0;

	for (size_t i = 0; i < row->moves.n; i++) {
		const struct gv_pointer *was = &row->moves.items[i];
		const char *leads = gv_pointers_get(now, was->name);

		if (leads && strcmp(leads, row->new) == 0)
			changes[n++] = (struct gv_pointer_change){was->name, was->target};
	}
	return n;
}

static int take_back(struct gv_upgrade_plan *p, struct gv_upgrade_row *row,
		     const struct gv_err *why, struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers now = GV_POINTERS_INIT;
	struct gv_pointer_name hold = gv_pointer_hold(row->new);
	struct gv_pointer_change *changes = calloc(row->moves.n + 1, sizeof(*changes));
	struct gv_journal_entry e = {.event = "upgrade-undone",
				     .version = row->old,
				     .before = row->new,
				     .reason = why->message};
	size_t n;
	int r = changes ? gv_pointers_load(&p->cli->store, &now, err)
			: gv_err_sys(err, -ENOMEM, "cannot upgrade");

	if (r == 0) {
		n = collect(row, &now, changes);
		changes[n++] = (struct gv_pointer_change){hold.s, row->new};
		r = gv_cli_point_for(p->cli, changes, n, why->message, err);
	}
	free(changes);
	if (r < 0)
		return r;
	gv_cli_record(p->cli, &e);
	row->result = GV_UPGRADE_ROLLED_BACK;
	row->err = *why;
	return 0;
}

static int check_once(struct gv_upgrade_plan *p, const struct gv_smoke *smoke,
		      unsigned parts, struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++) {
		struct gv_smoke what = *smoke;
		struct gv_err why = GV_ERR_INIT;

		if (p->rows[i].result != GV_UPGRADE_DONE)
			continue;
		what.version = p->rows[i].new;
		why.code = gv_smoke(&what, parts, &why);
		if (why.code == -GV_EINTERRUPTED) {
			*err = why;
			r = why.code;
		} else if (why.code < 0) {
			r = take_back(p, &p->rows[i], &why, err);
		}
	}
	return r;
}

static bool any_left(const struct gv_upgrade_plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i].result == GV_UPGRADE_DONE)
			return true;
	return false;
}

static void pause_ms(int64_t ms)
{
	struct pollfd fd = {.fd = gv_interrupt_fd(), .events = POLLIN};

	(void)!poll(&fd, 1, (int)ms); /* woken early is fine */
}

int gv_upgrade_soak(struct gv_upgrade_plan *p, const struct gv_smoke *smoke,
		    int64_t seconds, struct gv_err *err)
{
	int64_t end = gv_clock_ms() + seconds * 1000, pause = seconds * 1000 / TIMES;
	bool theirs = smoke->projects->n > 0 || gv_cli_has_hooks(p->cli, GV_HOOK_SMOKE);
	unsigned parts = theirs ? GV_SMOKE_HOOKS | GV_SMOKE_PROJECTS : GV_SMOKE_STANDARD;
	char took[GV_DURATION_LEN];
	int r = 0;

	if (pause < PAUSE_MIN_MS)
		pause = PAUSE_MIN_MS;
	if (pause > PAUSE_MAX_MS)
		pause = PAUSE_MAX_MS;
	gv_format_duration(seconds * 1000, took);
	if (any_left(p))
		gv_cli_done(p->cli, "switched; checked again for %s", took);
	gv_output_flush();
	while (any_left(p) && r == 0 && !gv_interrupted()) {
		int64_t left = end - gv_clock_ms();

		pause_ms(left < pause ? (left > 0 ? left : 0) : pause);
		if (gv_interrupted())
			break;
		r = check_once(p, smoke, parts, err);
		if (left <= pause)
			break;
	}
	if (r == 0 && gv_interrupted())
		return gv_err_set(err, -GV_EINTERRUPTED, "interrupted");
	return r;
}
