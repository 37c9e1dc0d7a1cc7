// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/batch.h"
#include "core/cli/gomod.h"
#include "core/cli/installed.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/cli/policy/allowed.h"
#include "core/cli/replace.h"
#include "core/config/dirs.h"
#include "core/resolve/pin.h"
#include "core/resolve/words.h"

#define PIN_FILE ".go-version"

static int working_dir(char ret[PATH_MAX], struct gv_err *err)
{
	int r = gv_dirs_working(ret);

	if (r == 0)
		return 0;
	gv_err_sys(err, r, "cannot tell the working directory");
	return r == -ENOENT ? gv_err_hint(err, "it was removed; cd to one that is there")
			    : r;
}

static int show(struct gv_cli *cli, struct gv_err *err)
{
	struct gv_choice pin;
	char dir[PATH_MAX];
	struct gv_json *o;
	int r = working_dir(dir, err);

	if (r == 0)
		r = gv_resolve_pin(dir, &pin, err);
	if (r < 0)
		return r;
	if (r == 1) {
		gv_err_set(err, -GV_ENOTFOUND, "nothing is pinned in %s or above", dir);
		return gv_err_hint(err, "govern pin 1.22");
	}
	if (!cli->json) {
		gv_print_visible(pin.spec.text);
		fputs(" (", stdout);
		gv_print_visible(pin.file);
		printf(":%u)\n", pin.line);
		return 0;
	}
	o = gv_cli_new_json();
	gv_json_set_str(o, "spec", pin.spec.text);
	gv_json_set_str(o, "file", pin.file);
	gv_json_set_int(o, "line", pin.line);
	return gv_cli_print_json(o, err);
}

static int unset(struct gv_cli *cli, struct gv_err *err)
{
	int r = gv_remove_durably(AT_FDCWD, PIN_FILE);

	if (r == 0) {
		gv_cli_done(cli, "%s removed", PIN_FILE);
		return 0;
	}
	if (r != -ENOENT)
		return gv_err_sys(err, r, "cannot remove '%s'", PIN_FILE);
	gv_cli_say(cli, "no %s here", PIN_FILE);
	return 0;
}

/* An adopted one that became another version is as good as none. */
static bool is_missing(int r)
{
	return r == -GV_ENOTFOUND || r == -GV_EVERIFY;
}

/* The exact version that is pinned for a spec: the newest one installed, else the newest
 * that can be had. */
static int choose(struct gv_cli *cli, const struct gv_spec *spec, struct gv_version *ret,
		  struct gv_err *err)
{
	struct gv_err missing = GV_ERR_INIT;
	char name[GV_NAME_MAX];
	struct gv_pipeline p;
	int r = -GV_ENOTFOUND;

	if (spec->kind == GV_SPEC_EXACT) {
		*ret = spec->version;
		return 0;
	}
	if (spec->kind != GV_SPEC_OLDSTABLE)
		r = gv_cli_find_installed(cli, spec, name, &missing);
	if (r == 0)
		return gv_version_parse(name, strlen(name), ret) == 0
			       ? 0
			       : gv_err_set(err, -GV_EFAILED, "'%s' is not a version",
					    name);
	if (!is_missing(r) || spec->kind == GV_SPEC_TAG) {
		*err = missing;
		return r;
	}
	r = cli->store_open ? 0 : gv_cli_no_store(cli, err);
	if (r == 0)
		r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	r = gv_install_choose(&p.in, spec, ret, err);
	gv_pipeline_close(&p);
	if (r == 0)
		gv_cli_say(cli,
			   "nothing installed is '%s': %s is the newest that can be had",
			   spec->text, ret->name);
	return r;
}

static int install(struct gv_cli *cli, const struct gv_version *v, struct gv_err *err)
{
	struct gv_batch batch = {0};
	struct gv_pipeline p;
	int r;

	if (cli->store_open)
		gv_store_close(&cli->store);
	cli->store_open = false;
	r = gv_cli_store(cli, GV_STORE_CREATE, err);
	if (r == 0)
		r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	gv_store_heal(&cli->store);
	r = gv_batch_add(&batch, v) < 0 ? gv_err_sys(err, -ENOMEM, "cannot install")
					: gv_batch_bring(cli, &p, &batch, 1, err);
	gv_batch_release(&batch);
	gv_pipeline_close(&p);
	return r;
}

