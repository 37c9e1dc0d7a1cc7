// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/cli/batch.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/cli/upgrade/channel.h"
#include "core/cli/upgrade/upgrading.h"
#include "core/store/attempt.h"
#include "core/store/canary.h"

struct upgrade {
	struct gv_cli *cli;
	struct gv_upgrade_plan plan;
	struct gv_smoke smoke;
	int64_t soak, every; /* seconds; 0: not given */
	bool dry;
};

/* -- the report ---------------------------------------------------------------------- */

/* Of several failures all but one are printed here; the one that is returned is what does
 * not hold or is not allowed, if there is one, else the first. */
static int worst(const struct upgrade *u, struct gv_err *err)
{
	const struct gv_upgrade_row *found = NULL;

	for (size_t i = 0; i < u->plan.n; i++) {
		const struct gv_upgrade_row *row = &u->plan.rows[i];

		if (row->err.code < 0 &&
		    (!found || (gv_exit_status(row->err.code) == 4 &&
				gv_exit_status(found->err.code) != 4)))
			found = row;
	}
	for (size_t i = 0; i < u->plan.n; i++)
		if (u->plan.rows[i].err.code < 0 && &u->plan.rows[i] != found &&
		    (!found || strcmp(u->plan.rows[i].err.message, found->err.message)))
			gv_cli_complain(u->cli, &u->plan.rows[i].err);
	if (!found)
		return 0;
	*err = found->err;
	return err->code;
}

/* The one answer to --json. */
static int answer(struct upgrade *u, int r, struct gv_err *err)
{
	struct gv_json *o = gv_upgrade_json(&u->plan, u->dry);

	if (r == 0)
		return gv_cli_print_json(o, err);
	u->cli->partial = o; /* an error is a part of it */
	return r;
}

static bool is_told(const struct upgrade *u, const struct gv_err *why)
{
	for (size_t i = 0; i < u->plan.n; i++)
		if (strcmp(u->plan.rows[i].err.message, why->message) == 0)
			return true;
	return false;
}

/* `ended`: what ended all of it; code 0: nothing did. */
static int report(struct upgrade *u, const struct gv_err *ended, struct gv_err *err)
{
	int r = 0;

	if (!u->cli->json && u->plan.n == 0)
		gv_cli_done(u->cli, "no line is in use: nothing to upgrade");
	if (!u->cli->json)
		r = gv_upgrade_print(&u->plan, err);
	gv_output_flush();
	if (r < 0)
		return r;
	r = worst(u, err);
	if (r == 0 && ended->code < 0) {
		*err = *ended;
		r = ended->code;
	} else if (ended->code < 0 && !is_told(u, ended)) {
		gv_cli_complain(u->cli, ended);
	}
	return u->cli->json ? answer(u, r, err) : r;
}

/* As it was before: not this machine's task, or done already. */
static int report_nothing(struct upgrade *u, struct gv_err *err)
{
	return u->cli->json ? answer(u, 0, err) : 0;
}

/* -- which toolchain is for a project ------------------------------------------------ */

static bool line_of_spec(const struct upgrade *u, const struct gv_spec *spec,
			 char ret[GV_NAME_MAX])
{
	struct gv_text t = gv_text_in(ret, GV_NAME_MAX);
	char tag[GV_NAME_MAX + 1];
	const char *target = NULL;
	struct gv_version v;

	if (spec->kind == GV_SPEC_LINE) {
		gv_text_add(&t, spec->line);
		return true;
	}
	snprintf(tag, sizeof(tag), "@%s", spec->tag);
	if (spec->kind == GV_SPEC_EXACT)
		target = spec->version.name;
	else if (spec->kind == GV_SPEC_LATEST)
		target = gv_pointers_get(&u->plan.pointers, "latest");
	else if (spec->kind == GV_SPEC_TAG)
		target = gv_pointers_get(&u->plan.pointers, tag);
	if (!target || gv_version_parse(target, strlen(target), &v) < 0)
		return false;
	gv_version_line(&v, ret);
	return true;
}

/* One that pins a line is for the new toolchain of that line; one that pins nothing for
 * that of the default's, or of all where there is no default. */
