// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <string.h>

#include "core/base/num.h"
#include "core/cli/keeping.h"
#include "core/cli/output.h"
#include "core/cli/remove.h"
#include "core/cli/terminal/ask.h"
#include "core/cli/terminal/table.h"

struct prune {
	bool dry;
	struct gv_cli *cli;
	struct gv_keeping all;
};

/* How many go, and what that frees. */
static size_t count(const struct prune *p, bool removed, uint64_t *ret_bytes)
{
	size_t n = 0;

	*ret_bytes = 0;
	for (size_t i = 0; i < p->all.names.n; i++) {
		if (removed ? !p->all.items[i].removed : p->all.items[i].why != NULL)
			continue;
		n++;
		*ret_bytes += p->all.items[i].bytes;
	}
	return n;
}

static int print_plan(const struct prune *p)
{
	struct gv_table table = {.columns = 4, .right = 1u << 2};
	int r = 0;

	for (size_t i = 0; i < p->all.names.n && r == 0; i++) {
		const struct gv_kept *item = &p->all.items[i];
		char size[GV_SIZE_LEN];
		const char *cells[] = {item->name, item->why ? "stays" : "goes", size,
				       item->why       ? item->detail
				       : item->adopted ? "adopted: only the link"
						       : ""};

		gv_format_size(item->bytes, size);
		if (!item->why || p->cli->verbose || p->dry)
			r = gv_table_row(&table, item->why ? GV_STYLE_OFF : GV_STYLE_BOLD,
					 cells);
	}
	if (r == 0)
		gv_table_print(&table, p->cli);
	gv_table_release(&table);
	return r;
}

static struct gv_json *to_json(const struct prune *p)
{
	struct gv_json *o = gv_cli_new_json();
	struct gv_json *removed = gv_json_new_array(), *kept = gv_json_new_array();
	uint64_t bytes;

	(void)count(p, !p->dry, &bytes);
	for (size_t i = 0; i < p->all.names.n; i++) {
		const struct gv_kept *item = &p->all.items[i];
		struct gv_json *one = gv_json_new_object();

		gv_json_set_str(one, "version", item->name);
		gv_json_set_str(one, "platform", p->cli->store.platform);
		gv_json_set_int(one, "bytes", (int64_t)item->bytes);
		gv_json_set_bool(one, "adopted", item->adopted);
		if (p->dry ? !item->why : item->removed) {
			gv_json_append(removed, one);
			continue;
		}
		gv_json_set_str(one, "why", item->why);
		gv_json_set_str(one, "file", item->file);
		if (item->line)
			gv_json_set_int(one, "line", item->line);
		gv_json_append(kept, one);
	}
	gv_json_set_bool(o, "dry_run", p->dry);
	gv_json_set(o, "removed", removed);
	gv_json_set(o, "kept", kept);
	gv_json_set_int(o, "bytes", (int64_t)bytes);
	return o;
}

/* One that cannot go does not keep the others. */
static int remove_all(struct prune *p, struct gv_err *err)
{
	int worst = 0;

	for (size_t i = 0; i < p->all.names.n; i++) {
		struct gv_kept *item = &p->all.items[i];
		struct gv_err why = GV_ERR_INIT;
		int r = item->why ? 0
				  : gv_cli_remove(p->cli, item->name, GV_REMOVE_ADOPTED,
						  &why);

		if (item->why)
			continue;
		if (r == 0) {
			item->removed = true;
			gv_cli_done(p->cli, "%s removed", item->name);
			continue;
		}
		if (r == -GV_EINTERRUPTED) {
			*err = why;
			return r;
		}
		why.code = r;
		if (worst)
			gv_cli_complain(p->cli, &why);
		else
			*err = why;
		worst = worst ? worst : r;
	}
	return worst;
}

static int ask(struct prune *p, size_t n, uint64_t bytes, struct gv_err *err)
{
	char size[GV_SIZE_LEN], question[96];

	gv_format_size(bytes, size);
	snprintf(question, sizeof(question), "remove %zu toolchain%s, %s?", n,
		 n == 1 ? "" : "s", size);
	return gv_cli_ask(p->cli, question, err);
}

