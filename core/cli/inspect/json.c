// SPDX-License-Identifier: Apache-2.0
/* inspect --json, and the parts of it that other formats have too. */
#include "core/cli/inspect/inspect.h"

#include <string.h>

#include "core/cli/output.h"

static const char *or_null(const char *s)
{
	return s && s[0] ? s : NULL;
}

static struct gv_json *module(const char *path, const char *version, const char *sum)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "path", or_null(path));
	gv_json_set_str(o, "version", or_null(version));
	gv_json_set_str(o, "sum", or_null(sum));
	return o;
}

static struct gv_json *whole_module(const struct gv_build_module *m)
{
	struct gv_json *o = module(m->path, m->version, m->sum);

	if (m->replaced_by)
		gv_json_set(o, "replaced_by",
			    module(m->replaced_by, m->replaced_version, m->replaced_sum));
	return o;
}

static void add_info(struct gv_json *o, const struct gv_buildinfo *info)
{
	struct gv_json *modules = gv_json_new_array(), *settings = gv_json_new_array();

	for (size_t i = 0; i < info->n_deps; i++)
		gv_json_append(modules, whole_module(&info->deps[i]));
	for (size_t i = 0; i < info->n_settings; i++) {
		struct gv_json *s = gv_json_new_object();

		gv_json_set_str(s, "key", info->settings[i].key);
		gv_json_set_str(s, "value", info->settings[i].value);
		gv_json_append(settings, s);
	}
	gv_json_set_str(o, "format", gv_exe_format_name(info->format));
	gv_json_set_str(o, "go_version", info->go_version);
	gv_json_set_str(o, "package", or_null(info->path));
	if (info->main.path[0])
		gv_json_set(o, "main", whole_module(&info->main));
	else
		gv_json_set_str(o, "main", NULL);
	gv_json_set(o, "modules", modules);
	gv_json_set(o, "settings", settings);
}

static struct gv_json *file(const struct gv_inspected *i)
{
	struct gv_json *o = gv_json_new_object(), *findings = gv_json_new_array();

	gv_json_set_str(o, "path", i->path);
	gv_json_set_str(o, "version", or_null(i->version.name));
	if (i->told)
		add_info(o, &i->info);
	if (i->judged || !i->told)
		gv_json_set_bool(o, "fits", gv_inspected_fits(i));
	else
		gv_json_set_str(o, "fits", NULL);
	gv_json_set_str(o, "expected", i->expected);
	for (size_t f = 0; f < i->n_findings; f++) {
		struct gv_json *finding = gv_json_new_object();

		gv_json_set_str(finding, "rule",
				gv_inspect_rules[i->findings[f].rule].id);
		gv_json_set_str(finding, "message", i->findings[f].message);
		gv_json_append(findings, finding);
	}
	gv_json_set(o, "findings", findings);
	return o;
}

struct gv_json *gv_inspect_json(const struct gv_inspection *in)
{
	struct gv_json *o = gv_cli_new_json(), *files = gv_json_new_array();

	for (size_t i = 0; i < in->n; i++)
		gv_json_append(files, file(&in->items[i]));
	gv_json_set(o, "files", files);
	return o;
}
