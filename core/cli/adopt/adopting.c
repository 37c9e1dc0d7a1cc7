// SPDX-License-Identifier: Apache-2.0
#include "core/cli/adopt/adopting.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/cli/hook.h"
#include "core/cli/installed.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/store/pointers.h"

void gv_adopting_init(struct gv_adopting *a, struct gv_cli *cli,
		      const struct gv_pipeline *p, bool dry, struct gv_adopt_seen *seen)
{
	*a = (struct gv_adopting){
		.cli = cli,
		.pipeline = p,
		.dry = dry,
		.adopted = gv_json_new_array(),
		.left = gv_json_new_array(),
	};
	a->seen = seen || dry ? seen : &a->own;
}

void gv_adopting_release(struct gv_adopting *a)
{
	gv_json_free(a->adopted);
	gv_json_free(a->left);
	gv_list_release(&a->names);
	gv_list_release(&a->paths);
	gv_list_release(&a->fresh);
	gv_adopt_seen_release(&a->own);
}

/* -- what is told -------------------------------------------------------------------- */

static void add_adopted(struct gv_adopting *a, const char *manager,
			const struct gv_goroot *g, const struct gv_adopted *done)
{
	const struct gv_store *s = &a->cli->store;
	GV_CLEANUP(gv_free_str)
	char *path = s->prefix ? gv_store_path(s, g->version.name) : NULL;
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "version", g->version.name);
	gv_json_set_str(o, "platform", s->platform);
	gv_json_set_str(o, "path", path);
	gv_json_set_str(o, "adopted_from", g->path);
	gv_json_set_str(o, "manager", manager);
	gv_json_set_str(o, "trust", gv_trust_name(done->trust));
	gv_json_set_str(o, "source", "adopted");
	gv_json_set_str(o, "h1", done->h1[0] ? done->h1 : NULL);
	gv_json_set_bool(o, "already", done->already);
	gv_json_set_str(o, "reason", done->why[0] ? done->why : NULL);
	gv_json_append(a->adopted, o);
}

static int note_adopted(struct gv_adopting *a, const char *manager,
			const struct gv_goroot *g, const struct gv_adopted *done,
			struct gv_err *err)
{
	if (gv_list_add(&a->names, g->version.name) < 0 ||
	    gv_list_add(&a->paths, g->path) < 0 ||
	    (!done->already && gv_list_add(&a->fresh, g->version.name) < 0))
		return gv_err_sys(err, -ENOMEM, "cannot adopt");
	add_adopted(a, manager, g, done);
	if (done->already) {
		gv_cli_done(a->cli, "%s is adopted from '%s' already (%s)",
			    g->version.name, g->path, gv_trust_name(done->trust));
		return 0;
	}
	gv_cli_done(a->cli, "%s %s from '%s': %s%s%s", g->version.name,
		    a->dry ? "would be adopted" : "adopted", g->path,
		    gv_trust_name(done->trust), done->why[0] ? ", " : "", done->why);
	return 0;
}

static void note_left(struct gv_adopting *a, const struct gv_place *place,
		      const char *version, const struct gv_err *why)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "path", place->path);
	gv_json_set_str(o, "manager", place->manager);
	gv_json_set_str(o, "version", version);
	gv_json_set_str(o, "reason", why->message);
	gv_json_set_str(o, "hint", why->hint[0] ? why->hint : NULL);
	gv_json_append(a->left, o);
	gv_cli_done(a->cli, "left (%s): %s", place->manager, why->message);
}

/* -- one ----------------------------------------------------------------------------- */

static void record(const struct gv_adopting *a, const struct gv_goroot *g,
		   const struct gv_adopted *done)
{
	struct gv_journal_entry e = {
		.event = "adopt",
		.version = g->version.name,
		.h1 = done->h1,
		.trust = gv_trust_name(done->trust),
		.source = g->path,
	};

	if (!a->dry && !done->already)
		gv_cli_record(a->cli, &e);
}

/* Only what would be adopted is worth a question. */
static int ask_hooks(struct gv_adopting *a, const struct gv_goroot *g, struct gv_err *err)
{
	struct gv_hook_subject subject = {.version = g->version.name, .source = g->path};
	struct gv_adopted would;
	int r;

	if (a->dry || !gv_cli_has_hooks(a->cli, GV_HOOK_PRE_INSTALL))
		return 0;
	r = gv_adopt_one(&a->pipeline->in, g, true, a->seen, &would, err);
	if (r < 0 || would.already)
		return r;
	subject.trust = gv_trust_name(would.trust);
	subject.h1 = would.h1;
	return gv_cli_hook_before(a->cli, GV_HOOK_PRE_INSTALL, &subject, err);
}

