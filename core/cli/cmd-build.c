// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/cli/built.h"
#include "core/cli/compiler.h"
#include "core/cli/output.h"
#include "core/cli/pinned.h"
#include "core/config/dirs.h"
#include "plugins/build/build.h"

#define USUAL_NAME  "patched"
#define OLD_NAME    "built" /* of what nobody can make as it was released */
#define USUAL_LIMIT "3h"

struct job {
	struct gv_cli *cli;
	struct gv_pipeline p;
	struct gv_build build;
	struct gv_version target; /* the name of what is built */
	bool named;		  /* it is not that of a release */
	bool force;
	struct gv_version bootstrap;
	struct gv_buf log; /* path */
};

/* -- what is asked for --------------------------------------------------------------- */

static int choose_base(struct job *j, const struct gv_spec *spec, struct gv_err *err)
{
	int r = gv_install_choose(&j->p.in, spec, &j->build.base, err);

	if (r == 0 && j->build.base.suffix.len)
		r = gv_err_set(err, -GV_EUSAGE, "%s is no release that could be built",
			       j->build.base.name);
	return r;
}

static int choose_name(struct job *j, struct gv_err *err)
{
	const char *name = gv_cli_option(j->cli, "name");
	char text[2 * GV_NAME_MAX];
	struct gv_text t = gv_text_in(text, sizeof(text));
	struct gv_err unused = GV_ERR_INIT;
	struct gv_spec spec;

	if (!name && j->build.n_patches)
		name = USUAL_NAME;
	else if (!name && !gv_build_is_reproducible(&j->build.base))
		name = OLD_NAME;
	j->named = name != NULL;
	if (!name) {
		j->target = j->build.base;
		return 0;
	}
	gv_text_format(&t, "%s-%s", j->build.base.name, name);
	/* What could not be pinned could not be used. */
	if (!name[0] || t.cut ||
	    gv_spec_parse(text, t.len, GV_SPEC_PIN, &spec, &unused) < 0 ||
	    spec.kind != GV_SPEC_EXACT || strcmp(spec.version.name, text) != 0) {
		gv_err_set(err, -GV_EUSAGE, "'%s' cannot be a name", name);
		return gv_err_hint(err, "letters and digits, and not rc, beta or alpha "
					"at its beginning");
	}
	j->target = spec.version;
	return 0;
}

/* What has a name of its own is asked for here and now; a store may forbid it. */
static int check_minimum(const struct job *j, struct gv_err *err)
{
	const struct gv_setting *s = &j->cli->config.settings[GV_SET_TRUST_MINIMUM];

	if (!j->named || !s->locked || j->p.in.minimum == GV_TRUST_UNPROVEN)
		return 0;
	return gv_err_set(err, -GV_EPOLICY,
			  "this store wants %s toolchains (%s), '%s' is less", s->value,
			  s->origin, gv_trust_name(GV_TRUST_UNPROVEN));
}

