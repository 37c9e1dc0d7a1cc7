// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/num.h"
#include "core/base/text.h"
#include "core/cli/ask.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/pins.h"
#include "core/cli/remove.h"
#include "core/cli/table.h"
#include "core/store/pointers.h"
#include "core/store/receipt.h"

struct item {
	const char *name;
	const char *why; /* it stays; NULL: it goes */
	char detail[GV_WHY_LEN];
	const char *file; /* of a pin; NULL: no file's */
	unsigned line;
	bool adopted, removed;
	uint64_t bytes;
};

struct prune {
	struct gv_cli *cli;
	bool dry;
	struct gv_list names; /* in Go's order, oldest first */
	struct gv_list files;
	struct item *items; /* of the same order */
};

/* The first reason counts. */
static GV_PRINTF(3, 4) void keep(struct item *i, const char *why, const char *fmt, ...)
{
	struct gv_text t;
	va_list ap;

	if (i->why)
		return;
	t = gv_text_in(i->detail, sizeof(i->detail));
	i->why = why;
	va_start(ap, fmt);
	gv_text_vformat_visible(&t, fmt, ap);
	va_end(ap);
}

static struct item *find(struct prune *p, const char *name)
{
	for (size_t i = 0; i < p->names.n; i++)
		if (strcmp(p->items[i].name, name) == 0)
			return &p->items[i];
	return NULL;
}

/* -- who needs it ------------------------------------------------------------------- */

static int keep_pointed(struct prune *p, struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	int r = gv_pointers_load(&p->cli->store, &pointers, err);

	for (size_t i = 0; i < pointers.n && r == 0; i++) {
		const struct gv_pointer *to = &pointers.items[i];
		struct item *item = find(p, to->target);

		if (item && strcmp(to->name, "default") == 0)
			keep(item, "default", "the default");
		else if (item && to->name[0] == '@')
			keep(item, "tag", "%s", to->name);
	}
	return r;
}

static void keep_here(struct prune *p)
{
	static struct gv_choice choice;
	struct gv_err ignored = GV_ERR_INIT;
	char why[GV_WHY_LEN];
	struct item *item;

	if (gv_cli_resolve(p->cli, "go", NULL, NULL, &choice, &ignored) < 0)
		return;
	item = find(p, choice.name);
	gv_cli_why(&choice, why);
	if (item)
		keep(item, "here", "%s", why);
}

/* Of all that a word may mean the newest: a line and `latest` lead there. */
static int on_pin(void *arg, const struct gv_spec *spec, const char *file, unsigned line)
{
	struct prune *p = arg;
	struct item *found = NULL;

	if (spec->kind == GV_SPEC_TAG || spec->kind == GV_SPEC_SYSTEM)
		return 0; /* what has a tag stays in any case */
	for (size_t i = 0; i < p->names.n; i++) {
		struct gv_version v;

		if (gv_version_parse(p->items[i].name, strlen(p->items[i].name), &v) ==
			    0 &&
		    (spec->kind == GV_SPEC_EXACT ? strcmp(v.name, spec->version.name) == 0
						 : gv_spec_matches(spec, &v)))
			found = &p->items[i];
	}
	if (!found || found->why)
		return 0;
	if (gv_list_add(&p->files, file) < 0)
		return -ENOMEM;
	keep(found, "pin", "%s:%u", file, line);
	found->file = p->files.items[p->files.n - 1];
	found->line = line;
	return 0;
}

static void on_warning(void *arg, const char *message)
{
	const struct prune *p = arg;

	gv_cli_warn(p->cli, "%s", message);
}

/* "1.22", and "1.22-corp" for what has a suffix: those are lines of their own. */
static void line_of(const char *name, char ret[2 * GV_NAME_MAX])
{
	struct gv_text t = gv_text_in(ret, 2 * GV_NAME_MAX);
	const char *suffix = strchr(name, '-');
	char line[GV_NAME_MAX] = "";
	struct gv_version v;

	if (gv_version_parse(name, strlen(name), &v) == 0)
		gv_version_line(&v, line);
	gv_text_format(&t, "%s%s", line, suffix ? suffix : "");
}

static void keep_newest(struct prune *p, uint64_t n)
{
	for (size_t i = 0; i < p->names.n; i++) {
		char line[2 * GV_NAME_MAX], other[2 * GV_NAME_MAX];
		uint64_t newer = 0;

		line_of(p->items[i].name, line);
		for (size_t j = i + 1; j < p->names.n; j++) {
			line_of(p->items[j].name, other);
			newer += strcmp(line, other) == 0;
		}
		if (newer < n)
			keep(&p->items[i], "newest", "the newest of %s", line);
	}
}

