// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/pipeline.h"
#include "core/cli/remembered.h"
#include "core/cli/terminal/table.h"
#include "core/store/adopted.h"
#include "core/store/pointers.h"
#include "core/store/summary.h"

enum { MANY = 32 }; /* receipts: below, reading them costs less than a cache is worth */

struct listing {
	struct gv_cli *cli;
	struct gv_summaries *summaries;
	struct gv_pointers pointers;
	char here[GV_NAME_MAX]; /* what a pin chooses in this directory; "": nothing */
	struct gv_table table;
	struct gv_json *json;
	struct gv_list broken, cures; /* what is wrong with adopted ones, its way out */
	struct gv_support support;
	int64_t as_of; /* of what is known of support; 0: only what is installed */
	bool any_over;
	struct gv_err damaged; /* what the first receipt that cannot be used lacks */
};

static void find_here(struct gv_cli *cli, char ret[GV_NAME_MAX])
{
	struct gv_choice choice;
	struct gv_err ignored = GV_ERR_INIT;

	/* A pin that is broken or missing chooses none of these. */
	if (gv_cli_resolve(cli, "go", NULL, NULL, &choice, &ignored) == 0 &&
	    choice.kind != GV_KIND_DEFAULT)
		memcpy(ret, choice.name, sizeof(choice.name));
}

static bool is_default(const struct listing *l, const char *name)
{
	const char *target = gv_pointers_get(&l->pointers, "default");

	return target && strcmp(target, name) == 0;
}

static bool is_over(const struct listing *l, const char *name)
{
	struct gv_version v;

	return gv_version_parse(name, strlen(name), &v) == 0 &&
	       gv_support_is_over(&l->support, &v);
}

/* "default, pin, @prod, end of life", and first of all what is wrong with it */
static void marks(const struct listing *l, const char *name, const char *broken,
		  char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);

	gv_text_add(&t, broken);
	if (is_default(l, name))
		gv_text_format(&t, "%s%s", t.len ? ", " : "", "default");
	if (strcmp(l->here, name) == 0)
		gv_text_format(&t, "%s%s", t.len ? ", " : "", "pin");
	for (size_t i = 0; i < l->pointers.n; i++)
		if (l->pointers.items[i].name[0] == '@' &&
		    strcmp(l->pointers.items[i].target, name) == 0)
			gv_text_format(&t, "%s%s", t.len ? ", " : "",
				       l->pointers.items[i].name);
	if (gv_pointers_get(&l->pointers, gv_pointer_hold(name).s))
		gv_text_format(&t, "%s%s", t.len ? ", " : "", "held");
	if (is_over(l, name))
		gv_text_format(&t, "%s%s", t.len ? ", " : "", "end of life");
	if (!t.len)
		gv_text_add(&t, "-");
}

/* Where it lies; of an adopted one also where it came from, and whether it still is. */
struct whereabouts {
	char *path;
	char from[PATH_MAX]; /* "": not adopted */
	struct gv_err why;   /* code 0: it is there */
};

static int add_row(struct listing *l, const struct gv_summary *s,
		   const struct whereabouts *at)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	char mark[256], size[GV_SIZE_LEN], when[GV_RFC3339_LEN];
	const char *source = s->source[0] ? s->source : "-";
	const char *cells[] = {s->name, mark, gv_trust_name(s->trust), source, size,
			       when,	NULL};
	const char *broken = at->why.code == -GV_ENOTFOUND ? "gone"
			     : at->why.code < 0		   ? "changed"
							   : "";
	int r;

	gv_buf_format(&path, "%s%s%s", at->path, at->from[0] ? " -> " : "", at->from);
	if (gv_buf_error(&path) < 0)
		return -ENOMEM;
	cells[6] = path.data;
	marks(l, s->name, broken, mark, sizeof(mark));
	l->any_over |= is_over(l, s->name);
	gv_format_size(s->bytes, size);
	gv_clock_rfc3339((time_t)s->installed_at, when);
	when[10] = '\0'; /* the date */
	r = gv_table_row(&l->table,
			 strcmp(l->here, s->name) == 0 ? GV_STYLE_BOLD : GV_STYLE_OFF,
			 cells);
	if (r == 0 && broken[0])
		gv_table_paint(&l->table, 1, GV_STYLE_RED);
	if (r == 0 && s->trust == GV_TRUST_UNPROVEN)
		gv_table_paint(&l->table, 2, GV_STYLE_YELLOW);
	return r;
}

