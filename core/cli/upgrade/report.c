// SPDX-License-Identifier: Apache-2.0
/* An upgrade's rows, for people and for programs. */
#include "core/cli/upgrade/plan.h"

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/cli/output.h"
#include "core/cli/terminal/table.h"

static enum gv_style style_of(enum gv_upgrade_result r)
{
	switch (r) {
	case GV_UPGRADE_CURRENT:
		return GV_STYLE_OFF;
	case GV_UPGRADE_WANTED:
		return GV_STYLE_YELLOW;
	case GV_UPGRADE_DONE:
		return GV_STYLE_GREEN;
	default:
		return GV_STYLE_RED;
	}
}

/* "go1.22.6, default" */
static void name_new(const struct gv_upgrade_row *row, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);

	gv_text_add(&t, row->new);
	for (size_t i = 0; i < row->moves.n; i++)
		gv_text_format(&t, ", %s", row->moves.items[i].name);
}

static int add_row(struct gv_table *t, const struct gv_upgrade_row *row)
{
	char new[256], took[GV_DURATION_LEN] = "-", fixes[16] = "-";
	struct gv_text f = gv_text_in(fixes, sizeof(fixes));
	const char *cells[] = {
		row->line, row->old, new,	  gv_upgrade_result_name(row->result),
		took,	   fixes,    row->used_by};
	int r;

	name_new(row, new, sizeof(new));
	if (row->ms)
		gv_format_duration(row->ms, took);
	if (row->fixes.n) {
		f = gv_text_in(fixes, sizeof(fixes));
		gv_text_format(&f, "%zu", row->fixes.n);
	}
	r = gv_table_row(t, GV_STYLE_OFF, cells);
	if (r == 0)
		gv_table_paint(t, 3, style_of(row->result));
	return r;
}

/* What was passed over, and what was fixed. */
static void say_more(const struct gv_cli *cli, const struct gv_upgrade_row *row)
{
	if (row->passed[0])
		gv_cli_done(cli, "%s: %s is passed over: %s", row->line, row->passed,
			    row->passed_why.message);
	for (size_t i = 0; i < row->fixes.n; i++)
		gv_cli_done(cli, "%s: %s", row->line, row->fixes.items[i]);
}

int gv_upgrade_print(const struct gv_upgrade_plan *p, struct gv_err *err)
{
	static const char *const head[] = {"LINE", "OLD",   "NEW",    "RESULT",
					   "TIME", "FIXES", "USED BY"};
	struct gv_table t = {.columns = GV_COUNT(head), .needed = 4, .right = 1u << 5};
	int r = gv_table_head(&t, head);

	for (size_t i = 0; i < p->n && r == 0; i++)
		if (!p->cli->quiet || p->rows[i].result != GV_UPGRADE_CURRENT)
			r = add_row(&t, &p->rows[i]);
	if (r == 0 && t.rows)
		gv_table_print(&t, p->cli);
	for (size_t i = 0; i < p->n && r == 0; i++)
		say_more(p->cli, &p->rows[i]);
	gv_table_release(&t);
	return r < 0 ? gv_err_sys(err, r, "cannot report") : 0;
}

static struct gv_json *passed_json(const struct gv_upgrade_row *row)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "version", row->passed);
	gv_json_set_str(o, "reason", row->passed_why.message);
	return o;
}

static struct gv_json *row_json(const struct gv_upgrade_row *row)
{
	struct gv_json *o = gv_json_new_object(), *moves = gv_json_new_array();
	struct gv_json *fixes = gv_json_new_array();

	for (size_t i = 0; i < row->moves.n; i++) {
		struct gv_json *m = gv_json_new_object();

		gv_json_set_str(m, "pointer", row->moves.items[i].name);
		gv_json_set_str(m, "before", row->moves.items[i].target);
		gv_json_append(moves, m);
	}
	for (size_t i = 0; i < row->fixes.n; i++)
		gv_json_append_str(fixes, row->fixes.items[i]);
	gv_json_set_str(o, "line", row->line);
	gv_json_set_str(o, "old", row->old);
	gv_json_set_str(o, "new", row->new);
	gv_json_set_str(o, "result", gv_upgrade_result_name(row->result));
	gv_json_set_str(o, "used_by", row->used_by);
	gv_json_set(o, "moves", moves);
	gv_json_set(o, "fixes", fixes);
	if (row->passed[0])
		gv_json_set(o, "passed_over", passed_json(row));
	else
		gv_json_set_str(o, "passed_over", NULL);
	gv_json_set_real(o, "seconds", (double)row->ms / 1000);
	if (row->err.code < 0)
		gv_cli_error_json(o, &row->err);
	return o;
}

struct gv_json *gv_upgrade_json(const struct gv_upgrade_plan *p, bool dry)
{
	struct gv_json *o = gv_cli_new_json(), *rows = gv_json_new_array();

	for (size_t i = 0; i < p->n; i++)
		gv_json_append(rows, row_json(&p->rows[i]));
	gv_json_set_bool(o, "dry_run", dry);
	gv_json_set(o, "upgrades", rows);
	return o;
}
