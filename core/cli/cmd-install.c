// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/cli/pinned.h"
#include "core/store/pointers.h"
#include "plugins/dir/dir.h"

static int add(struct gv_batch *b, const struct gv_version *v, struct gv_err *err)
{
	return gv_batch_add(b, v) < 0 ? gv_err_sys(err, -ENOMEM, "cannot install") : 0;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* All that it has for this platform. */
static int add_bundled(const struct gv_pipeline *p, struct gv_batch *b,
		       struct gv_err *err)
{
	struct gv_releases list = {0};
	int r = gv_install_releases(&p->in, false, &list, err);

	for (size_t i = 0; i < list.n && r == 0; i++)
		r = add(b, &list.items[i], err);
	gv_releases_release(&list);
	return r;
}

static int add_all(struct gv_cli *cli, const struct gv_pipeline *p, int argc, char **argv,
		   struct gv_batch *b, struct gv_err *err)
{
	struct gv_spec spec;
	struct gv_version v;
	int r = 0;

	for (int i = 0; i < argc && r == 0; i++) {
		r = gv_cli_spec(argv[i], &spec, err);
		if (r == 0)
			r = gv_batch_add_spec(p, &spec, b, err);
	}
	if (r < 0 || argc > 0)
		return r;
	if (p->in.bundle)
		return add_bundled(p, b, err);
	if (p->in.from && !gv_source_find(p->in.from) && !is_directory(p->in.from)) {
		r = gv_source_dir_version(p->in.from, cli->store.platform, &v, err);
		return r < 0 ? r : add(b, &v, err);
	}
	return gv_batch_add_pinned(cli, p, b, err);
}

/* Who asks for a toolchain that is held back wants it now.  Warns where that fails: it is
 * there all the same. */
static void drop_holds(struct gv_cli *cli, const struct gv_batch *b)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	struct gv_err why = GV_ERR_INIT;
	int r = 0;

	if (gv_pointers_load(&cli->store, &pointers, &why) < 0)
		return; /* point() says it */
	for (size_t i = 0; i < b->n && r == 0; i++) {
		const struct gv_batch_item *item = &b->items[i];
		struct gv_pointer_name hold = gv_pointer_hold(item->version.name);
		struct gv_pointer_change drop = {.name = hold.s, .target = ""};

		if (item->tried && item->r == 0 && gv_pointers_get(&pointers, hold.s))
			r = gv_cli_point(cli, &drop, 1, &why);
	}
	if (r < 0)
		gv_cli_warn_of(cli, &why);
}

/* One change of pointers for all that is there now. */
static int point(struct gv_cli *cli, const struct gv_batch *b, struct gv_err *err)
{
	struct gv_pointer_change change = {.name = "default"};
	bool set_default = gv_cli_option(cli, "default") != NULL, new = false;
	struct gv_err unused = GV_ERR_INIT;
	int r;

	for (size_t i = 0; i < b->n; i++)
		if (b->items[i].tried && b->items[i].r == 0 &&
		    !b->items[i].installed.already)
			new = true;
	if (set_default && b->items[0].r == 0 && b->items[0].tried)
		change.target = b->items[0].installed.name;
	if (!new && !change.target && !cli->store.writable)
		return 0;
	r = gv_cli_point(cli, &change, change.target ? 1 : 0, err);
	/* Whatever becomes of the default. */
	if (r < 0 && change.target)
		(void)!gv_cli_point(cli, &change, 0, &unused);
	return r;
}

static void tell(const struct gv_cli *cli, const struct gv_installed *i)
{
	char size[GV_SIZE_LEN], took[GV_DURATION_LEN];

	if (i->already) {
		gv_cli_done(cli, "%s is already installed (%s)", i->name,
			    gv_trust_name(i->trust));
		return;
	}
	gv_format_size(i->bytes_downloaded, size);
	gv_format_duration(i->milliseconds, took);
	gv_cli_done(cli, "%s installed: %s, from %s, %s in %s", i->name,
		    gv_trust_name(i->trust), i->source, size, took);
}

static struct gv_json *to_json(const struct gv_cli *cli, const struct gv_installed *i)
{
	GV_CLEANUP(gv_free_str) char *path = gv_store_path(&cli->store, i->name);
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "version", i->name);
	gv_json_set_str(o, "platform", cli->store.platform);
	gv_json_set_str(o, "path", path);
	gv_json_set_str(o, "trust", gv_trust_name(i->trust));
	gv_json_set_str(o, "source", i->source[0] ? i->source : NULL);
	gv_json_set_str(o, "h1", i->h1[0] ? i->h1 : NULL);
	gv_json_set_real(o, "seconds", (double)i->milliseconds / 1000);
	gv_json_set_int(o, "bytes_downloaded", (int64_t)i->bytes_downloaded);
	gv_json_set_bool(o, "already", i->already);
	return o;
}

/* Tells what was done.  Of several failures all but one are printed here; the one that is
 * returned is a contradiction, if there was one, else the first. */