static int read_options(struct job *j, struct gv_err *err)
{
	const struct gv_list *patches = gv_cli_options(j->cli, "patch");
	const char *limit = gv_cli_option(j->cli, "timeout");
	int64_t seconds;

	if (gv_duration_parse(limit ? limit : USUAL_LIMIT, &seconds) < 0 ||
	    seconds == 0 || seconds > LONG_MAX / 1000) {
		gv_err_set(err, -GV_EUSAGE, "--timeout takes a length of time, not '%s'",
			   limit);
		return gv_err_hint(err, "as in --timeout 90m");
	}
	j->build.limit_ms = (long)seconds * 1000;
	j->build.from = gv_cli_option(j->cli, "source");
	j->force = gv_cli_option(j->cli, "force") != NULL;
	for (size_t i = 0; i < patches->n; i++) {
		int r = gv_patch_load(patches->items[i], &j->build, err);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Beside what else the cache has; without one there is only the last line. */
static void choose_log(struct job *j)
{
	GV_CLEANUP(gv_free_str) char *cache = NULL;
	struct gv_err unused = GV_ERR_INIT;

	if (j->p.cache_dir < 0 || gv_dirs_cache(&cache, &unused) < 0)
		return;
	gv_buf_format(&j->log, "%s/build-%s.log", cache, j->target.name);
	j->build.log = gv_buf_error(&j->log) == 0 ? j->log.data : NULL;
}

/* -- what is there ------------------------------------------------------------------- */

static void describe(const struct gv_receipt *receipt, struct gv_installed *ret)
{
	struct gv_text name = gv_text_in(ret->name, sizeof(ret->name));
	struct gv_text h1 = gv_text_in(ret->h1, sizeof(ret->h1));

	gv_text_add(&name, receipt->name);
	gv_text_add(&h1, receipt->h1 ? receipt->h1 : "");
	ret->trust = receipt->trust;
	ret->already = true;
}

/* 1: what would be built is there, and *ret says so. */
static int look(struct job *j, struct gv_installed *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_receipt_release) struct gv_receipt receipt = {0};
	struct gv_err unused = GV_ERR_INIT;
	const char *name = j->target.name;
	int r;

	if (j->force || gv_store_look(&j->cli->store, name) != 1 ||
	    gv_receipt_load(&j->cli->store, name, &receipt, &unused) < 0)
		return 0;
	/* A release is the same, whatever it was made from. */
	r = !gv_build_is_alike(&j->build, &receipt) ? GV_BUILD_ANOTHER
	    : !j->named				    ? GV_BUILD_SAME
			: gv_build_is_from(&j->cli->store, &j->build, &receipt, err);
	if (r == GV_BUILD_SAME)
		describe(&receipt, ret);
	/* It may be made anew: it is the same, or it is refused. */
	if (r < 0 || r == GV_BUILD_SAME || !j->named)
		return r;
	if (r == GV_BUILD_NOT_KNOWN) {
		gv_err_set(err, -GV_EPOLICY,
			   "%s is there already, and '%s' does not tell whether it was "
			   "built from that",
			   name, j->build.from);
		return gv_err_hint(err, "another --name, or --force");
	}
	gv_err_set(err, -GV_EPOLICY,
		   "%s is there already, and was built from something else", name);
	return gv_err_hint(err, "another --name, or --force");
}

/* -- doing it ------------------------------------------------------------------------ */

/* The toolchains that it takes, by the usual way. */
static int bring_tools(struct job *j, struct gv_err *err)
{
	struct gv_batch batch = {0};
	int r = gv_batch_add(&batch, &j->bootstrap);

	if (r == 0 && !j->build.from)
		r = gv_batch_add(&batch, &j->build.base);
	j->p.in.force = false;
	r = r < 0 ? gv_err_sys(err, r, "cannot build %s", j->target.name)
		  : gv_batch_bring(j->cli, &j->p, &batch, 2, err);
	for (size_t i = 0; i < batch.n && r == 0; i++)
		if (!batch.items[i].installed.already)
			gv_cli_say(j->cli,
				   "govern: %s was installed: it is needed to build %s",
				   batch.items[i].version.name, j->target.name);
	gv_batch_release(&batch);
	return r;
}

static int make(struct job *j, struct gv_installed *ret, struct gv_err *err)
{
	struct gv_text bootstrap =
		gv_text_in(j->build.bootstrap, sizeof(j->build.bootstrap));
	struct gv_batch batch = {0};
	int r = gv_batch_add(&batch, &j->target);

	gv_text_add(&bootstrap, j->bootstrap.name);
	j->p.in.build = &j->build;
	j->p.in.force = true; /* what may stay was looked at */
	j->p.in.minimum = j->named ? GV_TRUST_UNPROVEN : GV_TRUST_PROVEN;
	r = r < 0 ? gv_err_sys(err, r, "cannot build %s", j->target.name)
		  : gv_batch_bring(j->cli, &j->p, &batch, 2, err);
	if (r == 0)
		*ret = batch.items[0].installed;
	gv_batch_release(&batch);
	return r;
}

/* -- all ----------------------------------------------------------------------------- */

static int build(struct job *j, const struct gv_spec *spec, struct gv_err *err)
{
	struct gv_installed done = {0};
	struct gv_json *o;
	int r = choose_base(j, spec, err);

	if (r == 0)
		r = choose_name(j, err);
	if (r == 0)
		r = check_minimum(j, err);
	if (r == 0)
		r = look(j, &done, err);
	if (r == 0) {
		choose_log(j);
		r = gv_compiler_choose(j->cli, &j->p.in, &j->build,
				       gv_cli_option(j->cli, "bootstrap"), &j->bootstrap,
				       err);
		if (r == 0)
			r = bring_tools(j, err);
		if (r == 0)
			r = make(j, &done, err);
	}
	if (r < 0)
		return r;
	gv_built_tell(j->cli, &j->build, &done);
	if (!j->cli->json)
		return 0;
	o = gv_cli_new_json();
	gv_json_set(o, "built", gv_built_object(j->cli, &j->build, &done));
	return gv_cli_print_json(o, err);
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct job j = {.cli = cli, .p = {.cache_dir = -1}, .log = GV_BUF_INIT(0)};
	struct gv_spec spec;
	int r;

	if (argc == 0) {
		gv_err_set(err, -GV_EUSAGE, "govern build needs a version");
		return gv_err_hint(err, "govern build latest");
	}
	/* A command line that is wrong makes no store. */
	r = gv_cli_spec(argv[0], &spec, err);
	if (r == 0)
		r = read_options(&j, err);
	if (r == 0)
		r = gv_cli_store(cli, GV_STORE_CREATE, err);
	if (r == 0)
		r = gv_pipeline_open(cli, &j.p, err);
	if (r == 0) {
		gv_store_heal(&cli->store);
		r = build(&j, &spec, err);
	}
	if (r == 0) {
		gv_output_flush();
		gv_store_empty_trash(&cli->store);
	}
	gv_build_release(&j.build);
	gv_buf_release(&j.log);
	gv_pipeline_close(&j.p);
	return r;
}

static const struct gv_option options[] = {
	{"patch", 0, "FILE...", "apply this to the source; may be given several times",
	 "file"},
	{"name", 0, "NAME",
	 "what is built is called go1.X.Y-NAME ('" USUAL_NAME
	 "', when it is patched; '" OLD_NAME "', before 1.21)",
	 NULL},
	{"source", 0, "WHERE",
	 "an archive of the source, a directory, or a URL; else that of the release",
	 "file"},
	{"bootstrap", 0, "SPEC", "the toolchain that compiles it", "installed"},
	{"timeout", 0, "DURATION", "how long it may take: " USUAL_LIMIT, NULL},
	{"force", 0, NULL, "build again what is there", NULL},
	{0},
};

const struct gv_command gv_cmd_build = {
	.name = "build",
	.arguments = "SPEC",
	.what = "make a toolchain from source",
	.details =
		"The source is that of the release, proven by the checksum database, "
		"with each\n"
		"--patch applied.  Without --patch and --name the result has to be what "
		"the database\n"
		"records, byte for byte; it is that release.  Else, and always before Go "
		"1.21, which\n"
		"nobody can make as it was released, it has a name of its own, "
		"go1.X.Y-NAME, by which\n"
		"it can be pinned.",
	.options = options,
	.complete = "available",
	.max_operands = 1,
	.json = true,
	.run = run,
};