static bool concerns(void *arg, const char *project, const char *version)
{
	static struct gv_choice pin;
	const struct upgrade *u = arg;
	GV_CLEANUP(gv_free_str) char *dir = realpath(project, NULL);
	struct gv_err ignored = GV_ERR_INIT;
	char wanted[GV_NAME_MAX], line[GV_NAME_MAX];
	const char *otherwise = gv_pointers_get(&u->plan.pointers, "default");
	struct gv_version v;

	if (gv_version_parse(version, strlen(version), &v) < 0)
		return true;
	gv_version_line(&v, line);
	if (dir && gv_resolve_pin(dir, &pin, &ignored) == 0 &&
	    line_of_spec(u, &pin.spec, wanted))
		return strcmp(wanted, line) == 0;
	if (!otherwise || gv_version_parse(otherwise, strlen(otherwise), &v) < 0)
		return true;
	gv_version_line(&v, wanted);
	return strcmp(wanted, line) == 0;
}

/* -- the work ------------------------------------------------------------------------ */

static int plan(struct upgrade *u, struct gv_pipeline *p, int argc, char **argv,
		struct gv_err *err)
{
	const char *fixes = gv_cli_option(u->cli, "fixes");
	struct gv_releases *releases = &u->plan.releases;
	int r = gv_upgrade_uses(&u->plan, argc, argv, gv_cli_options(u->cli, "scan"),
				err);

	if (r < 0 || u->plan.n == 0)
		return r;
	r = gv_install_releases(&p->in, !u->cli->offline, releases, err);
	if (r == 0 && releases->stale)
		gv_cli_warn(u->cli, "the list of releases is an old one: nobody could be "
				    "asked for a newer one");
	if (r == 0)
		r = gv_upgrade_find(&u->plan, &p->in, err);
	if (r == 0 && fixes)
		r = gv_upgrade_read_fixes(&u->plan, fixes, err);
	return r;
}

static int carry_out(struct upgrade *u, struct gv_pipeline *p, struct gv_err *err)
{
	struct gv_err why = GV_ERR_INIT;
	int r;

	if (u->dry || !gv_upgrade_is_wanted(&u->plan))
		return report(u, &why, err);
	r = gv_upgrade_carry_out(&u->plan, p, &u->smoke, &why);
	if (r == 0 && u->soak)
		r = gv_upgrade_soak(&u->plan, &u->smoke, u->soak, &why);
	if (r == -GV_EINTERRUPTED) {
		*err = why;
		return r;
	}
	why.code = r;
	r = report(u, &why, err);
	gv_output_flush();
	gv_store_empty_trash(&u->cli->store);
	return r;
}

/* Another govern is at it, or was a short while ago: a store is upgraded once, however
 * many machines have a timer for it.  1: so there is nothing to do. */
static int begin(struct upgrade *u, struct gv_attempt *ret, struct gv_err *err)
{
	int64_t age;
	int r;

	if (u->every && gv_attempt_age(&u->cli->store, "upgrade", &age) == 0 &&
	    age >= 0 && age < u->every) {
		gv_cli_talk(u->cli, "an upgrade was tried %lld s ago", (long long)age);
		return 1;
	}
	r = gv_attempt_begin(&u->cli->store, "upgrade", 0, NULL, NULL, ret, err);
	if (r == -GV_EFAILED && u->every) {
		gv_cli_talk(u->cli, "%s", err->message);
		return 1;
	}
	return r;
}