static int summarize(struct gv_cli *cli, const struct gv_batch *b, struct gv_err *err)
{
	const struct gv_batch_item *worst = NULL;
	struct gv_json *list = gv_json_new_array();

	for (size_t i = 0; i < b->n; i++) {
		const struct gv_batch_item *item = &b->items[i];

		if (!item->tried)
			continue;
		if (item->r < 0) {
			if (!worst || (gv_exit_status(item->r) == 4 &&
				       gv_exit_status(worst->r) != 4))
				worst = item;
			continue;
		}
		tell(cli, &item->installed);
		gv_json_append(list, to_json(cli, &item->installed));
	}
	for (size_t i = 0; i < b->n; i++) {
		if (b->items[i].r < 0 && &b->items[i] != worst)
			gv_cli_complain(cli, &b->items[i].err);
	}
	cli->partial = gv_cli_new_json();
	gv_json_set(cli->partial, "installed", list);
	if (!worst)
		return 0;
	*err = worst->err;
	return worst->r;
}

/* A command line that is wrong makes no store. */
static int check_usage(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	const char *platform = gv_cli_option(cli, "platform");
	struct gv_spec ignored;
	int r = 0;

	if (gv_cli_option(cli, "default") && argc > 1)
		return gv_err_set(err, -GV_EUSAGE, "--default goes with one SPEC, not %d",
				  argc);
	if (gv_cli_option(cli, "default") && platform &&
	    strcmp(platform, gv_platform_host()) != 0)
		gv_cli_talk(cli, "the default of %s, not of this machine's platform",
			    platform);
	for (int i = 0; i < argc && r == 0; i++)
		r = gv_cli_spec(argv[i], &ignored, err);
	return r;
}

/* In a store that cannot be written, what is there already can still be said to be. */
static int open_store(struct gv_cli *cli, struct gv_err *err)
{
	struct gv_err ignored = GV_ERR_INIT;
	int r = gv_cli_store(cli, GV_STORE_CREATE, err);

	if (r == -EROFS || r == -EACCES || r == -EPERM)
		return gv_cli_store(cli, GV_STORE_READ, &ignored) == 0 ? 0 : r;
	return r;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct gv_batch batch = {0};
	struct gv_pipeline p = {.cache_dir = -1};
	struct gv_err later = GV_ERR_INIT;
	unsigned jobs = 1;
	int r = check_usage(cli, argc, argv, err), pointed;

	if (r == 0)
		r = gv_batch_jobs(cli, &jobs, err);
	if (r == 0)
		r = open_store(cli, err);
	if (r < 0)
		return r;
	r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	if (p.in.minimum < GV_TRUST_PROVEN && gv_cli_option(cli, "trust"))
		gv_cli_warn(cli, "--trust %s accepts what is not proven",
			    gv_trust_name(p.in.minimum));
	gv_store_heal(&cli->store);
	r = gv_pipeline_open_bundle(&p, err);
	if (r == 0)
		r = add_all(cli, &p, argc, argv, &batch, err);
	if (r == 0)
		r = gv_batch_install(cli, &p, &batch, jobs, err);
	if (r == 0 || r == -GV_EINTERRUPTED) {
		/* What was published stays, so the pointers must know it, in any case. */
		drop_holds(cli, &batch);
		pointed = point(cli, &batch, &later);
		gv_batch_tell_hooks(cli, &batch);
		if (r == 0)
			r = summarize(cli, &batch, err);
		if (r == 0 && pointed < 0) {
			*err = later;
			r = pointed;
		}
	}
	if (r == 0 && cli->json) {
		r = gv_cli_print_json(cli->partial, err);
		cli->partial = NULL;
	}
	if (r == 0) {
		gv_cli_tell_shim(cli);
		gv_output_flush();
		gv_store_empty_trash(&cli->store);
	}
	gv_batch_release(&batch);
	gv_pipeline_close(&p);
	return r;
}

static const struct gv_option options[] = {
	{"from", 0, "SOURCE",
	 "goproxy, godev, exec:NAME, or a file, bundle, directory or URL", "source|file"},
	{"platform", 0, "OS-ARCH", "for another platform than this machine's",
	 "platform"},
	{"trust", 0, "LEVEL",
	 "proven, checksummed or unproven, the least that is accepted", "trust"},
	{"force", 0, NULL, "install again what is there", NULL},
	{"jobs", 'j', "N", "how many at a time", NULL},
	{"default", 0, NULL, "make it the store's default", NULL},
	{0},
};

const struct gv_command gv_cmd_install = {
	.name = "install",
	.arguments = "[SPEC...]",
	.what = "bring toolchains in",
	.details = "SPEC is a version (1.22.5), a line (1.22: its newest patch), latest, "
		   "oldstable,\n"
		   "1.23rc, or a range ('>=1.21 <1.23').  Without SPEC: what the pin in "
		   "force asks for,\n"
		   "or the version that the name of the file given with --from tells, or "
		   "all that the\n"
		   "bundle given with --from has for this platform.",
	.options = options,
	.complete = "available",
	.max_operands = -1,
	.json = true,
	.run = run,
};