/* With such a pin Go does not switch by itself, and refuses the module. */
static void warn_of_gomod(struct gv_cli *cli, const struct gv_spec *spec)
{
	const char *suffix = gv_cli_suffix(spec);
	struct gv_version floor;
	char file[PATH_MAX];

	if (strcmp(suffix, "+auto") == 0 || strcmp(suffix, "+path") == 0 ||
	    !gv_gomod_floor(file, &floor) ||
	    gv_version_compare(&spec->version, &floor) >= 0)
		return;
	gv_cli_warn(cli, "'%s' wants %s: with this pin Go refuses it", file, floor.name);
	gv_cli_hint(cli, "govern pin --install %s", gv_after_prefix(floor.name, "go"));
}

static void warn(struct gv_cli *cli, const struct gv_spec *spec)
{
	const char *version = getenv("GOVERN_VERSION");
	struct gv_err why = GV_ERR_INIT;
	struct gv_choice choice;
	char name[GV_NAME_MAX];

	if (version && version[0])
		gv_cli_warn(cli, "GOVERN_VERSION is set and wins over any file");
	if (spec->kind == GV_SPEC_EXACT) {
		if (is_missing(gv_cli_find_installed(cli, spec, name, &why)))
			gv_cli_warn_of(cli, &why);
		warn_of_gomod(cli, spec);
	} else if (gv_cli_resolve(cli, "go", NULL, NULL, &choice, &why) < 0) {
		gv_cli_warn_of(cli, &why); /* `go` will say the same */
	}
}

static bool is_pin(const struct gv_buf *text)
{
	struct gv_words words =
		gv_words_in(text->data ? text->data : "", text->len, GV_WORDS_VERSIONS);
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_spec spec;
	struct gv_word word;
	bool any = false;

	while (gv_words_next(&words, &word) > 0) {
		if (gv_spec_parse(word.s, word.n, GV_SPEC_PIN, &spec, &ignored) < 0)
			return false;
		any = true;
	}
	return any;
}

/* Who made the repository may have had it lead to any file of the user's. */
static int check_link(struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_PIN_MAX);
	struct stat st;
	int r;

#ifdef GV_WITHOUT_PIN_LINK /* tests/controls: written over, whatever it is */
	return 0;
#endif
	if (lstat(PIN_FILE, &st) < 0 || !S_ISLNK(st.st_mode))
		return 0;
	r = gv_user_file_load(PIN_FILE, &text, err);
	if (r < 0 || is_pin(&text))
		return r;
	gv_err_set(err, -GV_EFAILED, "'%s' is a link to a file that is no pin", PIN_FILE);
	return gv_err_hint(err, "govern pin --unset removes the link");
}

static int write_pin(struct gv_cli *cli, const char *text, struct gv_err *err)
{
	char line[2 * GV_NAME_MAX], dir[PATH_MAX];
	int n = snprintf(line, sizeof(line), "%s\n", text);
	int r = check_link(err);

	if (r < 0)
		return r;
	r = gv_user_file_save(PIN_FILE, line, (size_t)n, err);
	if (r == 0)
		gv_cli_done(cli, "pinned %s in %s", text, PIN_FILE);
	else if (r == -ENOENT)
		r = working_dir(dir, err) < 0 ? err->code : r;
	return r;
}

/* A line of which nothing is installed, by its version alone: which patch it will be,
 * nobody knows. */
static int check_line(struct gv_cli *cli, const struct gv_spec *spec, struct gv_err *err)
{
	struct gv_version v;
	struct gv_policy_subject s = {.version = &v, .called = spec->text};
	int r = gv_cli_config(cli, err);

	if (r < 0 || !gv_line_newest(spec, &v))
		return r;
	return gv_policy_judge(&cli->config.policy, &s, err);
}

