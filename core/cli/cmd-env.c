// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli/output.h"
#include "core/cli/pipeline.h"
#include "core/config/dirs.h"

struct listing {
	struct gv_table table;
	struct gv_json *json;
	bool failed;
};

static void add(struct listing *l, const char *name, const char *value,
		const char *origin)
{
	const char *cells[] = {name, value ? value : "-", origin ? origin : ""};
	struct gv_json *o = gv_json_new_object();

	if (gv_table_row(&l->table, false, cells) < 0)
		l->failed = true;
	gv_json_set_str(o, "name", name);
	gv_json_set_str(o, "value", value);
	gv_json_set_str(o, "origin", origin && origin[0] ? origin : NULL);
	gv_json_append(l->json, o);
}

/* The value without what stands before "@" in its URLs: this is for eyes and bug reports.
 */
static char *without_credentials(const char *value)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf out = GV_BUF_INIT(0);
	const char *p = value, *scheme;

	while ((scheme = strstr(p, "://")) != NULL) {
		const char *host = scheme + 3;
		size_t n = strcspn(host, "/,| \t");
		const char *at = memrchr(host, '@', n);

		gv_buf_add(&out, p, (size_t)(host - p));
		if (at)
			gv_buf_add_str(&out, "***@");
		p = at ? at + 1 : host;
	}
	gv_buf_add_str(&out, p);
	return gv_buf_take(&out);
}

static int add_go_setting(struct gv_cli *cli, struct listing *l, const char *name,
			  int find(struct gv_cli *, struct gv_found_setting *,
				   struct gv_err *),
			  struct gv_err *err)
{
	struct gv_found_setting found = {0};
	int r = find(cli, &found, err);
	char *shown;

	if (r < 0)
		return r;
	shown = found.value ? without_credentials(found.value) : NULL;
	add(l, name, shown, found.origin ? found.origin : "nobody says anything");
	free(shown);
	gv_found_setting_release(&found);
	return 0;
}

static void add_places(struct gv_cli *cli, struct listing *l)
{
	GV_CLEANUP(gv_free_str) char *prefix = NULL, *cache = NULL, *libexec = NULL;
	struct gv_err ignored = GV_ERR_INIT;

	add(l, "version", GV_VERSION, NULL);
	add(l, "platform", gv_platform_host(), NULL);
	add(l, "root", cli->root, cli->root_origin);
	if (gv_cli_prefix(cli, &prefix, &ignored) == 0)
		add(l, "prefix", prefix, NULL);
	if (gv_dirs_cache(&cache, &ignored) == 0)
		add(l, "cache", cache, NULL);
	if (gv_cli_libexec(&libexec, &ignored) == 0)
		add(l, "libexec", libexec, NULL);
}

static int add_settings(struct gv_cli *cli, struct listing *l, struct gv_err *err)
{
	const struct gv_config *c = &cli->config;
	int r = 0;

	for (size_t i = 0; i < GV_COUNT(c->files); i++)
		if (c->files[i])
			add(l, "file", c->files[i], c->read[i] ? "read" : "not there");
	for (size_t i = 0; i < GV_SETTINGS && r == 0; i++) {
		const struct gv_setting *s = &c->settings[i];
		char origin[4200];

		if (i == GV_SET_GOPROXY_URL) {
			r = add_go_setting(cli, l, s->key, gv_find_goproxy, err);
		} else if (i == GV_SET_TRUST_SUMDB) {
			r = add_go_setting(cli, l, s->key, gv_find_gosumdb, err);
		} else {
			snprintf(origin, sizeof(origin), "%s%s", s->origin,
				 s->locked ? " (locked by the store)" : "");
			add(l, s->key, s->value, origin);
		}
	}
	return r;
}

static void add_variables(struct listing *l)
{
	static const char *const names[] = {
		"GOVERN_ROOT", "GOVERN_VERSION", "GOVERN_CONFIG",
		"GOVERN_JOBS", "GOTOOLCHAIN",
	};

	for (size_t i = 0; i < GV_COUNT(names); i++) {
		const char *value = getenv(names[i]);

		if (value)
			add(l, names[i], value, "environment");
	}
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct listing l = {.table = {.columns = 3}};
	struct gv_json *o;
	int r = gv_cli_config(cli, err);

	(void)argc;
	(void)argv;
	if (r < 0)
		return r;
	l.json = gv_json_new_array();
	add_places(cli, &l);
	r = add_settings(cli, &l, err);
	add_variables(&l);
	if (r == 0 && l.failed)
		r = gv_err_sys(err, -ENOMEM, "cannot list the settings");
	if (r == 0 && cli->json) {
		o = gv_cli_new_json();
		gv_json_set(o, "settings", l.json);
		l.json = NULL;
		r = gv_cli_print_json(o, err);
	} else if (r == 0) {
		gv_table_print(&l.table, cli);
	}
	gv_json_free(l.json);
	gv_table_release(&l.table);
	return r;
}

const struct gv_command gv_cmd_env = {
	.name = "env",
	.what = "show roots, files and settings in force, each with its origin",
	.json = true,
	.run = run,
};
