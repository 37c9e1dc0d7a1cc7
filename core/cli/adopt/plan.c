// SPDX-License-Identifier: Apache-2.0
#include "core/cli/adopt/plan.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/cli/output.h"
#include "core/store/adopted.h"

void gv_import_plan_init(struct gv_import_plan *m, struct gv_cli *cli,
			 const struct gv_pipeline *p, bool dry,
			 struct gv_adopt_seen *seen)
{
	*m = (struct gv_import_plan){
		.cli = cli,
		.pipeline = p,
		.dry = dry,
		.defaults = gv_json_new_array(),
		.tagged = gv_json_new_array(),
	};
	gv_adopting_init(&m->adopting, cli, p, dry, seen);
}

void gv_import_plan_release(struct gv_import_plan *m)
{
	gv_json_free(m->defaults);
	gv_json_free(m->tagged);
	gv_adopting_release(&m->adopting);
	gv_imports_release(&m->said);
	gv_pointers_release(&m->before);
	gv_list_release(&m->there);
	gv_list_release(&m->tags);
	gv_list_release(&m->tag_targets);
}

/* "/home/me/.goenv/version:1" */
static void place_of(const struct gv_import *one, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);

	gv_text_add(&t, one->file);
	if (one->line)
		gv_text_format(&t, ":%u", one->line);
}

static bool is_there(const struct gv_import_plan *m, const char *name)
{
	for (size_t i = 0; i < m->there.n; i++)
		if (strcmp(m->there.items[i], name) == 0)
			return true;
	return false;
}

/* -- toolchains ---------------------------------------------------------------------- */

static int adopt(struct gv_import_plan *m, const char *of, struct gv_err *err)
{
	struct gv_places places;
	int first = 0, r = gv_places_find(of, &places, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < places.n && !gv_interrupted(); i++) {
		struct gv_err why = GV_ERR_INIT;

		if (gv_imports_know(places.items[i].manager, &why) < 0)
			continue; /* the system's, Go's own */
		r = gv_adopting_place(&m->adopting, &places.items[i], &why);
		if (r < 0 && !first) {
			*err = why;
			first = r;
		}
	}
	gv_places_release(&places);
	return gv_interrupted() ? gv_err_set(err, -GV_EINTERRUPTED, "interrupted")
				: first;
}

static int add_there(struct gv_import_plan *m, const char *name, struct gv_err *err)
{
	if (is_there(m, name) || gv_list_add(&m->there, name) == 0)
		return 0;
	return gv_err_sys(err, -ENOMEM, "cannot import");
}

static int find_there(struct gv_import_plan *m, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct gv_cli *cli = m->cli;
	struct gv_err unused = GV_ERR_INIT;
	int r = cli->store_open ? gv_store_list(&cli->store, &names, err) : 0;

	if (r == 0 && cli->store_open)
		r = gv_pointers_load(&cli->store, &m->before, err);
	for (size_t i = 0; i < names.n && r == 0; i++)
		if (gv_adopted_check(&cli->store, names.items[i], &unused) == 0)
			r = add_there(m, names.items[i], err);
	for (size_t i = 0; i < m->adopting.names.n && r == 0; i++)
		r = add_there(m, m->adopting.names.items[i], err);
	return r;
}

/* -- the default --------------------------------------------------------------------- */

/* The newest toolchain that is meant; "" where that is none that is there. */
static void choose(const struct gv_import_plan *m, const struct gv_spec *spec,
		   char ret[GV_NAME_MAX])
{
	struct gv_version v, best;
	bool found = false;

	ret[0] = '\0';
	for (size_t i = 0; i < m->there.n; i++) {
		const char *name = m->there.items[i];

		if (gv_version_parse(name, strlen(name), &v) < 0 ||
		    (spec->kind == GV_SPEC_EXACT ? strcmp(v.name, spec->version.name) != 0
						 : !gv_spec_matches(spec, &v)) ||
		    (found && gv_version_compare(&v, &best) < 0))
			continue;
		best = v;
		found = true;
	}
	if (found)
		memcpy(ret, best.name, sizeof(best.name));
}

static void tell_default(struct gv_import_plan *m, const struct gv_import *one)
{
	struct gv_json *o = gv_json_new_object();
	char place[PATH_MAX + 16];

	place_of(one, place, sizeof(place));
	gv_json_set_str(o, "manager", one->manager);
	gv_json_set_str(o, "file", one->file);
	if (one->line)
		gv_json_set_int(o, "line", one->line);
	else
		gv_json_set_str(o, "line", NULL);
	gv_json_set_str(o, "spec", one->spec.text[0] ? one->spec.text : NULL);
	gv_json_set_str(o, "reason", one->why.code ? one->why.message : NULL);
	gv_json_set_bool(o, "followed", one == m->followed);
	gv_json_append(m->defaults, o);
	if (one->why.code)
		gv_cli_done(m->cli, "left (%s): %s: %s", one->manager, place,
			    one->why.message);
	else
		gv_cli_done(m->cli, "the default of %s is %s (%s)", one->manager,
			    one->spec.text, place);
}