static int carry_out(struct prune *p, struct gv_err *err)
{
	uint64_t bytes;
	size_t n = count(p, false, &bytes);
	char size[GV_SIZE_LEN];
	int r = 0;

	if (!p->cli->json && !(p->cli->quiet && p->cli->yes) && (n || p->dry) &&
	    print_plan(p) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot prune");
	if (n == 0)
		gv_cli_done(p->cli, "nothing to prune");
	gv_format_size(bytes, size);
	if (p->dry || n == 0) {
		if (n)
			gv_cli_done(p->cli, "%s would be freed", size);
		return 0;
	}
	r = ask(p, n, bytes, err);
	if (r == 0)
		r = remove_all(p, err);
	n = count(p, true, &bytes);
	gv_format_size(bytes, size);
	if (n)
		gv_cli_done(p->cli, "%s freed", size);
	return r;
}

static int check_options(const struct gv_cli *cli, int argc, uint64_t *newest,
			 struct gv_err *err)
{
	const char *n = gv_cli_option(cli, "keep");
	bool scan = gv_cli_option(cli, "scan") != NULL;

	*newest = 1;
	if (n && gv_num_parse(n, strlen(n), UINT32_MAX, newest) < 0)
		return gv_err_set(err, -GV_EUSAGE, "--keep takes a number, not '%s'", n);
	if (scan == (argc > 0))
		return 0;
	gv_err_set(err, -GV_EUSAGE, "--scan goes with directories, and they with it");
	return gv_err_hint(err, "govern prune --scan ~/src");
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct prune p = {.cli = cli,
			  .dry = gv_cli_option(cli, "dry-run") != NULL,
			  .all = {.cli = cli}};
	uint64_t newest;
	int r = check_options(cli, argc, &newest, err);

	if (r == 0)
		r = gv_cli_store(cli, GV_STORE_READ, err);
	if (r < 0)
		return r;
	if (r == 0 && !p.dry)
		gv_store_heal(&cli->store);
	r = r == 0 ? gv_keeping_gather(&p.all, err) : 0;
	if (r == 0 && p.all.names.n)
		r = gv_keeping_judge(&p.all, newest,
				     gv_cli_option(cli, "no-rollback") != NULL, argc,
				     argv, err);
	if (r == 0)
		r = carry_out(&p, err);
	if (cli->json && r == 0)
		r = gv_cli_print_json(to_json(&p), err);
	else if (cli->json && p.all.items)
		cli->partial = to_json(&p);
	gv_output_flush();
	if (cli->store_open && !p.dry)
		gv_store_empty_trash(&cli->store);
	gv_keeping_release(&p.all);
	return r;
}

static const struct gv_option options[] = {
	{"scan", 0, NULL, "keep what is pinned in or below the directories DIR...", NULL},
	{"keep", 0, "N", "the N newest of each line stay (1)", NULL},
	{"no-rollback", 0, NULL, "also what only an earlier generation points to", NULL},
	{"dry-run", 'n', NULL, "only tell what would go, and why the others stay", NULL},
	{"platform", 0, "OS-ARCH", "for another platform than this machine's",
	 "platform"},
	{0},
};

const struct gv_command gv_cmd_prune = {
	.name = "prune",
	.arguments = "[--scan DIR...]",
	.what = "remove toolchains that nobody needs",
	.details =
		"What is the default, has a tag, is in force here, is named by "
		"GOTOOLCHAIN (also in Go's\nenv file), is used by a process, is "
		"among the newest of its line,\nor is what a kept generation points to "
		"(govern rollback) stays; with --scan\nalso what a "
		"pin file or a go.mod in or below DIR asks for.  Asks before it "
		"removes anything,\nand does nothing without a terminal unless --yes "
		"is given.",
	.options = options,
	.complete = "directory",
	.max_operands = -1,
	.json = true,
	.run = run,
};
