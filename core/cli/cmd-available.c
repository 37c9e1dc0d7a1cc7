// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/pipeline.h"
#include "core/cli/remembered.h"
#include "core/cli/terminal/table.h"
#include "core/store/adopted.h"

struct offer {
	struct gv_cli *cli;
	const struct gv_spec *spec; /* NULL: all */
	bool all;
	struct gv_support support;
	int64_t as_of;		/* when a server last confirmed the list */
	char line[GV_NAME_MAX]; /* the present one */
	bool line_shown, any_over;
	struct gv_table table;
	struct gv_json *json;
};

/* Notes where the walk from the newest to the oldest release is. */
static void follow_line(struct offer *o, const struct gv_version *v)
{
	char line[GV_NAME_MAX];

	gv_version_line(v, line);
	if (strcmp(line, o->line) != 0) {
		memcpy(o->line, line, sizeof(line));
		o->line_shown = false;
	}
}

static bool is_wanted(struct offer *o, const struct gv_version *v)
{
	bool stable = gv_version_is_stable(v);

	if (o->spec && o->spec->kind == GV_SPEC_EXACT)
		return strcmp(o->spec->version.name, v->name) == 0;
	if (o->spec && !gv_spec_matches(o->spec, v))
		return false;
	if (o->spec || o->all)
		return true;
	if (!stable || o->line_shown)
		return false;
	o->line_shown = true;
	return true;
}

static int offer(struct offer *o, const struct gv_version *v)
{
	bool supported = !gv_support_is_over(&o->support, v);
	bool installed = o->cli->store_open && gv_store_serves(&o->cli->store, v->name);
	const char *cells[] = {v->name, o->line, installed ? "installed" : "",
			       supported ? "" : "end of life"};
	struct gv_json *e;

	o->any_over |= !supported;
	if (!o->cli->json)
		return gv_table_row(&o->table,
				    installed	? GV_STYLE_BOLD
				    : supported ? GV_STYLE_OFF
						: GV_STYLE_DIM,
				    cells);
	e = gv_json_new_object();
	gv_json_set_str(e, "version", v->name);
	gv_json_set_bool(e, "stable", gv_version_is_stable(v));
	gv_json_set_str(e, "line", o->line);
	gv_json_set_bool(e, "installed", installed);
	gv_json_set_bool(e, "supported", supported);
	gv_json_append(o->json, e);
	return 0;
}

static int offer_all(struct offer *o, const struct gv_releases *releases,
		     struct gv_err *err)
{
	/* A list that lies in a directory is as new as can be. */
	o->as_of = releases->fetched_at ? releases->fetched_at : (int64_t)time(NULL);
	for (size_t i = 0; i < releases->n; i++)
		gv_support_add(&o->support, &releases->items[i]);
	for (size_t i = 0; i < releases->n; i++) {
		const struct gv_version *v = &releases->items[i];

		follow_line(o, v);
		if (is_wanted(o, v) && offer(o, v) < 0)
			return gv_err_sys(err, -ENOMEM, "cannot list releases");
	}
	return 0;
}

/* latest, oldstable, 1.23rc: one release, which takes the whole list to know. */
static int narrow(const struct gv_pipeline *p, struct gv_spec *spec, struct gv_err *err)
{
	struct gv_version v;
	int r;

	if (spec->kind == GV_SPEC_SYSTEM || spec->kind == GV_SPEC_TAG)
		return gv_err_set(err, -GV_EUSAGE, "'%s' is no release", spec->text);
	if (spec->kind != GV_SPEC_LATEST && spec->kind != GV_SPEC_OLDSTABLE)
		return 0;
	r = gv_install_choose(&p->in, spec, &v, err);
	if (r == 0) {
		spec->kind = GV_SPEC_EXACT;
		spec->version = v;
	}
	return r;
}

static int no_release(const char *asked, struct gv_err *err)
{
	if (asked)
		gv_err_set(err, -GV_ENOTFOUND, "no source names a release for '%s'",
			   asked);
	else
		gv_err_set(err, -GV_ENOTFOUND, "no source names a release");
	return gv_err_hint(err, "govern available --all");
}

static int print_json(struct offer *o, const char *asked, struct gv_err *err)
{
	bool any = gv_json_count(o->json) > 0;
	struct gv_json *object = gv_cli_new_json();
	char when[GV_RFC3339_LEN];

	gv_json_set(object, "releases", o->json);
	gv_clock_rfc3339((time_t)o->as_of, when);
	gv_json_set_str(object, "as_of", when);
	o->json = NULL;
	if (any)
		return gv_cli_print_json(object, err);
	o->cli->partial = object;
	return no_release(asked, err);
}

static int show(struct offer *o, const char *asked, struct gv_err *err)
{
	if (o->cli->json)
		return print_json(o, asked, err);
	if (!o->table.rows)
		return no_release(asked, err);
	gv_table_print(&o->table, o->cli);
	if (o->any_over)
		gv_cli_say_as_of(o->cli, o->as_of);
	return 0;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct offer o = {.cli = cli,
			  .all = gv_cli_option(cli, "all") != NULL,
			  .table = {.columns = 4}};
	struct gv_releases releases = {0};
	struct gv_pipeline p = {.cache_dir = -1};
	char when[GV_RFC3339_LEN];
	struct gv_spec spec;
	int r = argc ? gv_cli_spec(argv[0], &spec, err) : 0;

	if (r == 0)
		r = gv_cli_store(cli, GV_STORE_READ, err);
	if (r == 1)
		r = gv_cli_no_store(cli, err);
	if (r == 0)
		r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	if (argc) {
		r = narrow(&p, &spec, err);
		o.spec = &spec;
	}
	if (r == 0)
		r = gv_install_releases(&p.in, false, &releases, err);
	o.json = gv_json_new_array();
	if (r == 0)
		r = offer_all(&o, &releases, err);
	if (r == 0 && releases.stale) {
		gv_clock_rfc3339((time_t)releases.fetched_at, when);
		gv_cli_warn(cli, "the list is of %s: no source could be asked", when);
	}
	if (r == 0)
		r = show(&o, argc ? argv[0] : NULL, err);
	gv_json_free(o.json);
	gv_table_release(&o.table);
	gv_releases_release(&releases);
	gv_pipeline_close(&p);
	return r;
}

static const struct gv_option options[] = {
	{"all", 'a', NULL, "every release, with pre-releases", NULL},
	{"from", 0, "SOURCE", "goproxy, godev, or a directory or URL", "source|file"},
	{"platform", 0, "OS-ARCH", "for another platform than this machine's",
	 "platform"},
	{0},
};

const struct gv_command gv_cmd_available = {
	.name = "available",
	.arguments = "[SPEC]",
	.what = "show what can be installed, the newest of each line",
	.details = "With a SPEC (1.22, '>=1.21', latest): everything that answers to it.",
	.options = options,
	.complete = "available",
	.max_operands = 1,
	.json = true,
	.run = run,
};
