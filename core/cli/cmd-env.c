// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli/output.h"
#include "core/cli/pipeline.h"
#include "core/cli/terminal/table.h"
#include "core/config/dirs.h"
#include "core/config/nearest.h"

struct listing {
	struct gv_table table;
	struct gv_json *json, *files, *settings, *policy;
	bool failed;
	/* `govern env NAME`: only its value, as `go env NAME` gives it */
	const char *wanted;
	const char *nearest;
	char *value;
};

static void add_row(struct listing *l, const char *name, const char *value,
		    const char *origin)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf shown = GV_BUF_INIT(0);
	const char *cells[] = {name, NULL};

	if (l->wanted) {
		l->nearest = gv_nearer(l->wanted, l->nearest, name);
		if (strcmp(l->wanted, name) == 0 && !l->value) {
			l->value = strdup(value ? value : "");
			l->failed = !l->value;
		}
		return;
	}
	gv_buf_add_str(&shown, value && value[0] ? value : "-");
	if (origin)
		gv_buf_format(&shown, "  (%s)", origin);
	cells[1] = shown.data;
	if (gv_buf_error(&shown) < 0 || gv_table_row(&l->table, GV_STYLE_OFF, cells) < 0)
		l->failed = true;
}

static void add_place(struct listing *l, const char *name, const char *value,
		      const char *origin)
{
	add_row(l, name, value, origin);
	gv_json_set_str(l->json, name, value);
}

static void add_file(struct listing *l, const char *path, bool is_there)
{
	struct gv_json *o = gv_json_new_object();

	add_row(l, "file", path, is_there ? "read" : "not there");
	gv_json_set_str(o, "path", path);
	gv_json_set_bool(o, "read", is_there);
	gv_json_append(l->files, o);
}

/* The value without what stands before "@" in its URLs, where all but those four may
 * stand: this is for eyes and bug reports. */
static char *without_credentials(const char *value)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf out = GV_BUF_INIT(0);
	const char *p = value, *scheme;

	while ((scheme = strstr(p, "://")) != NULL) {
		const char *host = scheme + 3;
		size_t n = strcspn(host, "/?# \t");
		const char *at = memrchr(host, '@', n);

		gv_buf_add(&out, p, (size_t)(host - p));
		if (at)
			gv_buf_add_str(&out, "***@");
		p = at ? at + 1 : host;
	}
	gv_buf_add_str(&out, p);
	return gv_buf_take(&out);
}

static void add_setting(struct listing *l, const struct gv_setting *s, const char *value,
			const char *origin)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf shown = GV_BUF_INIT(0);
	GV_CLEANUP(gv_free_str)
	char *safe = value ? without_credentials(value) : NULL;
	struct gv_json *o = gv_json_new_object();

	gv_buf_format(&shown, "%s%s", origin ? origin : "nobody says anything",
		      s->locked ? " (locked by the store)" : "");
	add_row(l, s->key, safe, shown.data);
	gv_json_set_str(o, "key", s->key);
	gv_json_set_str(o, "value", safe);
	gv_json_set_str(o, "origin", origin);
	gv_json_set_bool(o, "locked", s->locked);
	gv_json_append(l->settings, o);
}

static void add_rule(struct listing *l, const struct gv_policy_rule *rule)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf place = GV_BUF_INIT(0);
	GV_CLEANUP(gv_free_str) char *value = without_credentials(rule->value);
	struct gv_json *o = gv_json_new_object();

	gv_buf_format(&place, "%s:%u", rule->file, rule->line);
	add_row(l, rule->key, value, place.data);
	gv_json_set_str(o, "rule", rule->key);
	gv_json_set_str(o, "value", value);
	gv_json_set_str(o, "file", rule->file);
	gv_json_set_int(o, "line", rule->line);
	gv_json_append(l->policy, o);
}

static int add_go_setting(struct gv_cli *cli, struct listing *l, enum gv_setting_id id,
			  int find(struct gv_cli *, struct gv_found_setting *,
				   struct gv_err *),
			  struct gv_err *err)
{
	struct gv_found_setting found = {0};
	int r = find(cli, &found, err);

	if (r < 0)
		return r;
	add_setting(l, &cli->config.settings[id], found.value, found.origin);
	gv_found_setting_release(&found);
	return 0;
}

static void add_places(struct gv_cli *cli, struct listing *l)
{
	GV_CLEANUP(gv_free_str) char *prefix = NULL, *cache = NULL, *libexec = NULL;
	struct gv_err ignored = GV_ERR_INIT;

	add_place(l, "version", GV_VERSION, NULL);
	add_place(l, "platform", gv_platform_host(), NULL);
	add_place(l, "root", cli->root, cli->root_origin);
	gv_json_set_str(l->json, "root_origin", cli->root_origin);
	if (gv_cli_prefix(cli, &prefix, &ignored) == 0)
		add_place(l, "prefix", prefix, NULL);
	if (gv_dirs_cache(&cache, &ignored) == 0)
		add_place(l, "cache", cache, NULL);
	if (gv_cli_libexec(&libexec, &ignored) == 0)
		add_place(l, "libexec", libexec, NULL);
}

