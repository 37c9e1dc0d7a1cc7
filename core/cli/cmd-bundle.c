// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/pipeline.h"
#include "core/cli/terminal/progress.h"
#include "core/install/bundling.h"

enum {
	SWEEP_AFTER_S = 24 * 60 * 60, /* nobody packs for so long */
	TICK_MS = 100,		      /* how often progress is drawn */
};

static bool to_stdout(const char *output)
{
	return strcmp(output, "-") == 0;
}

/* -- where to ------------------------------------------------------------------------ */

static int check_output(const struct gv_cli *cli, const char *output, struct gv_err *err)
{
	struct stat st;

	if (!output) {
		gv_err_set(err, -GV_EUSAGE, "bundle needs the name of a file to write");
		return gv_err_hint(err, "govern bundle -o go.bundle SPEC...");
	}
	if (to_stdout(output) && cli->json)
		return gv_err_set(err, -GV_EUSAGE,
				  "--json and the bundle cannot both go to stdout");
	if (to_stdout(output) && isatty(STDOUT_FILENO))
		return gv_err_set(err, -GV_EUSAGE,
				  "a bundle is not written to a terminal");
	if (to_stdout(output) || lstat(output, &st) < 0)
		return 0; /* what is wrong with it shows when it is made */
	if (!S_ISREG(st.st_mode))
		return gv_err_set(err, -GV_EFAILED, "'%s' is not a regular file", output);
	if (gv_cli_option(cli, "force"))
		return 0;
	gv_err_set(err, -GV_EFAILED, "'%s' is there already", output);
	return gv_err_hint(err, "--force replaces it");
}

/* -- what of ------------------------------------------------------------------------- */

static int add_sizes(const struct gv_cli *cli, struct gv_bundling *b, struct gv_err *err)
{
	const char *at = gv_cli_option(cli, "since");

	while (at) {
		size_t n = strcspn(at, ",");
		uint64_t size;

		if (gv_num_parse(at, n, INT64_MAX, &size) < 0 || size == 0)
			return gv_err_set(err, -GV_EUSAGE,
					  "--since takes a number of records, not '%.*s'",
					  (int)n, at);
		if (gv_bundling_since(b, size) < 0)
			return gv_err_sys(err, -ENOMEM, "cannot write the bundle");
		at = at[n] ? at + n + 1 : NULL;
	}
	return 0;
}

/* Each SPEC, of the platform that cli->store is open for. */
static int add_of_platform(struct gv_cli *cli, struct gv_bundling *b, int argc,
			   char **argv, struct gv_err *err)
{
	const char *platform = cli->store.platform;
	int r = 0;

	for (int i = 0; i < argc && r == 0; i++) {
		struct gv_spec spec;
		char name[GV_NAME_MAX];

		r = gv_cli_spec(argv[i], &spec, err);
		if (r == 0)
			r = gv_cli_find_installed(cli, &spec, name, err);
		if (r == -GV_ENOTFOUND && strcmp(platform, gv_platform_host()) != 0)
			return gv_err_hint(err, "govern install --platform %s '%s'",
					   platform, argv[i]);
		if (r == 0)
			r = gv_bundling_add(b, &cli->store, name, err);
	}
	return r;
}

static int add_of_other(struct gv_cli *cli, struct gv_bundling *b, const char *platform,
			int argc, char **argv, struct gv_err *err)
{
	struct gv_store own = cli->store;
	int r = gv_store_open(cli->root, platform, GV_STORE_READ, &cli->store, err);

	if (r == 0) {
		r = add_of_platform(cli, b, argc, argv, err);
		gv_store_close(&cli->store);
	}
	cli->store = own;
	return r;
}

static int add_all(struct gv_cli *cli, struct gv_bundling *b, int argc, char **argv,
		   struct gv_err *err)
{
	const char *at = gv_cli_option(cli, "platforms");
	int r = at ? 0 : add_of_platform(cli, b, argc, argv, err);

	while (at && r == 0) {
		char platform[GV_PLATFORM_MAX];
		size_t n = strcspn(at, ",");
		struct gv_text t = gv_text_in(platform, sizeof(platform));

		gv_text_add_n(&t, at, n);
		if (t.cut || !gv_platform_valid(platform)) {
			gv_err_set(err, -GV_EUSAGE, "'%.*s' is not a platform", (int)n,
				   at);
			return gv_err_hint(err, "write it as Go does, OS-ARCH: "
						"--platforms linux-amd64,linux-arm64");
		}
		r = add_of_other(cli, b, platform, argc, argv, err);
		at = at[n] ? at + n + 1 : NULL;
	}
	return r;
}

/* -- making it ----------------------------------------------------------------------- */

struct drawing {
	struct gv_progress progress;
	int64_t drawn_at;
};

static void on_step(void *arg, enum gv_step step, uint64_t done, uint64_t total)
{
	struct drawing *d = arg;
	int64_t now = gv_clock_ms();

	gv_progress_set(&d->progress.lines[0], step, done, total);
	if (now - d->drawn_at < TICK_MS)
		return;
	d->drawn_at = now;
	gv_progress_draw(&d->progress);
}

struct filling {
	struct gv_bundling *b;
	struct gv_err *err;
};

static int fill(int fd, void *arg)
{
	struct filling *f = arg;

	return gv_bundling_write(f->b, fd, f->err);
}

