// SPDX-License-Identifier: Apache-2.0
#include "core/cli/installed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli/output.h"
#include "core/config/nearest.h"
#include "core/store/adopted.h"
#include "core/store/pointers.h"

#define LOCK_WAIT_MS (10 * 60 * 1000L)

int gv_cli_spec(const char *arg, struct gv_spec *ret, struct gv_err *err)
{
	static const char *const words[] = {"latest", "stable", "oldstable", "system"};
	int r = gv_spec_parse(arg, strlen(arg), GV_SPEC_COMMAND, ret, err);
	const char *best = NULL;

	if (r == 0 || err->hint[0])
		return r;
	if (strcmp(arg, "unstable") == 0) /* and not 'stable', by a slip */
		return gv_err_hint(err, "govern available --all");
	for (size_t i = 0; i < GV_COUNT(words); i++)
		best = gv_nearer(arg, best, words[i]);
	return best ? gv_err_hint(err, "did you mean '%s'?", best)
		    : gv_err_hint(err, "govern available");
}

const char *gv_cli_suffix(const struct gv_spec *spec)
{
	switch (spec->suffix) {
	case GV_SUFFIX_LOCAL:
		return "+local";
	case GV_SUFFIX_AUTO:
		return "+auto";
	case GV_SUFFIX_PATH:
		return "+path";
	case GV_SUFFIX_NONE:
		break;
	}
	return "";
}

/* A tag goes through the store's pointers, by the code that the shim uses. */
static int match_tag(struct gv_cli *cli, const struct gv_spec *spec, struct gv_list *ret,
		     struct gv_err *err)
{
	char name[GV_NAME_MAX];
	int r = gv_resolve_spec(cli->store.prefix, spec, name, err);

	if (r < 0)
		return r;
	return gv_list_add(ret, name) < 0
		       ? gv_err_sys(err, -ENOMEM, "cannot list toolchains")
		       : 0;
}

int gv_cli_matches(struct gv_cli *cli, const struct gv_spec *spec, struct gv_list *ret,
		   struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	int r;

	if (spec->kind == GV_SPEC_TAG)
		return match_tag(cli, spec, ret, err);
	if (spec->kind == GV_SPEC_SYSTEM)
		return gv_err_set(err, -GV_EUSAGE,
				  "'system' is whatever go comes next in PATH, not a "
				  "toolchain of this store");
	if (spec->kind == GV_SPEC_OLDSTABLE) {
		gv_err_set(err, -GV_EUSAGE,
			   "'%s' needs the list of releases: name a version", spec->text);
		return gv_err_hint(err, "govern available %s", spec->text);
	}
	r = gv_store_list(&cli->store, &names, err);
	for (size_t i = 0; i < names.n && r == 0; i++) {
		struct gv_version v;

		if (gv_version_parse(names.items[i], strlen(names.items[i]), &v) < 0)
			continue;
		if (spec->kind == GV_SPEC_EXACT ? strcmp(v.name, spec->version.name) != 0
						: !gv_spec_matches(spec, &v))
			continue;
		if (gv_list_add(ret, names.items[i]) < 0)
			r = gv_err_sys(err, -ENOMEM, "cannot list toolchains");
	}
	return r;
}

static int none(const struct gv_spec *spec, struct gv_err *err)
{
	char bare[GV_NAME_MAX];

	if (spec->kind == GV_SPEC_EXACT)
		gv_err_set(err, -GV_ENOTFOUND, "%s is not installed", spec->version.name);
	else
		gv_err_set(err, -GV_ENOTFOUND, "no installed toolchain is '%s'",
			   spec->text);
	return gv_err_hint(err,
			   strpbrk(spec->text, "<>~* ") ? "govern install '%s'"
							: "govern install %s",
			   spec->kind == GV_SPEC_EXACT
				   ? gv_version_bare(&spec->version, bare)
				   : spec->text);
}

int gv_cli_find_listed(struct gv_cli *cli, const struct gv_spec *spec,
		       char ret_name[GV_NAME_MAX], struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	int r = gv_cli_store(cli, GV_STORE_READ, err);

	if (r == 0)
		r = gv_cli_matches(cli, spec, &names, err);
	if (r < 0)
		return r;
	if (names.n == 0)
		return none(spec, err);
	memcpy(ret_name, names.items[names.n - 1], strlen(names.items[names.n - 1]) + 1);
	return 0;
}

int gv_cli_find_installed(struct gv_cli *cli, const struct gv_spec *spec,
			  char ret_name[GV_NAME_MAX], struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	struct gv_err newest = GV_ERR_INIT;
	int r = gv_cli_store(cli, GV_STORE_READ, err);

	if (r == 0)
		r = gv_cli_matches(cli, spec, &names, err);
	if (r == 0)
		r = gv_pointers_load(&cli->store, &pointers, err);
	if (r < 0)
		return r;
	/* Those that are held back only where there is no other: as the line does,
	 * which the shim follows. */
	for (size_t i = 2 * names.n; i > 0; i--) {
		const char *name = names.items[(i - 1) % names.n];
		bool held = gv_pointers_get(&pointers, gv_pointer_hold(name).s) != NULL;
		struct gv_err why = GV_ERR_INIT;

		if (held != (i <= names.n))
			continue;
		why.code = gv_adopted_check(&cli->store, name, &why);
		if (why.code == 0) {
			memcpy(ret_name, name, strlen(name) + 1);
			return 0;
		}
		if (newest.code == 0)
			newest = why;
	}
	if (newest.code == 0)
		return none(spec, err);
	*err = newest;
	return err->code;
}

void gv_cli_none_yet(const struct gv_cli *cli)
{
	const char *platform = gv_cli_option(cli, "platform");

	gv_cli_say(cli, "no toolchains yet");
	gv_cli_hint(cli, "govern install%s%s latest", platform ? " --platform " : "",
		    platform ? platform : "");
}

void gv_cli_say_waiting(const struct gv_cli *cli, const char *name)
{
	gv_cli_say(cli, "waiting for another govern, which works on %s", name);
}

struct waiting {
	const struct gv_cli *cli;
	const char *name;
};

static void say_waiting(void *arg, const char *file)
{
	const struct waiting *w = arg;

	(void)file;
	gv_cli_say_waiting(w->cli, w->name);
}

int gv_cli_lock(struct gv_cli *cli, const char *name, struct gv_lock *ret,
		struct gv_err *err)
{
	struct waiting w = {cli, name};
	int r = gv_store_lock(&cli->store, name, LOCK_WAIT_MS, say_waiting, &w, ret);

	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r == -EWOULDBLOCK)
		return gv_err_set(err, -GV_EFAILED,
				  "another process is still at work on %s", name);
	if (r < 0)
		return gv_err_sys(err, r, "cannot lock %s", name);
	if (r == 1 && cli->store.writable && !cli->told_no_locks) {
		struct gv_err why = GV_ERR_INIT;

		(void)gv_store_no_locks(&cli->store, &why);
		gv_cli_warn(cli, "%s", why.message);
		cli->told_no_locks = true;
	}
	return 0;
}