static int add_settings(struct gv_cli *cli, struct listing *l, struct gv_err *err)
{
	const struct gv_config *c = &cli->config;
	int r = 0;

	for (size_t i = 0; i < GV_COUNT(c->files); i++)
		if (c->files[i])
			add_file(l, c->files[i], c->read[i]);
	for (int i = 0; i < GV_SETTINGS && r == 0; i++) {
		const struct gv_setting *s = &c->settings[i];

		if (i == GV_SET_GOPROXY_URL)
			r = add_go_setting(cli, l, i, gv_find_goproxy, err);
		else if (i == GV_SET_TRUST_SUMDB)
			r = add_go_setting(cli, l, i, gv_find_gosumdb, err);
		else
			add_setting(l, s, s->value, s->origin);
	}
	for (size_t i = 0; i < c->policy.n && r == 0; i++)
		add_rule(l, &c->policy.rules[i]);
	return r;
}

static void add_variables(struct listing *l)
{
	static const char *const names[] = {
		"GOVERN_VERSION",
		"GOVERN_JOBS",
		"GOTOOLCHAIN",
	};
	struct gv_json *o = gv_json_new_object();

	for (size_t i = 0; i < GV_COUNT(names); i++) {
		const char *value = getenv(names[i]);

		if (value)
			add_row(l, names[i], value, "environment");
		gv_json_set_str(o, names[i], value);
	}
	gv_json_set(l->json, "environment", o);
}

static int collect(struct gv_cli *cli, struct listing *l, struct gv_err *err)
{
	int r;

	add_places(cli, l);
	r = add_settings(cli, l, err);
	add_variables(l);
	if (r == 0 && l->failed)
		r = gv_err_sys(err, -ENOMEM, "cannot list the settings");
	return r;
}

static struct listing new_listing(const char *wanted)
{
	return (struct listing){
		.table = {.columns = 2},
		.json = gv_cli_new_json(),
		.files = gv_json_new_array(),
		.settings = gv_json_new_array(),
		.policy = gv_json_new_array(),
		.wanted = wanted,
	};
}

static void release(struct listing *l)
{
	gv_json_free(l->json);
	gv_json_free(l->files);
	gv_json_free(l->settings);
	gv_json_free(l->policy);
	gv_table_release(&l->table);
	free(l->value);
}

/* All of them or none: who reads lines counts them. */
static int print_values(struct gv_cli *cli, int n, char **names, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list values = GV_LIST_INIT;
	struct gv_json *o = gv_cli_new_json();
	int r = 0;

	for (int i = 0; i < n && r == 0; i++) {
		struct listing l = new_listing(names[i]);

		r = collect(cli, &l, err);
		if (r == 0 && !l.value) {
			r = gv_err_set(err, -GV_ENOTFOUND, "no setting is called '%s'",
				       names[i]);
			(void)gv_err_hint(err, "govern env%s%s", l.nearest ? " " : "",
					  l.nearest ? l.nearest : "");
		} else if (r == 0) {
			gv_json_set_str(o, names[i], l.value);
			if (gv_list_add(&values, l.value) < 0)
				r = gv_err_sys(err, -ENOMEM, "cannot list the settings");
		}
		release(&l);
	}
	if (r == 0 && cli->json)
		return gv_cli_print_json(o, err);
	gv_json_free(o);
	for (size_t i = 0; i < values.n && r == 0; i++)
		gv_print_value(values.items[i]);
	return r;
}

static int print_all(struct gv_cli *cli, struct gv_err *err)
{
	struct listing l = new_listing(NULL);
	int r = collect(cli, &l, err);

	gv_json_set(l.json, "files", l.files);
	gv_json_set(l.json, "settings", l.settings);
	gv_json_set(l.json, "policy", l.policy);
	l.files = l.settings = l.policy = NULL; /* they are its own now */
	if (r == 0 && cli->json) {
		r = gv_cli_print_json(l.json, err);
		l.json = NULL;
	} else if (r == 0) {
		gv_table_print(&l.table, cli);
	}
	release(&l);
	return r;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	int r = gv_cli_config(cli, err);

	if (r < 0)
		return r;
	return argc > 0 ? print_values(cli, argc, argv, err) : print_all(cli, err);
}

const struct gv_command gv_cmd_env = {
	.name = "env",
	.arguments = "[NAME...]",
	.max_operands = -1,
	.what = "show roots, files and settings in force, each with its origin",
	.details = "With names, prints only their values, a line each: "
		   "`govern env prefix` is where bin\nand toolchains are.",
	.complete = "setting",
	.json = true,
	.run = run,
};