static int work(struct upgrade *u, int argc, char **argv, struct gv_err *err)
{
	struct gv_pipeline p = {.cache_dir = -1};
	struct gv_attempt attempt = GV_ATTEMPT_INIT;
	const struct gv_err nothing = GV_ERR_INIT;
	int r = gv_cli_channel(u->cli, false, err);

	if (r != 0) {
		if (r == 1)
			gv_cli_done(u->cli, "this machine is no canary");
		return r < 0 ? r : report_nothing(u, err);
	}
	r = gv_cli_store(u->cli, u->dry ? GV_STORE_READ : GV_STORE_CREATE, err);
	if (r == 1)
		return gv_cli_no_store(u->cli, err) == 0 ? report(u, &nothing, err)
							 : err->code;
	if (r == 0 && !u->dry)
		r = begin(u, &attempt, err);
	if (r != 0)
		return r < 0 ? r : report_nothing(u, err);
	r = gv_pipeline_open(u->cli, &p, err);
	if (r == 0) {
		if (!u->dry) {
			gv_store_heal(&u->cli->store);
			gv_canary_heal_other(&u->cli->store);
			r = gv_canary_follow(&u->cli->store, NULL, err);
		}
		if (r == 0)
			r = plan(u, &p, argc, argv, err);
		if (r == 0)
			r = carry_out(u, &p, err);
		gv_pipeline_close(&p);
	}
	gv_attempt_end(&attempt, NULL);
	return r;
}

static int duration(const struct gv_cli *cli, const char *name, int64_t *ret,
		    struct gv_err *err)
{
	const char *given = gv_cli_option(cli, name);

	if (!given || gv_duration_parse(given, ret) == 0)
		return 0;
	return gv_err_set(err, -GV_EUSAGE,
			  "--%s takes a time as 90s, 30m, 12h or 7d, "
			  "not '%s'",
			  name, given);
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct upgrade u = {
		.cli = cli,
		.dry = gv_cli_option(cli, "dry-run") != NULL,
		.plan = {.cli = cli, .tags = gv_cli_option(cli, "tags") != NULL},
		.smoke = {.cli = cli,
			  .projects = gv_cli_options(cli, "project"),
			  .check = gv_cli_option(cli, "check"),
			  .concerns = concerns},
	};
	int r = duration(cli, "soak", &u.soak, err);

	u.smoke.arg = &u;
	if (r == 0)
		r = duration(cli, "every", &u.every, err);
	if (r == 0)
		r = gv_batch_jobs(cli, &u.plan.jobs, err);
	if (r == 0 && u.smoke.check && u.smoke.projects->n == 0) {
		gv_err_set(err, -GV_EUSAGE, "--check goes with --project DIR");
		return gv_err_hint(err, "govern upgrade --project . --check 'make test'");
	}
	if (r == 0 && argc && gv_cli_option(cli, "scan"))
		return gv_err_set(err, -GV_EUSAGE,
				  "--scan looks for lines, and a LINE names one");
	if (r == 0)
		r = work(&u, argc, argv, err);
	gv_upgrade_plan_release(&u.plan);
	return r;
}

static const struct gv_option options[] = {
	{"dry-run", 'n', NULL, "only tell what would be done", NULL},
	{"scan", 0, "DIR...", "lines that pins in or below DIR ask for are in use, too",
	 "directory"},
	{"tags", 0, NULL, "tags move as the default does", NULL},
	{"project", 0, "DIR...",
	 "build and test a copy of DIR before anything is switched", "directory"},
	{"check", 0, "CMD", "what is run there (go build ./... && go test ./...)", NULL},
	{"soak", 0, "DURATION", "check again for so long, and go back when that fails",
	 NULL},
	{"every", 0, "DURATION", "do nothing when an upgrade was tried since then", NULL},
	{"channel", 0, "NAME", "canary: only on machines that try it for the others",
	 "channel"},
	{"fixes", 0, "FILE", "lines 'VERSION TEXT': what each release fixed", "file"},
	{"jobs", 'j', "N", "how many downloads at a time", NULL},
	{0},
};

const struct gv_command gv_cmd_upgrade = {
	.name = "upgrade",
	.arguments = "[LINE...]",
	.what = "bring each line in use to its newest patch, and check that first",
	.details =
		"In use is the line of the default, of a tag and of what is in force "
		"here; with --scan\nalso what pins ask for.  The newest patch of each is "
		"installed, proven, and checked;\nonly then the line, and the default "
		"where it is of that line, lead to it.  A line whose\ncheck fails stays "
		"as it was.",
	.options = options,
	.complete = "lines",
	.max_operands = -1,
	.json = true,
	.run = run,
};