/* What policy says of what it means now: it may mean another toolchain tomorrow. */
static int check_as_is(struct gv_cli *cli, const struct gv_spec *spec, struct gv_err *err)
{
	struct gv_err ignored = GV_ERR_INIT;
	char name[GV_NAME_MAX];

	if (spec->kind == GV_SPEC_SYSTEM)
		return 0;
	if (spec->kind == GV_SPEC_EXACT)
		return gv_cli_allowed(cli, spec->version.name, err);
	if (gv_cli_find_installed(cli, spec, name, &ignored) < 0)
		return check_line(cli, spec, err);
	return gv_cli_allowed(cli, name, err);
}

static int pin_as_is(struct gv_cli *cli, struct gv_spec *spec, struct gv_err *err)
{
	/* A file may not say everything that a command line may. */
	int r = gv_spec_parse(spec->text, strlen(spec->text), GV_SPEC_PIN, spec, err);
	struct gv_version v;

	if (r == 0)
		r = check_as_is(cli, spec, err);
	/* what a tag or `system` means, nobody offers */
	if (r == 0 && gv_cli_option(cli, "install") && spec->kind != GV_SPEC_TAG &&
	    spec->kind != GV_SPEC_SYSTEM) {
		r = choose(cli, spec, &v, err);
		if (r == 0)
			r = gv_cli_allowed(cli, v.name, err);
		if (r == 0)
			r = install(cli, &v, err);
	}
	if (r == 0)
		r = write_pin(cli, spec->text, err);
	if (r == 0)
		warn(cli, spec);
	return r;
}

static int pin(struct gv_cli *cli, struct gv_spec *spec, struct gv_err *err)
{
	char text[2 * GV_NAME_MAX], bare[GV_NAME_MAX];
	struct gv_version v;
	int r;

	if (gv_cli_option(cli, "as-is") || spec->kind == GV_SPEC_SYSTEM)
		return pin_as_is(cli, spec, err);
	r = choose(cli, spec, &v, err);
	if (r == 0)
		r = gv_cli_allowed(cli, v.name, err);
	if (r == 0 && gv_cli_option(cli, "install"))
		r = install(cli, &v, err);
	if (r < 0)
		return r;
	snprintf(text, sizeof(text), "%s%s", gv_version_bare(&v, bare),
		 gv_cli_suffix(spec));
	r = write_pin(cli, text, err);
	if (r == 0 && gv_spec_parse(text, strlen(text), GV_SPEC_PIN, spec, err) == 0)
		warn(cli, spec);
	return r;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	bool mod = gv_cli_option(cli, "from-mod") != NULL;
	bool remove = gv_cli_option(cli, "unset") != NULL;
	struct gv_spec spec;
	int r;

	if ((argc > 0) + mod + remove > 1)
		return gv_err_set(err, -GV_EUSAGE,
				  "a SPEC, --from-mod and --unset exclude one another");
	if (!argc && !mod &&
	    (gv_cli_option(cli, "as-is") || gv_cli_option(cli, "install")))
		return gv_err_set(err, -GV_EUSAGE,
				  "--as-is and --install go with a SPEC or --from-mod");
	if (cli->json && (argc || mod || remove))
		return gv_err_set(err, -GV_EUSAGE, "--json is for showing the pin");
	if (remove)
		return unset(cli, err);
	if (!argc && !mod)
		return show(cli, err);
	r = mod ? gv_gomod_asks(&spec, err) : gv_cli_spec(argv[0], &spec, err);
	return r < 0 ? r : pin(cli, &spec, err);
}

static const struct gv_option options[] = {
	{"as-is", 0, NULL, "write the SPEC as it is given", NULL},
	{"from-mod", 0, NULL, "take the version from go.mod's toolchain or go line",
	 NULL},
	{"install", 0, NULL, "install it too", NULL},
	{"unset", 0, NULL, "remove the pin file of this directory", NULL},
	{0},
};

const struct gv_command gv_cmd_pin = {
	.name = "pin",
	.alias = "local",
	.arguments = "[SPEC]",
	.what = "show or write the pin of this directory, .go-version",
	.details =
		"Writes one exact version: for a line as 1.22 the newest patch that is "
		"installed, else the\n"
		"newest that can be had.  Without SPEC: shows the pin in force here.",
	.options = options,
	.complete = "installed",
	.max_operands = 1,
	.json = true,
	.run = run,
};
