// SPDX-License-Identifier: Apache-2.0
#include "core/cli/sarif.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/cli/uri.h"

void gv_sarif_init(struct gv_sarif *s)
{
	*s = (struct gv_sarif){
		.rules = gv_json_new_array(),
		.results = gv_json_new_array(),
	};
}

static struct gv_json *text_of(const char *text)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "text", text);
	return o;
}

static void add_rule(struct gv_sarif *s, const struct gv_sarif_result *r)
{
	struct gv_json *o;

	for (size_t i = 0; i < gv_json_count(s->rules); i++) {
		const char *id = gv_json_str(gv_json_at(s->rules, i), "id");

		if (id && strcmp(id, r->rule) == 0)
			return;
	}
	o = gv_json_new_object();
	gv_json_set_str(o, "id", r->rule);
	gv_json_set(o, "shortDescription", text_of(r->about));
	gv_json_append(s->rules, o);
}

/* The part of an absolute path that is below the working directory; else NULL. */
static const char *below_here(const char *file)
{
	char here[PATH_MAX];
	const char *below =
		getcwd(here, sizeof(here)) ? gv_after_prefix(file, here) : NULL;

	return below && below[0] == '/' && below[1] ? below + 1 : NULL;
}

static struct gv_json *artifact(const char *file)
{
	struct gv_json *o = gv_json_new_object();
	const char *relative = file[0] == '/' ? below_here(file) : file;
	GV_CLEANUP(gv_free_str) char *uri = gv_uri_of_path(relative ? relative : file);

	gv_json_set_str(o, "uri", uri);
	if (relative)
		gv_json_set_str(o, "uriBaseId", "%SRCROOT%");
	return o;
}

static struct gv_json *location(const struct gv_sarif_result *r)
{
	struct gv_json *o = gv_json_new_object(), *place = gv_json_new_object();
	struct gv_json *region;

	gv_json_set(place, "artifactLocation", artifact(r->file));
	if (r->line) {
		region = gv_json_new_object();
		gv_json_set_int(region, "startLine", r->line);
		gv_json_set(place, "region", region);
	}
	gv_json_set(o, "physicalLocation", place);
	return o;
}

void gv_sarif_add(struct gv_sarif *s, const struct gv_sarif_result *r)
{
	struct gv_json *o = gv_json_new_object(), *locations;

	add_rule(s, r);
	gv_json_set_str(o, "ruleId", r->rule);
	gv_json_set_str(o, "level", r->level);
	gv_json_set(o, "message", text_of(r->message));
	if (r->file && r->file[0]) {
		locations = gv_json_new_array();
		gv_json_append(locations, location(r));
		gv_json_set(o, "locations", locations);
	}
	gv_json_append(s->results, o);
}

struct gv_json *gv_sarif_log(struct gv_sarif *s)
{
	struct gv_json *log = gv_json_new_object(), *runs = gv_json_new_array();
	struct gv_json *run = gv_json_new_object(), *tool = gv_json_new_object();
	struct gv_json *driver = gv_json_new_object();

	gv_json_set_str(driver, "name", "govern");
	gv_json_set_str(driver, "version", GV_VERSION);
	gv_json_set(driver, "rules", s->rules);
	gv_json_set(tool, "driver", driver);
	gv_json_set(run, "tool", tool);
	gv_json_set(run, "results", s->results);
	*s = (struct gv_sarif){0};
	gv_json_append(runs, run);
	gv_json_set_str(log, "$schema",
			"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
			"schemas/sarif-schema-2.1.0.json");
	gv_json_set_str(log, "version", "2.1.0");
	gv_json_set(log, "runs", runs);
	return log;
}