static int save(struct gv_bundling *b, const char *output, struct gv_err *err)
{
	struct filling f = {.b = b, .err = err};
	int r;

	if (to_stdout(output))
		return gv_bundling_write(b, STDOUT_FILENO, err);
	gv_sweep_beside(AT_FDCWD, output, SWEEP_AFTER_S);
	r = gv_save_filled(AT_FDCWD, output, fill, &f, 0666);
	if (r == 0 || err->code == r)
		return r;
	gv_err_sys(err, r, "cannot write '%s'", output);
	/* That hint speaks of a store, which this is not. */
	return r == -EACCES || r == -EPERM || r == -EROFS
		       ? gv_err_hint(err, "write it where you may: -o FILE")
		       : r;
}

static int make(struct gv_cli *cli, struct gv_bundling *b, struct gv_install *in,
		const char *output, struct gv_err *err)
{
	struct drawing drawing = {.drawn_at = 0};
	int r = gv_progress_init(&drawing.progress, cli, 1);

	if (r < 0)
		return gv_err_sys(err, r, "cannot write the bundle");
	memcpy(drawing.progress.lines[0].name, "bundle", sizeof("bundle"));
	in->progress = on_step;
	in->progress_arg = &drawing;
	r = save(b, output, err);
	gv_progress_clear(&drawing.progress);
	gv_progress_release(&drawing.progress);
	in->progress = NULL;
	in->progress_arg = NULL;
	return r;
}

/* -- what was done ------------------------------------------------------------------- */

static void tell(const struct gv_cli *cli, const struct gv_bundling *b,
		 const char *output)
{
	char size[GV_SIZE_LEN];

	if (to_stdout(output))
		return;
	for (size_t i = 0; i < b->bundle.n; i++) {
		const struct gv_bundle_item *item = &b->bundle.items[i];

		gv_format_size(item->bytes, size);
		gv_cli_done(cli, "%s for %s: %s", item->name, item->platform, size);
	}
	gv_format_size(b->bytes, size);
	gv_cli_done(cli, "%s: %s, proven by '%s' with %llu records", output, size,
		    b->in->sumdb->key.name, (unsigned long long)gv_bundling_records(b));
}

static struct gv_json *to_json(const struct gv_bundling *b, const char *output)
{
	struct gv_json *o = gv_cli_new_json(), *list = gv_json_new_array();

	for (size_t i = 0; i < b->bundle.n; i++) {
		struct gv_json *t = gv_json_new_object();

		gv_json_set_str(t, "version", b->bundle.items[i].name);
		gv_json_set_str(t, "platform", b->bundle.items[i].platform);
		gv_json_set_int(t, "bytes", (int64_t)b->bundle.items[i].bytes);
		gv_json_append(list, t);
	}
	gv_json_set_str(o, "path", output);
	gv_json_set_int(o, "bytes", (int64_t)b->bytes);
	gv_json_set_str(o, "log", b->in->sumdb->key.name);
	gv_json_set_int(o, "records", (int64_t)gv_bundling_records(b));
	gv_json_set(o, "toolchains", list);
	return o;
}

static int bundle(struct gv_cli *cli, struct gv_pipeline *p, int argc, char **argv,
		  const char *output, struct gv_err *err)
{
	struct gv_bundling b = GV_BUNDLING_INIT(&p->in);
	struct gv_err why = GV_ERR_INIT;
	int r = add_sizes(cli, &b, err);

	if (r == 0)
		r = add_all(cli, &b, argc, argv, err);
	if (r == 0)
		r = gv_bundling_prove(&b, &why, err);
	if (r == 0 && b.alone)
		gv_cli_warn(
			cli,
			"%s: machines that remember another tree head of the log will "
			"have to ask it",
			why.message);
	if (r == 0)
		r = make(cli, &b, &p->in, output, err);
	if (r == 0 && cli->json)
		r = gv_cli_print_json(to_json(&b, output), err);
	else if (r == 0)
		tell(cli, &b, output);
	gv_bundling_release(&b);
	return r;
}

/* There is no store. */
static int nothing_there(struct gv_cli *cli, const char *arg, struct gv_err *err)
{
	struct gv_spec spec;
	char name[GV_NAME_MAX];
	int r = gv_cli_spec(arg, &spec, err);

	return r < 0 ? r : gv_cli_find_installed(cli, &spec, name, err);
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	const char *output = gv_cli_option(cli, "output");
	struct gv_pipeline p = {.cache_dir = -1};
	int r = check_output(cli, output, err);

	if (r == 0 && argc == 0) {
		gv_err_set(err, -GV_EUSAGE, "bundle needs the SPEC of a toolchain");
		return gv_err_hint(err, "govern list shows what is installed");
	}
	if (r == 0)
		r = gv_cli_store(cli, GV_STORE_READ, err);
	if (r == 1)
		return nothing_there(cli, argv[0], err);
	if (r == 0)
		r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	r = bundle(cli, &p, argc, argv, output, err);
	gv_pipeline_close(&p);
	return r;
}

static const struct gv_option options[] = {
	{"output", 'o', "FILE", "the file to write; - is stdout", "file"},
	{"force", 0, NULL, "replace a file that is there", NULL},
	{"platforms", 0, "LIST",
	 "of these, not of this machine's: linux-amd64,linux-arm64", "platform,"},
	{"since", 0, "LIST",
	 "also for who remembers a tree head of so many records (12,345)", NULL},
	{0},
};

const struct gv_command gv_cmd_bundle = {
	.name = "bundle",
	.arguments = "-o FILE SPEC...",
	.what = "put toolchains and their proofs into one file",
	.details =
		"`govern install --from FILE` installs them, proven, on a machine that "
		"has no network and\nknows nothing of them yet.  SPEC is an installed "
		"toolchain that is proven; a line means\nits newest one.",
	.options = options,
	.complete = "installed",
	.max_operands = -1,
	.json = true,
	.run = run,
};
