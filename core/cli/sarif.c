// SPDX-License-Identifier: Apache-2.0
#include "core/cli/sarif.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/cli/replace.h"

void gv_sarif_init(struct gv_sarif *s)
{
	*s = (struct gv_sarif){
		.rules = gv_json_new_array(),
		.results = gv_json_new_array(),
	};
}

void gv_sarif_release(struct gv_sarif *s)
{
	if (!s)
		return;
	gv_json_free(s->rules);
	gv_json_free(s->results);
	*s = (struct gv_sarif){0};
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

/* RFC 3986: all but its unreserved characters, and the slashes, as %XX. */
static void add_path(struct gv_buf *b, const char *path)
{
	static const char hex[] = "0123456789ABCDEF";

	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;
		char escaped[3] = {'%', hex[c >> 4], hex[c & 15]};
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || strchr("-._~/", c);

		gv_buf_add(b, plain ? path : escaped, plain ? 1 : 3);
	}
}

static struct gv_json *artifact(const char *file)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf uri = GV_BUF_INIT(0);
	struct gv_json *o = gv_json_new_object();
	char here[PATH_MAX];
	const char *below =
		getcwd(here, sizeof(here)) ? gv_after_prefix(file, here) : NULL;

	if (!below || below[0] != '/' || !below[1])
		gv_buf_add_str(&uri, "file://");
	add_path(&uri, below && below[0] == '/' && below[1] ? below + 1 : file);
	gv_json_set_str(o, "uri", uri.data);
	if (below && below[0] == '/' && below[1])
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

static struct gv_json *log_of(struct gv_sarif *s)
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

int gv_sarif_save(struct gv_sarif *s, const char *path, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	struct gv_json *log = log_of(s);
	int r = gv_json_dump(log, true, &text);

	gv_json_free(log);
	if (r < 0)
		return gv_err_sys(err, r, "cannot write '%s'", path);
	return gv_user_file_save(path, text.data, text.len, err);
}
