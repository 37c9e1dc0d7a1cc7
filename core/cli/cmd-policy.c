// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli/output.h"
#include "core/cli/policy/denying.h"
#include "core/cli/policy/policing.h"
#include "core/cli/replace.h"
#include "core/cli/sarif.h"
#include "core/cli/terminal/table.h"

/* -- show ---------------------------------------------------------------------------- */

static int show(struct gv_cli *cli, struct gv_err *err)
{
	const struct gv_policy *p = &cli->config.policy;
	struct gv_json *o = gv_cli_new_json(), *list = gv_json_new_array();
	struct gv_table table = {.columns = 3};
	char place[1200];
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++) {
		const struct gv_policy_rule *rule = &p->rules[i];
		const char *cells[] = {rule->key, rule->value, place};
		struct gv_json *one = gv_json_new_object();

		snprintf(place, sizeof(place), "%s:%u", rule->file, rule->line);
		r = gv_table_row(&table, GV_STYLE_OFF, cells);
		gv_json_set_str(one, "rule", rule->key);
		gv_json_set_str(one, "value", rule->value);
		gv_json_set_str(one, "file", rule->file);
		gv_json_set_int(one, "line", rule->line);
		gv_json_append(list, one);
	}
	gv_json_set(o, "rules", list);
	if (r == 0 && cli->json) {
		gv_table_release(&table);
		return gv_cli_print_json(o, err);
	}
	if (r == 0 && p->n)
		gv_table_print(&table, cli);
	else if (r == 0)
		gv_cli_say(cli, "no policy");
	gv_table_release(&table);
	gv_json_free(o);
	return r < 0 ? gv_err_sys(err, r, "cannot list the rules") : 0;
}

/* -- check --------------------------------------------------------------------------- */

static void print(const struct gv_cli *cli, const struct gv_breach *b)
{
	if (b->file[0]) {
		gv_print_visible(b->file);
		if (b->line)
			printf(":%u", b->line);
		fputs(": ", stdout);
	}
	gv_print_visible(b->message);
	printf(" %s[%s]%s\n", gv_style(cli, stdout, GV_STYLE_DIM), b->rule,
	       gv_style(cli, stdout, GV_STYLE_OFF));
}

static struct gv_json *to_json(const struct gv_breach *b)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "rule", b->rule);
	gv_json_set_str(o, "message", b->message);
	gv_json_set_str(o, "file", b->file[0] ? b->file : NULL);
	if (b->line)
		gv_json_set_int(o, "line", b->line);
	else
		gv_json_set_str(o, "line", NULL);
	return o;
}

static int save_sarif(const struct gv_policing *p, const char *path, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	struct gv_sarif sarif;
	struct gv_json *log;
	int r;

	gv_sarif_init(&sarif);
	for (size_t i = 0; i < p->n; i++) {
		const struct gv_breach *b = &p->items[i];
		struct gv_sarif_result one = {
			.rule = b->rule,
			.about = gv_policing_about(b->rule),
			.level = "error",
			.message = b->message,
			.file = b->file,
			.line = b->line,
		};

		gv_sarif_add(&sarif, &one);
	}
	log = gv_sarif_log(&sarif);
	r = gv_json_dump(log, true, &text);
	gv_json_free(log);
	if (r < 0)
		return gv_err_sys(err, r, "cannot write '%s'", path);
	return gv_user_file_save(path, text.data, text.len, err);
}

static int tell(struct gv_cli *cli, const struct gv_policing *p, struct gv_err *err)
{
	struct gv_json *o = gv_cli_new_json(), *list = gv_json_new_array();

	for (size_t i = 0; i < p->n; i++) {
		gv_json_append(list, to_json(&p->items[i]));
		if (!cli->json)
			print(cli, &p->items[i]);
	}
	gv_json_set_bool(o, "ok", p->n == 0);
	gv_json_set(o, "findings", list);
	if (p->n == 0 && cli->json)
		return gv_cli_print_json(o, err);
	cli->partial = o;
	if (p->n == 0) {
		gv_cli_done(cli, "nothing is against the policy");
		return 0;
	}
	gv_err_set(err, -GV_EPOLICY, "against the policy: %zu", p->n);
	return gv_err_hint(err, "govern policy show");
}