static void add_object(struct listing *l, const struct gv_summary *s,
		       const struct whereabouts *at)
{
	struct gv_json *o = gv_json_new_object(), *tags = gv_json_new_array();
	char when[GV_RFC3339_LEN];

	for (size_t i = 0; i < l->pointers.n; i++)
		if (l->pointers.items[i].name[0] == '@' &&
		    strcmp(l->pointers.items[i].target, s->name) == 0)
			gv_json_append_str(tags, l->pointers.items[i].name + 1);
	gv_clock_rfc3339((time_t)s->installed_at, when);
	gv_json_set_str(o, "version", s->name);
	gv_json_set_str(o, "platform", l->cli->store.platform);
	gv_json_set_str(o, "path", at->path);
	gv_json_set_bool(o, "default", is_default(l, s->name));
	gv_json_set(o, "tags", tags);
	gv_json_set_bool(o, "held",
			 gv_pointers_get(&l->pointers, gv_pointer_hold(s->name).s) !=
				 NULL);
	gv_json_set_str(o, "trust", gv_trust_name(s->trust));
	gv_json_set_str(o, "source", s->source[0] ? s->source : NULL);
	gv_json_set_str(o, "h1", s->h1[0] ? s->h1 : NULL);
	gv_json_set_int(o, "bytes", (int64_t)s->bytes);
	gv_json_set_str(o, "installed_at", when);
	gv_json_set_bool(o, "adopted", s->adopted);
	/* That it is not over, only a list can tell. */
	if (is_over(l, s->name) || l->as_of)
		gv_json_set_bool(o, "supported", !is_over(l, s->name));
	else
		gv_json_set_str(o, "supported", NULL);
	gv_json_set_str(o, "adopted_from", at->from[0] ? at->from : NULL);
	if (at->why.code < 0)
		gv_cli_error_json(o, &at->why);
	gv_json_append(l->json, o);
}

/* The toolchain is there and runs: the list has it, with what is known without its
 * receipt, and the command fails when all of them are told. */
static void without_receipt(struct listing *l, const char *name, const struct gv_err *why,
			    struct gv_summary *ret)
{
	struct gv_text t = gv_text_in(ret->name, sizeof(ret->name));

	gv_text_add(&t, name);
	if (l->damaged.code < 0)
		gv_cli_complain(l->cli, why);
	else
		l->damaged = *why;
}

static int find_out(struct listing *l, const char *name, struct whereabouts *ret)
{
	int r;

	if (gv_adopted_target(&l->cli->store, name, ret->from) != 0)
		ret->from[0] = '\0';
	ret->why.code = gv_adopted_check(&l->cli->store, name, &ret->why);
	if (ret->why.code == 0)
		return 0;
	r = gv_list_add(&l->broken, ret->why.message);
	return r == 0 ? gv_list_add(&l->cures, ret->why.hint) : r;
}

static int add(struct listing *l, const char *name, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *path = gv_store_path(&l->cli->store, name);
	struct whereabouts at = {.path = path};
	struct gv_summary summary = {0};
	struct gv_err why = GV_ERR_INIT;
	int r = gv_summary_get(l->summaries, name, &summary, &why);

	if (r == -GV_ENOTFOUND)
		return 0; /* uninstalled since we looked */
	if (r < 0) {
		why.code = r;
		without_receipt(l, name, &why, &summary);
		r = 0;
	}
	if (r == 0 && !path)
		r = -ENOMEM;
	if (r == 0 && summary.adopted)
		r = find_out(l, name, &at);
	if (r == 0 && l->cli->json)
		add_object(l, &summary, &at);
	else if (r == 0)
		r = add_row(l, &summary, &at);
	return r == -ENOMEM ? gv_err_sys(err, r, "cannot list toolchains") : r;
}

