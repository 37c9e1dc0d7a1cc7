// SPDX-License-Identifier: Apache-2.0
#include "core/cli/upgrade/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/pins.h"

const char *gv_upgrade_result_name(enum gv_upgrade_result r)
{
	static const char *const names[] = {
		[GV_UPGRADE_CURRENT] = "current",
		[GV_UPGRADE_WANTED] = "wanted",
		[GV_UPGRADE_DONE] = "upgraded",
		[GV_UPGRADE_NOT_INSTALLED] = "not-installed",
		[GV_UPGRADE_CHECK_FAILED] = "check-failed",
		[GV_UPGRADE_REFUSED] = "refused",
		[GV_UPGRADE_ROLLED_BACK] = "rolled-back",
	};

	return names[r];
}

void gv_upgrade_plan_release(struct gv_upgrade_plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		gv_pointers_release(&p->rows[i].moves);
		gv_list_release(&p->rows[i].fixes);
	}
	free(p->rows);
	gv_pointers_release(&p->pointers);
	gv_releases_release(&p->releases);
	*p = (struct gv_upgrade_plan){0};
}

bool gv_upgrade_is_wanted(const struct gv_upgrade_plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->rows[i].result == GV_UPGRADE_WANTED)
			return true;
	return false;
}

static int no_memory(struct gv_err *err)
{
	return gv_err_sys(err, -ENOMEM, "cannot upgrade");
}

/* -- which lines --------------------------------------------------------------------- */

static int compare_lines(const char *a, const char *b)
{
	struct gv_version x, y;

	if (gv_version_parse_bare(a, strlen(a), &x) < 0 ||
	    gv_version_parse_bare(b, strlen(b), &y) < 0)
		return strcmp(a, b);
	return gv_version_compare(&x, &y);
}

static void add_use(struct gv_upgrade_row *row, const char *why)
{
	size_t used = strlen(row->used_by);
	struct gv_text t = gv_text_in(row->used_by + used, sizeof(row->used_by) - used);

	if (used)
		gv_text_add(&t, ", ");
	gv_text_add_visible(&t, why, strlen(why));
	if (t.cut) /* as many as fit */
		row->used_by[used] = '\0';
}

/* The rows stay sorted. */
static int add_line(struct gv_upgrade_plan *p, const char *line, const char *why)
{
	struct gv_upgrade_row *more, row = {0};
	struct gv_text t = gv_text_in(row.line, sizeof(row.line));
	size_t i = 0;

	while (i < p->n && compare_lines(p->rows[i].line, line) < 0)
		i++;
	if (i < p->n && strcmp(p->rows[i].line, line) == 0) {
		add_use(&p->rows[i], why);
		return 0;
	}
	more = reallocarray(p->rows, p->n + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	p->rows = more;
	memmove(more + i + 1, more + i, (p->n - i) * sizeof(*more));
	p->n++;
	gv_text_add(&t, line);
	more[i] = row;
	add_use(&more[i], why);
	return 0;
}

int gv_upgrade_line_of(const char *name, char ret[GV_NAME_MAX])
{
	struct gv_version v;

	if (gv_version_parse(name, strlen(name), &v) < 0 || v.suffix.len)
		return 1;
	gv_version_line(&v, ret);
	return 0;
}

static int use_toolchain(struct gv_upgrade_plan *p, const char *name, const char *why)
{
	char line[GV_NAME_MAX];

	return name && gv_upgrade_line_of(name, line) == 0 ? add_line(p, line, why) : 0;
}

static int use_pointers(struct gv_upgrade_plan *p)
{
	int r = 0;

	for (size_t i = 0; i < p->pointers.n && r == 0; i++)
		if (gv_pointer_is_chosen(p->pointers.items[i].name))
			r = use_toolchain(p, p->pointers.items[i].target,
					  p->pointers.items[i].name);
	return r;
}

static int use_here(struct gv_upgrade_plan *p)
{
	static struct gv_choice choice;
	struct gv_err ignored = GV_ERR_INIT;
	char why[GV_WHY_LEN];

	if (gv_cli_resolve(p->cli, "go", NULL, NULL, &choice, &ignored) < 0 ||
	    choice.kind == GV_KIND_DEFAULT || choice.kind == GV_KIND_SYSTEM)
		return 0;
	gv_cli_why(&choice, why);
	return use_toolchain(p, choice.name, why);
}

static int on_pin(void *arg, const struct gv_spec *spec, const char *file, unsigned at)
{
	struct gv_upgrade_plan *p = arg;
	char why[GV_WHY_LEN];
	struct gv_text t = gv_text_in(why, sizeof(why));

	gv_text_format(&t, "%s:%u", file, at);
	switch (spec->kind) {
	case GV_SPEC_EXACT:
		return use_toolchain(p, spec->version.name, why);
	case GV_SPEC_LINE:
		return add_line(p, spec->line, why);
	case GV_SPEC_LATEST:
		return use_toolchain(p, gv_pointers_get(&p->pointers, "latest"), why);
	default:
		return 0; /* a tag counts in any case */
	}
}

static void on_warning(void *arg, const char *message)
{
	const struct gv_upgrade_plan *p = arg;

	gv_cli_warn(p->cli, "%s", message);
}

static int add_operand(struct gv_upgrade_plan *p, const char *arg, struct gv_err *err)
{
	const char *latest = gv_pointers_get(&p->pointers, "latest");
	struct gv_spec spec;
	int r = gv_cli_spec(arg, &spec, err);

	if (r < 0)
		return r;
	if (spec.kind == GV_SPEC_LATEST && latest)
		r = use_toolchain(p, latest, arg);
	else if (spec.kind == GV_SPEC_LINE)
		r = add_line(p, spec.line, "named");
	else if (spec.kind == GV_SPEC_LATEST)
		return gv_err_set(err, -GV_ENOTFOUND, "no installed toolchain is '%s'",
				  arg);
	else {
		gv_err_set(err, -GV_EUSAGE, "'%s' is not a line", arg);
		return gv_err_hint(err, "govern upgrade 1.22");
	}
	return r < 0 ? no_memory(err) : 0;
}

/* Without a toolchain of its own a line is nothing to upgrade. */
static int drop_empty(struct gv_upgrade_plan *p, bool named, struct gv_err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		const char *leads = gv_pointers_get(&p->pointers, p->rows[i].line);

		if (!leads && named) {
			gv_err_set(err, -GV_ENOTFOUND, "nothing of %s is installed",
				   p->rows[i].line);
			return gv_err_hint(err, "govern install %s", p->rows[i].line);
		}
		if (!leads) {
			gv_cli_talk(p->cli, "nothing of %s is installed (%s)",
				    p->rows[i].line, p->rows[i].used_by);
			continue;
		}
		p->rows[n++] = p->rows[i];
	}
	p->n = n;
	return 0;
}

int gv_upgrade_uses(struct gv_upgrade_plan *p, int argc, char **argv,
		    const struct gv_list *scan, struct gv_err *err)
{
	struct gv_pins pins = {.found = on_pin, .warn = on_warning, .arg = p};
	int r = gv_pointers_load(&p->cli->store, &p->pointers, err);

	if (r < 0)
		return r;
	for (int i = 0; i < argc && r == 0; i++)
		r = add_operand(p, argv[i], err);
	if (r == 0 && argc == 0 && (use_pointers(p) < 0 || use_here(p) < 0))
		return no_memory(err);
	for (size_t i = 0; argc == 0 && i < scan->n && r == 0; i++)
		r = gv_pins_scan(&pins, scan->items[i], err);
	return r == 0 ? drop_empty(p, argc > 0, err) : r;
}