static void plan_default(struct gv_import_plan *m)
{
	const char *present = gv_pointers_get(&m->before, "default");

	for (size_t i = 0; i < m->said.n && !m->followed; i++)
		if (!m->said.items[i].tag && !m->said.items[i].why.code)
			m->followed = &m->said.items[i];
	for (size_t i = 0; i < m->said.n; i++)
		if (!m->said.items[i].tag)
			tell_default(m, &m->said.items[i]);
	if (!m->followed)
		return;
	if (present) {
		gv_cli_done(m->cli, "the default stays %s", present);
		m->followed = NULL;
	} else if (m->followed->spec.kind == GV_SPEC_SYSTEM) {
		gv_cli_done(m->cli, "no default: the next go in PATH runs");
		m->followed = NULL;
	} else if (m->followed->spec.kind == GV_SPEC_TAG) {
		m->followed = NULL; /* no manager has ours */
	} else {
		choose(m, &m->followed->spec, m->name);
		m->missing = m->name[0] == '\0';
	}
}

/* -- tags ---------------------------------------------------------------------------- */

static int plan_tag(struct gv_import_plan *m, const struct gv_import *one,
		    struct gv_err *err)
{
	struct gv_json *o = gv_json_new_object();
	char name[GV_NAME_MAX], pointer[GV_NAME_MAX + 1];
	struct gv_text t = gv_text_in(pointer, sizeof(pointer));
	const char *present, *why = NULL;

	gv_text_format(&t, "@%s", one->tag);
	present = gv_pointers_get(&m->before, pointer);
	choose(m, &one->spec, name);
	if (!gv_tag_valid(one->tag, strlen(one->tag)) || t.cut)
		why = "that is no name for a tag here";
	else if (one->why.code || !name[0])
		why = "what it names is not here";
	else if (present && strcmp(present, name) != 0)
		why = "the tag names another toolchain already";
	gv_json_set_str(o, "tag", one->tag);
	gv_json_set_str(o, "manager", one->manager);
	gv_json_set_str(o, "file", one->file);
	gv_json_set_str(o, "version", name[0] ? name : NULL);
	gv_json_set_str(o, "reason", why);
	gv_json_append(m->tagged, o);
	if (why) {
		gv_cli_done(m->cli, "left (%s): '%s': %s", one->manager, one->tag, why);
		return 0;
	}
	gv_cli_done(m->cli, "%s %s %s, as in %s", pointer,
		    present  ? "names"
		    : m->dry ? "would name"
			     : "now names",
		    name, one->manager);
	if (present)
		return 0;
	return gv_list_add(&m->tags, pointer) < 0 ||
			       gv_list_add(&m->tag_targets, name) < 0
		       ? gv_err_sys(err, -ENOMEM, "cannot import")
		       : 0;
}

static int plan_tags(struct gv_import_plan *m, struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < m->said.n && r == 0; i++)
		if (m->said.items[i].tag)
			r = plan_tag(m, &m->said.items[i], err);
	return r;
}

/* -- all of it ----------------------------------------------------------------------- */

int gv_import_plan_make(struct gv_import_plan *m, const char *of, int *ret_adopted,
			struct gv_err *err)
{
	struct gv_err later = GV_ERR_INIT;
	int r;

	*ret_adopted = adopt(m, of, err);
	r = find_there(m, &later);
	if (r == 0)
		r = gv_imports_find(of, &m->said, &later);
	if (r == 0) {
		plan_default(m);
		r = plan_tags(m, &later);
	}
	if (r < 0)
		*err = later;
	return r;
}

bool gv_import_plan_any(const struct gv_import_plan *m)
{
	return m->said.n || gv_json_count(m->adopting.adopted) ||
	       gv_json_count(m->adopting.left);
}

struct gv_json *gv_import_plan_json(struct gv_import_plan *m)
{
	struct gv_json *o = gv_cli_new_json();
	const char *present = gv_pointers_get(&m->before, "default");

	gv_adopting_json(&m->adopting, o);
	gv_json_set(o, "defaults", m->defaults);
	gv_json_set(o, "tags", m->tagged);
	gv_json_set_str(o, "default_before", present);
	gv_json_set_str(o, "default_after",
			m->followed ? m->name[0] ? m->name : m->followed->spec.text
				    : present);
	gv_json_set_bool(o, "missing", m->missing);
	m->defaults = m->tagged = NULL;
	return o;
}