static int add_all(struct listing *l, const struct gv_list *names, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int cache = names->n > MANY ? gv_open_cache(l->cli) : -1;
	int r = gv_summaries_open(&l->cli->store, cache, &l->summaries);

	if (r < 0)
		return gv_err_sys(err, r, "cannot list toolchains");
	for (size_t i = 0; i < names->n && r == 0; i++)
		r = add(l, names->items[i], err);
	gv_summaries_close(l->summaries);
	return r;
}

static int list_store(struct listing *l, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	int r = gv_store_list(&l->cli->store, &names, err);

	if (r == 0)
		r = gv_pointers_load(&l->cli->store, &l->pointers, err);
	find_here(l->cli, l->here);
	if (names.n)
		gv_remembered_support(l->cli, &l->support, &l->as_of);
	for (size_t i = 0; i < names.n; i++) {
		struct gv_version v;

		if (gv_version_parse(names.items[i], strlen(names.items[i]), &v) == 0)
			gv_support_add(&l->support, &v);
	}
	return r == 0 ? add_all(l, &names, err) : r;
}

static int print(struct listing *l, struct gv_err *err)
{
	struct gv_json *o;
	char when[GV_RFC3339_LEN];

	if (!l->cli->json && l->table.rows)
		gv_table_print(&l->table, l->cli);
	else if (!l->cli->json)
		gv_cli_none_yet(l->cli);
	for (size_t i = 0; i < l->broken.n && !l->cli->json; i++) {
		gv_cli_warn(l->cli, "%s", l->broken.items[i]);
		if (l->cures.items[i][0])
			gv_cli_hint(l->cli, "%s", l->cures.items[i]);
	}
	if (l->any_over && l->damaged.code == 0)
		gv_cli_say_as_of(l->cli, l->as_of);
	if (l->cli->json) {
		o = gv_cli_new_json();
		gv_json_set(o, "toolchains", l->json);
		gv_clock_rfc3339((time_t)l->as_of, when);
		gv_json_set_str(o, "support_as_of", l->as_of ? when : NULL);
		l->json = NULL;
		if (l->damaged.code == 0)
			return gv_cli_print_json(o, err);
		l->cli->partial = o;
	}
	if (l->damaged.code < 0)
		*err = l->damaged;
	return l->damaged.code;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	static const char *const head[] = {"VERSION", "MARKS", "TRUST", "SOURCE",
					   "SIZE",    "DATE",  "PATH"};
	struct listing l = {
		.cli = cli,
		.table = {.columns = GV_COUNT(head), .needed = 3, .right = 1u << 4}};
	int r = gv_cli_store(cli, GV_STORE_READ, err);

	(void)argc;
	(void)argv;
	if (r < 0)
		return r;
	l.json = gv_json_new_array();
	if (gv_table_head(&l.table, head) < 0)
		r = gv_err_sys(err, -ENOMEM, "cannot list toolchains");
	else if (r == 0)
		r = list_store(&l, err);
	else
		r = 0; /* no store yet: an empty one */
	if (r == 0)
		r = print(&l, err);
	gv_json_free(l.json);
	gv_list_release(&l.broken);
	gv_list_release(&l.cures);
	gv_table_release(&l.table);
	gv_pointers_release(&l.pointers);
	return r;
}

static const struct gv_option options[] = {
	{"platform", 0, "OS-ARCH", "for another platform than this machine's",
	 "platform"},
	{0},
};

const struct gv_command gv_cmd_list = {
	.name = "list",
	.what = "show the installed toolchains",
	.details =
		"MARKS: default, pin (the one in force in this directory), and tags; "
		"gone or changed is\n"
		"an adopted toolchain that is no longer what was adopted; end of life, "
		"as far as is known, a line with\n"
		"two newer ones; held is one that no line leads to, because an upgrade "
		"did not\n"
		"get through its checks.",
	.options = options,
	.json = true,
	.run = run,
};
