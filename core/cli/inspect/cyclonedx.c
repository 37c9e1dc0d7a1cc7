// SPDX-License-Identifier: Apache-2.0
/*
 * What is in the binaries, as CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/): each
 * binary is an application that depends on its modules and on Go's standard library.  No
 * time and no random number is in it: the same binaries make the same bytes.
 */
#include "core/cli/inspect/inspect.h"

#include <string.h>

#include "core/base/text.h"
#include "core/cli/uri.h"

struct bom {
	struct gv_json *components, *dependencies, *depends_on;
	struct gv_list refs; /* of libraries: each is there once */
};

static void set_property(struct gv_json *component, const char *name, const char *value)
{
	struct gv_json *all = gv_json_get(component, "properties");
	struct gv_json *property = gv_json_new_object();

	gv_json_set_str(property, "name", name);
	gv_json_set_str(property, "value", value);
	if (all) {
		gv_json_append(all, property);
		return;
	}
	all = gv_json_new_array();
	gv_json_append(all, property);
	gv_json_set(component, "properties", all);
}

static struct gv_json *component(const char *type, const char *ref, const char *name,
				 const char *version)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "type", type);
	gv_json_set_str(o, "bom-ref", ref);
	gv_json_set_str(o, "name", name);
	if (version[0])
		gv_json_set_str(o, "version", version);
	return o;
}

static void depend(struct bom *b, const char *ref)
{
	for (size_t i = 0; i < gv_json_count(b->depends_on); i++)
		if (strcmp(gv_json_str_at(b->depends_on, i), ref) == 0)
			return;
	gv_json_append_str(b->depends_on, ref);
}

/* Whether it is the first time that this library is met. */
static int is_new(struct bom *b, const char *ref)
{
	for (size_t i = 0; i < b->refs.n; i++)
		if (strcmp(b->refs.items[i], ref) == 0)
			return 0;
	return gv_list_add(&b->refs, ref) < 0 ? -1 : 1;
}

/* What was built is what counts; what it stands in for is told beside it. */
static void add_module(struct bom *b, const struct gv_build_module *m)
{
	struct gv_build_module built = gv_inspect_built(m);
	GV_CLEANUP(gv_free_str) char *purl = gv_purl_of_module(built.path, built.version);
	GV_CLEANUP(gv_buf_release) struct gv_buf ref = GV_BUF_INIT(0);
	struct gv_json *o;

	gv_buf_format(&ref, "%s@%s", built.path, built.version);
	if (gv_buf_error(&ref) < 0)
		return;
	depend(b, purl ? purl : ref.data);
	if (is_new(b, purl ? purl : ref.data) != 1)
		return;
	o = component("library", purl ? purl : ref.data, built.path, built.version);
	if (purl)
		gv_json_set_str(o, "purl", purl);
	if (built.sum[0])
		set_property(o, "govern:h1", built.sum);
	if (m->replaced_by)
		set_property(o, "govern:replaces", m->path);
	gv_json_append(b->components, o);
}

static void add_std(struct bom *b, const struct gv_inspected *i)
{
	const char *version =
		i->version.name[0] ? i->version.name + 2 : i->info.go_version;
	GV_CLEANUP(gv_free_str) char *purl = gv_purl_of_module("stdlib", version);
	struct gv_json *o;

	if (!purl)
		return;
	depend(b, purl);
	if (is_new(b, purl) != 1)
		return;
	o = component("library", purl, "stdlib", version);
	gv_json_set_str(o, "purl", purl);
	gv_json_append(b->components, o);
}

static void add_binary(struct bom *b, const struct gv_inspected *i)
{
	const struct gv_buildinfo *info = &i->info;
	const char *name = info->main.path[0] ? info->main.path : info->path;
	GV_CLEANUP(gv_free_str)
	char *purl = gv_purl_of_module(info->main.path, info->main.version);
	GV_CLEANUP(gv_buf_release) struct gv_buf ref = GV_BUF_INIT(0);
	struct gv_json *o, *edge = gv_json_new_object();

	gv_buf_add_str(&ref, "file:");
	gv_uri_add(&ref, i->path, "/");
	o = component("application", ref.data ? ref.data : "", name[0] ? name : i->path,
		      info->main.version);
	if (purl)
		gv_json_set_str(o, "purl", purl);
	set_property(o, "govern:file", i->path);
	set_property(o, "govern:go", info->go_version);
	if (info->main.sum[0])
		set_property(o, "govern:h1", info->main.sum);
	for (size_t s = 0; s < info->n_settings; s++) {
		char key[256];
		struct gv_text t = gv_text_in(key, sizeof(key));

		gv_text_format(&t, "govern:build:%s", info->settings[s].key);
		set_property(o, key, info->settings[s].value);
	}
	gv_json_append(b->components, o);
	b->depends_on = gv_json_new_array();
	add_std(b, i);
	for (size_t d = 0; d < info->n_deps; d++)
		add_module(b, &info->deps[d]);
	gv_json_set_str(edge, "ref", ref.data ? ref.data : "");
	gv_json_set(edge, "dependsOn", b->depends_on);
	gv_json_append(b->dependencies, edge);
}

static struct gv_json *metadata(void)
{
	struct gv_json *o = gv_json_new_object(), *tools = gv_json_new_object();
	struct gv_json *list = gv_json_new_array(), *tool = gv_json_new_object();

	gv_json_set_str(tool, "type", "application");
	gv_json_set_str(tool, "name", "govern");
	gv_json_set_str(tool, "version", GV_VERSION);
	gv_json_append(list, tool);
	gv_json_set(tools, "components", list);
	gv_json_set(o, "tools", tools);
	return o;
}

struct gv_json *gv_inspect_cyclonedx(const struct gv_inspection *in)
{
	struct bom b = {.components = gv_json_new_array(),
			.dependencies = gv_json_new_array()};
	struct gv_json *o = gv_json_new_object();

	for (size_t i = 0; i < in->n; i++)
		if (in->items[i].told)
			add_binary(&b, &in->items[i]);
	gv_list_release(&b.refs);
	gv_json_set_str(o, "bomFormat", "CycloneDX");
	gv_json_set_str(o, "specVersion", "1.5");
	gv_json_set_int(o, "version", 1);
	gv_json_set(o, "metadata", metadata());
	gv_json_set(o, "components", b.components);
	gv_json_set(o, "dependencies", b.dependencies);
	return o;
}