/* By place, so that the answer does not depend on the order of directories. */
static int by_place(const void *a, const void *b)
{
	const struct gv_breach *x = a, *y = b;
	int r = strcmp(x->file, y->file);

	if (r == 0)
		r = x->line < y->line ? -1 : x->line > y->line;
	return r ? r : strcmp(x->message, y->message);
}

static int check(struct gv_cli *cli, int n, char **dirs, struct gv_err *err)
{
	GV_CLEANUP(gv_policing_release) struct gv_policing p = {.cli = cli};
	const char *sarif = gv_cli_option(cli, "sarif");
	int r = gv_cli_store(cli, GV_STORE_READ, err);

	if (r < 0)
		return r;
	r = gv_policing_machine(&p, err);
	for (int i = 0; i < n && r == 0; i++)
		r = gv_policing_repositories(&p, dirs[i], err);
	if (r == 0 && p.no_memory)
		r = gv_err_sys(err, -ENOMEM, "cannot check");
	if (p.n)
		qsort(p.items, p.n, sizeof(*p.items), by_place);
	if (r == 0 && sarif)
		r = save_sarif(&p, sarif, err);
	return r < 0 ? r : tell(cli, &p, err);
}

/* -- apply --------------------------------------------------------------------------- */

static void on_denying(void *arg, const char *name, const char *why)
{
	struct gv_cli *cli = arg;

	if (why)
		gv_cli_done(cli, "%s is denied by %s", name, why);
	else
		gv_cli_done(cli, "%s is not denied any more", name);
}

static int apply(struct gv_cli *cli, struct gv_err *err)
{
	int r = gv_cli_store(cli, GV_STORE_READ, err);

	if (r != 0)
		return r < 0 ? r : 0; /* no store, nothing to deny */
	gv_store_heal(&cli->store);
	return gv_cli_deny(cli, false, on_denying, cli, err);
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	const char *verb = argc ? argv[0] : "show";
	bool is_check = strcmp(verb, "check") == 0;
	bool is_apply = strcmp(verb, "apply") == 0;
	int r;

	if (!is_check && !is_apply && strcmp(verb, "show") != 0) {
		gv_err_set(err, -GV_EUSAGE,
			   "policy can 'show', 'check' and 'apply', not '%s'", verb);
		return gv_err_hint(err, "govern help policy");
	}
	if (!is_check &&
	    (argc > 1 || gv_cli_option(cli, "sarif") || gv_cli_option(cli, "download") ||
	     gv_cli_option(cli, "no-modules")))
		return gv_err_set(err, -GV_EUSAGE,
				  "a DIR and options are for 'policy check'");
	if (cli->offline && gv_cli_option(cli, "download"))
		return gv_err_set(err, -GV_EUSAGE,
				  "--download does not go with --offline");
	if (is_apply && cli->json)
		return gv_err_set(err, -GV_EUSAGE, "'policy apply' has no --json");
	r = gv_cli_config(cli, err);
	if (r < 0)
		return r;
	if (is_apply)
		return apply(cli, err);
	return is_check ? check(cli, argc - 1, argv + 1, err) : show(cli, err);
}

static const struct gv_option options[] = {
	{"download", 0, NULL,
	 "check: fetch modules that a vendor directory is compared with", NULL},
	{"no-modules", 0, NULL, "check: leave vendor directories and modules alone",
	 NULL},
	{"sarif", 0, "FILE", "check: write the findings for code scanning, SARIF 2.1.0",
	 "file"},
	{0},
};

const struct gv_command gv_cmd_policy = {
	.name = "policy",
	.arguments = "[show | check [DIR...] | apply]",
	.what = "show what is allowed, and find what is not",
	.details =
		"Policy is the [policy] sections of govern.ini.  `check` judges what is "
		"installed, what the\ndefault and tags lead to, and Go's settings; and "
		"below each DIR the pins, go.mod, CI files\nand Dockerfiles, "
		"vendor against the modules and go.sum against Go's cache, each\n"
		"finding with its file and line (exit status 4).  `apply` makes the shim "
		"refuse what is\ninstalled and denied.",
	.options = options,
	.complete = "policy directory",
	.max_operands = -1,
	.json = true,
	.run = run,
};