struct one {
	const struct gv_cli *cli;
	const char *name;
};

static void on_step(void *arg, enum gv_step step, uint64_t done, uint64_t total)
{
	const struct one *one = arg;

	(void)done;
	(void)total;
	if (step == GV_STEP_WAIT)
		gv_cli_say_waiting(one->cli, one->name);
}

static int adopt(struct gv_adopting *a, const char *manager, const struct gv_goroot *g,
		 struct gv_err *err)
{
	struct gv_install in = a->pipeline->in;
	struct one one = {a->cli, g->version.name};
	struct gv_adopted done;
	int r = ask_hooks(a, g, err);

	in.progress = on_step;
	in.progress_arg = &one;
	if (r == 0)
		r = gv_adopt_one(&in, g, a->dry, a->seen, &done, err);
	if (r < 0)
		return r;
	record(a, g, &done);
	return note_adopted(a, manager, g, &done, err);
}

int gv_adopting_path(struct gv_adopting *a, const char *path, struct gv_err *err)
{
	struct gv_goroot g;
	int r = gv_goroot_find(path, a->cli->store.platform, &g, err);

	if (r < 0)
		return r;
	r = adopt(a, NULL, &g, err);
	gv_goroot_release(&g);
	return r;
}

/* The place of something else: a directory of a manager's own. */
static bool is_none(const struct gv_place *place)
{
	char program[PATH_MAX];
	struct gv_text t = gv_text_in(program, sizeof(program));

	gv_text_format(&t, "%s/bin/go", place->path);
	return t.cut || faccessat(AT_FDCWD, program, F_OK, AT_SYMLINK_NOFOLLOW) < 0;
}

/* By two names: the directory above it, too, is a place to look at. */
static bool was_seen(const struct gv_adopting *a, const struct gv_goroot *g)
{
	for (size_t i = 0; i < a->paths.n; i++)
		if (strcmp(a->paths.items[i], g->path) == 0)
			return true;
	return false;
}

/* An equal one came before.  In a dry run the store does not know. */
static bool is_second(const struct gv_adopting *a, const struct gv_goroot *g,
		      struct gv_err *err)
{
	for (size_t i = 0; i < a->names.n; i++) {
		if (strcmp(a->names.items[i], g->version.name) != 0)
			continue;
		gv_err_set(err, -GV_EPOLICY, "%s is adopted already, from '%s'",
			   g->version.name, a->paths.items[i]);
		return true;
	}
	return false;
}

/* What a half-made toolchain of theirs holds is no failure of ours. */
static bool may_differ_later(int r)
{
	return r == -GV_EINTERRUPTED ||
	       (gv_exit_status(r) == 1 && r != -GV_EFORMAT && r != -ELOOP);
}

int gv_adopting_place(struct gv_adopting *a, const struct gv_place *place,
		      struct gv_err *err)
{
	struct gv_err why = GV_ERR_INIT;
	struct gv_goroot g;
	int r = gv_goroot_find(place->path, a->cli->store.platform, &g, &why);

	if (r == -GV_ENOTFOUND && is_none(place))
		return 0;
	if (r < 0) {
		note_left(a, place, NULL, &why);
		if (r == -EACCES || !may_differ_later(r))
			return 0; /* another user's, for one */
		*err = why;
		return r;
	}
	if (was_seen(a, &g)) {
		gv_goroot_release(&g);
		return 0;
	}
	r = is_second(a, &g, &why) ? -GV_EPOLICY : adopt(a, place->manager, &g, &why);
	if (r < 0)
		note_left(a, place, g.version.name, &why);
	gv_goroot_release(&g);
	if (r == 0 || !may_differ_later(r))
		return 0;
	*err = why;
	return r;
}

int gv_adopting_finish(struct gv_adopting *a, struct gv_err *err)
{
	struct gv_change_note note = gv_cli_note(a->cli, NULL);
	int r;

	/* Also for what was there already: a kill may have come before this, then. */
	if (a->dry || a->names.n == 0)
		return 0;
	r = gv_pointers_change(&a->cli->store, NULL, 0, &note, err);
	for (size_t i = 0; i < a->fresh.n && !gv_interrupted(); i++) {
		struct gv_hook_subject subject = {.version = a->fresh.items[i],
						  .source = "adopted"};

		gv_cli_hook_after(a->cli, GV_HOOK_POST_INSTALL, &subject);
	}
	return r;
}

void gv_adopting_json(struct gv_adopting *a, struct gv_json *object)
{
	gv_json_set(object, "adopted", a->adopted);
	gv_json_set(object, "left", a->left);
	gv_json_set_bool(object, "dry_run", a->dry);
	a->adopted = a->left = NULL;
}
