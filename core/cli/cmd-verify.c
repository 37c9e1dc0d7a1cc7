// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/interrupt.h"
#include "core/cli/installed.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/cli/pipeline.h"
#include "core/store/adopted.h"

static const char *const kinds[] = {
	[GV_FINDING_CHANGED] = "changed",
	[GV_FINDING_MISSING] = "missing",
	[GV_FINDING_EXTRA] = "extra",
	[GV_FINDING_MODE] = "mode",
};

struct report {
	const struct gv_cli *cli;
	const char *name;
	struct gv_json *findings;
};

static void on_finding(void *arg, enum gv_finding_kind kind, const char *path)
{
	struct report *report = arg;
	struct gv_json *o;

	if (!report->cli->json) {
		printf("%s: %s%s%s ", report->name,
		       gv_style(report->cli, stdout, GV_STYLE_RED), kinds[kind],
		       gv_style(report->cli, stdout, GV_STYLE_OFF));
		gv_print_visible(path);
		putchar('\n');
		return;
	}
	o = gv_json_new_object();
	gv_json_set_str(o, "kind", kinds[kind]);
	gv_json_set_str(o, "path", path);
	gv_json_append(report->findings, o);
}

static void tell(const struct gv_cli *cli, const char *name, const struct gv_verified *v)
{
	if (v->trust > v->before)
		gv_cli_done(cli, "%s: %s (it was %s)", name, gv_trust_name(v->trust),
			    gv_trust_name(v->before));
	else
		gv_cli_done(cli, "%s: %s%s", name, gv_trust_name(v->trust),
			    v->trust != GV_TRUST_PROVEN ? ""
			    : v->from_log		? ", by the log"
							: ", by the proof kept with it");
}

static void record(struct gv_cli *cli, const char *name, const struct gv_verified *v)
{
	struct gv_journal_entry e = {
		.event = "verify",
		.version = name,
		.before = gv_trust_name(v->before),
		.h1 = v->h1,
		.trust = gv_trust_name(v->trust),
	};

	if (v->trust > v->before)
		gv_cli_record(cli, &e);
}

/* Under its lock: nobody exchanges the tree while it is read.  Whoever held it before may
 * have removed the toolchain. */
static int verify_locked(struct gv_cli *cli, const struct gv_pipeline *p,
			 const char *name, struct report *report, struct gv_verified *v,
			 struct gv_err *err)
{
	struct gv_lock lock = GV_LOCK_INIT;
	int r = gv_cli_lock(cli, name, &lock, err);

	if (r < 0)
		return r;
	r = gv_adopted_check(&cli->store, name, err);
	if (r < 0) {
		gv_lock_drop(&lock);
		return r;
	}
	r = gv_store_look(&cli->store, name);
	if (r == 1)
		r = gv_verify_one(&p->in, name, on_finding, report, v, err);
	else if (r == 0)
		r = gv_err_set(err, -GV_ENOTFOUND, "%s is not installed", name);
	else
		r = gv_err_sys(err, r, "cannot read the tree of %s", name);
	gv_lock_drop(&lock);
	return r;
}

/* An adopted one whose files are gone still has its link. */
static bool is_gone(const struct gv_store *s, const char *name)
{
	char target[PATH_MAX];

	return gv_store_look(s, name) == 0 && gv_adopted_target(s, name, target) != 0;
}

/* One of `all` that is gone by now is not missed. */
static int verify(struct gv_cli *cli, const struct gv_pipeline *p, const char *name,
		  bool all, struct gv_json *list, struct gv_err *err)
{
	struct report report = {
		.cli = cli, .name = name, .findings = gv_json_new_array()};
	struct gv_json *o = gv_json_new_object();
	struct gv_verified v = {0};
	int r = verify_locked(cli, p, name, &report, &v, err);

	if (all && r == -GV_ENOTFOUND && is_gone(&cli->store, name)) {
		gv_json_free(report.findings);
		gv_json_free(o);
		return 0;
	}
	if (r == 0) {
		record(cli, name, &v);
		tell(cli, name, &v);
	}
	gv_json_set_str(o, "version", name);
	gv_json_set_str(o, "platform", cli->store.platform);
	gv_json_set_bool(o, "ok", r == 0);
	gv_json_set_str(o, "trust", r == 0 ? gv_trust_name(v.trust) : NULL);
	gv_json_set_str(o, "h1", r == 0 ? v.h1 : NULL);
	gv_json_set_bool(o, "from_log", r == 0 && v.from_log);
	gv_json_set(o, "findings", report.findings);
	if (r < 0)
		gv_cli_error_json(o, err);
	gv_json_append(list, o);
	return r;
}

/* All of them are looked at; what is returned is a contradiction, if there was one, else
 * the first failure, and the others are printed here. */
static int verify_all(struct gv_cli *cli, const struct gv_list *names, bool all,
		      struct gv_json *list, struct gv_err *err)
{
	struct gv_pipeline p;
	int worst = 0;
	int r = gv_pipeline_open(cli, &p, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < names->n && !gv_interrupted(); i++) {
		struct gv_err why = GV_ERR_INIT;
		bool graver;

		r = verify(cli, &p, names->items[i], all, list, &why);
		if (r == 0)
			continue;
		why.code = r;
		graver = !worst || (gv_exit_status(r) == 4 && gv_exit_status(worst) != 4);
		if (worst)
			gv_cli_complain(cli, graver ? err : &why);
		if (graver) {
			*err = why;
			worst = r;
		}
	}
	gv_pipeline_close(&p);
	return gv_interrupted() ? -GV_EINTERRUPTED : worst;
}

static int choose(struct gv_cli *cli, int argc, char **argv, struct gv_list *ret,
		  struct gv_err *err)
{
	int r = gv_cli_store(cli, GV_STORE_READ, err);

	if (r < 0)
		return r;
	if (argc == 0)
		return r == 0 ? gv_store_list(&cli->store, ret, err) : 0;
	for (int i = 0; i < argc; i++) {
		struct gv_spec spec;
		char name[GV_NAME_MAX];

		r = gv_cli_spec(argv[i], &spec, err);
		if (r == 0)
			r = gv_cli_find_listed(cli, &spec, name, err);
		if (r == 0 && gv_list_add(ret, name) < 0)
			r = gv_err_sys(err, -ENOMEM, "cannot verify");
		if (r < 0)
			return r;
	}
	return 0;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct gv_json *list, *o;
	int r = choose(cli, argc, argv, &names, err);

	if (r < 0)
		return r;
	list = gv_json_new_array();
	if (names.n)
		r = verify_all(cli, &names, argc == 0, list, err);
	else if (!cli->json)
		gv_cli_none_yet(cli);
	o = gv_cli_new_json();
	gv_json_set(o, "verified", list);
	if (r == 0 && cli->json)
		return gv_cli_print_json(o, err);
	cli->partial = o;
	return r;
}

static const struct gv_option options[] = {
	{"platform", 0, "OS-ARCH", "of another platform than this machine's", "platform"},
	{0},
};

const struct gv_command gv_cmd_verify = {
	.name = "verify",
	.arguments = "[SPEC...]",
	.what = "prove installed toolchains again, from what is on disk",
	.details =
		"Every file is read and compared with the record of the checksum "
		"database; each one\n"
		"that is changed, missing or extra is named.  With --offline the proof "
		"kept with the\n"
		"toolchain is checked and nothing is asked.  Without SPEC: all of them.",
	.options = options,
	.complete = "installed",
	.max_operands = -1,
	.json = true,
	.run = run,
};