static void keep_running(struct prune *p)
{
	for (size_t i = 0; i < p->names.n; i++) {
		struct item *item = &p->items[i];
		char comm[64] = "";
		int pid = item->why ? 0
				    : gv_store_user(&p->cli->store, item->name, comm,
						    sizeof(comm));

		if (pid > 0)
			keep(item, "process", "process %d (%s)", pid, comm);
	}
}

static int judge(struct prune *p, uint64_t newest, int n_dirs, char **dirs,
		 struct gv_err *err)
{
	struct gv_pins pins = {.found = on_pin, .warn = on_warning, .arg = p};
	int r = keep_pointed(p, err);

	keep_here(p);
	for (int i = 0; i < n_dirs && r == 0; i++)
		r = gv_pins_scan(&pins, dirs[i], err);
	if (r < 0)
		return r;
	keep_newest(p, newest);
	keep_running(p);
	return 0;
}

static int gather(struct prune *p, struct gv_err *err)
{
	int r = gv_store_list(&p->cli->store, &p->names, err);

	if (r < 0)
		return r;
	p->items = calloc(p->names.n + 1, sizeof(*p->items));
	if (!p->items)
		return gv_err_sys(err, -ENOMEM, "cannot prune");
	for (size_t i = 0; i < p->names.n; i++) {
		GV_CLEANUP(gv_receipt_release) struct gv_receipt receipt = {0};
		struct gv_err ignored = GV_ERR_INIT;

		p->items[i].name = p->names.items[i];
		if (gv_receipt_load(&p->cli->store, p->names.items[i], &receipt,
				    &ignored) < 0)
			continue; /* it can go all the same */
		p->items[i].adopted = receipt.adopted;
		p->items[i].bytes = receipt.adopted ? 0 : receipt.bytes;
	}
	return 0;
}

/* -- telling and doing -------------------------------------------------------------- */

/* How many go, and what that frees. */
static size_t count(const struct prune *p, bool removed, uint64_t *ret_bytes)
{
	size_t n = 0;

	*ret_bytes = 0;
	for (size_t i = 0; i < p->names.n; i++) {
		if (removed ? !p->items[i].removed : p->items[i].why != NULL)
			continue;
		n++;
		*ret_bytes += p->items[i].bytes;
	}
	return n;
}

static int print_plan(const struct prune *p)
{
	struct gv_table table = {.columns = 4, .right = 1u << 2};
	int r = 0;

	for (size_t i = 0; i < p->names.n && r == 0; i++) {
		const struct item *item = &p->items[i];
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
	for (size_t i = 0; i < p->names.n; i++) {
		const struct item *item = &p->items[i];
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
		if (item->file)
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

	for (size_t i = 0; i < p->names.n; i++) {
		struct item *item = &p->items[i];
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
	struct prune p = {.cli = cli, .dry = gv_cli_option(cli, "dry-run") != NULL};
	uint64_t newest;
	int r = check_options(cli, argc, &newest, err);

	if (r == 0)
		r = gv_cli_store(cli, GV_STORE_READ, err);
	if (r < 0)
		return r;
	if (r == 0 && !p.dry)
		gv_store_heal(&cli->store);
	r = r == 0 ? gather(&p, err) : 0;
	if (r == 0 && p.names.n)
		r = judge(&p, newest, argc, argv, err);
	if (r == 0)
		r = carry_out(&p, err);
	if (cli->json && r == 0)
		r = gv_cli_print_json(to_json(&p), err);
	else if (cli->json && p.items)
		cli->partial = to_json(&p);
	(void)!fflush(stdout); /* reported at the end */
	if (cli->store_open && !p.dry)
		gv_store_empty_trash(&cli->store);
	free(p.items);
	gv_list_release(&p.names);
	gv_list_release(&p.files);
	return r;
}

static const struct gv_option options[] = {
	{"scan", 0, NULL, "keep what is pinned in or below the directories DIR...", NULL},
	{"keep", 0, "N", "the N newest of each line stay (1)", NULL},
	{"dry-run", 'n', NULL, "only tell what would go, and why the others stay", NULL},
	{"platform", 0, "OS-ARCH", "for another platform than this machine's",
	 "platform"},
	{0},
};

const struct gv_command gv_cmd_prune = {
	.name = "prune",
	.arguments = "[--scan DIR...]",
	.what = "remove toolchains that nobody needs",
	.details = "What is the default, has a tag, is in force here, is used by a "
		   "process or "
		   "is among the newest of\nits line stays; with --scan also what a pin "
		   "file "
		   "or a go.mod in or below DIR asks for.  Asks\nbefore it removes "
		   "anything, "
		   "and does nothing without a terminal unless --yes is given.",
	.options = options,
	.complete = "directory",
	.max_operands = -1,
	.json = true,
	.run = run,
};
