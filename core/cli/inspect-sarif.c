// SPDX-License-Identifier: Apache-2.0
/* What does not fit, as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/). */
#include "core/cli/inspect.h"

#include <string.h>

#include "core/base/text.h"
#include "core/cli/uri.h"

static struct gv_json *text(const char *s)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "text", s);
	return o;
}

static struct gv_json *rules(void)
{
	struct gv_json *array = gv_json_new_array();

	for (size_t i = 0; i < GV_INSPECT_RULES; i++) {
		struct gv_json *rule = gv_json_new_object();

		gv_json_set_str(rule, "id", gv_inspect_rules[i].id);
		gv_json_set(rule, "shortDescription", text(gv_inspect_rules[i].what));
		gv_json_append(array, rule);
	}
	return array;
}

static struct gv_json *location(const char *path)
{
	struct gv_json *o = gv_json_new_object(), *physical = gv_json_new_object();
	struct gv_json *artifact = gv_json_new_object();
	GV_CLEANUP(gv_free_str) char *uri = gv_uri_of_path(path);

	gv_json_set_str(artifact, "uri", uri);
	gv_json_set(physical, "artifactLocation", artifact);
	gv_json_set(o, "physicalLocation", physical);
	return o;
}

static struct gv_json *result(const char *path, const struct gv_inspect_finding *f)
{
	struct gv_json *o = gv_json_new_object(), *locations = gv_json_new_array();

	gv_json_set_str(o, "ruleId", gv_inspect_rules[f->rule].id);
	gv_json_set_int(o, "ruleIndex", f->rule);
	gv_json_set_str(o, "level", f->rule == GV_RULE_UNKNOWN ? "warning" : "error");
	gv_json_set(o, "message", text(f->message));
	gv_json_append(locations, location(path));
	gv_json_set(o, "locations", locations);
	return o;
}

static struct gv_json *tool(void)
{
	struct gv_json *o = gv_json_new_object(), *driver = gv_json_new_object();

	gv_json_set_str(driver, "name", "govern");
	gv_json_set_str(driver, "version", GV_VERSION);
	gv_json_set(driver, "rules", rules());
	gv_json_set(o, "driver", driver);
	return o;
}

struct gv_json *gv_inspect_sarif(const struct gv_inspection *in)
{
	struct gv_json *o = gv_json_new_object(), *runs = gv_json_new_array();
	struct gv_json *run = gv_json_new_object(), *results = gv_json_new_array();

	for (size_t i = 0; i < in->n; i++)
		for (size_t f = 0; f < in->items[i].n_findings; f++)
			gv_json_append(results, result(in->items[i].path,
						       &in->items[i].findings[f]));
	gv_json_set(run, "tool", tool());
	gv_json_set(run, "results", results);
	gv_json_append(runs, run);
	gv_json_set_str(o, "$schema",
			"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
			"schemas/sarif-schema-2.1.0.json");
	gv_json_set_str(o, "version", "2.1.0");
	gv_json_set(o, "runs", runs);
	return o;
}
