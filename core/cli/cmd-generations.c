// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/num.h"
#include "core/base/text.h"
#include "core/cli/journal/moves.h"
#include "core/cli/output.h"
#include "core/cli/terminal/table.h"
#include "core/store/history.h"

enum { COLUMNS = 5, NUMBER_LEN = 24, WHAT_LEN = 4096 };

static const char *text_of(const struct gv_generation *g, const char *key)
{
	const char *s = gv_json_str(g->note, key);

	return s ? s : "";
}

/* The one that it was made from; NULL when that is not kept any more. */
static const struct gv_pointers *base_of(const struct gv_history *h, size_t i)
{
	static const struct gv_pointers none = GV_POINTERS_INIT;
	int64_t previous = gv_json_int(h->items[i].note, "previous", -1);
	const struct gv_generation *g;

	if (previous == 0)
		return &none;
	g = previous > 0 ? gv_history_find(h, (uint64_t)previous) : NULL;
	return g ? &g->pointers : NULL;
}

/* -- the list ------------------------------------------------------------------------ */

static int add_move(void *arg, const char *pointer, const char *before, const char *after)
{
	struct gv_text *t = arg;
	char what[GV_MOVE_LEN];

	gv_format_move(pointer, before, after, what);
	gv_text_format(t, "%s%s", t->len ? ", " : "", what);
	return 0;
}

static void describe(const struct gv_history *h, size_t i, char ret[WHAT_LEN])
{
	struct gv_text t = gv_text_in(ret, WHAT_LEN);
	const struct gv_pointers *base = base_of(h, i);
	int64_t returned = gv_json_int(h->items[i].note, "returned_to", 0);

	if (returned > 0)
		gv_text_format(&t, "back to %lld", (long long)returned);
	if (base)
		(void)!gv_each_move(base, &h->items[i].pointers, add_move, &t);
}

static int add_row(struct gv_table *table, const struct gv_history *h, size_t i)
{
	const struct gv_generation *g = &h->items[i];
	char number[NUMBER_LEN], who[256], what[WHAT_LEN], why[WHAT_LEN];
	const char *reason = text_of(g, "reason");
	const char *cells[COLUMNS] = {number, text_of(g, "time"), what, who, why};
	bool current = g->pointers.generation == h->current;
	struct gv_text w = gv_text_in(who, sizeof(who));
	struct gv_text y = gv_text_in(why, sizeof(why));

	(void)snprintf(number, sizeof(number), "%llu%s",
		       (unsigned long long)g->pointers.generation, current ? " *" : "");
	describe(h, i, what);
	if (g->note)
		gv_text_format(&w, "%s@%s", text_of(g, "user"), text_of(g, "host"));
	gv_text_format(&y, "%s%s%s%s", text_of(g, "command"), reason[0] ? " (" : "",
		       reason, reason[0] ? ")" : "");
	return gv_table_row(table, current ? GV_STYLE_BOLD : GV_STYLE_OFF, cells);
}

static int print_list(const struct gv_cli *cli, const struct gv_history *h)
{
	static const char *const head[COLUMNS] = {"GENERATION", "TIME", "WHAT", "WHO",
						  "COMMAND"};
	struct gv_table table = {.columns = COLUMNS, .needed = 3};
	int r = gv_table_head(&table, head);

	for (size_t i = 0; i < h->n && r == 0; i++)
		r = add_row(&table, h, i);
	if (r == 0 && h->n)
		gv_table_print(&table, cli);
	else if (r == 0)
		gv_cli_say(cli, "no generations yet");
	gv_table_release(&table);
	return r;
}

static struct gv_json *generation_json(const struct gv_history *h, size_t i)
{
	static const char *const keys[] = {"time", "user", "host", "command", "reason"};
	const struct gv_generation *g = &h->items[i];
	struct gv_json *o = gv_json_new_object(), *pointers = gv_json_new_object();
	struct gv_json *held = gv_json_new_array();
	int64_t previous = gv_json_int(g->note, "previous", 0);
	int64_t returned = gv_json_int(g->note, "returned_to", 0);

	for (size_t k = 0; k < g->pointers.n; k++) {
		const struct gv_pointer *p = &g->pointers.items[k];

		if (gv_pointer_is_hold(p->name))
			gv_json_append_str(held, p->target);
		else
			gv_json_set_str(pointers, p->name, p->target);
	}
	gv_json_set_int(o, "generation", (int64_t)g->pointers.generation);
	gv_json_set_bool(o, "current", g->pointers.generation == h->current);
	if (previous > 0)
		gv_json_set_int(o, "previous", previous);
	for (size_t k = 0; k < GV_COUNT(keys); k++)
		gv_json_set_str(o, keys[k], gv_json_str(g->note, keys[k]));
	if (returned > 0)
		gv_json_set_int(o, "returned_to", returned);
	gv_json_set(o, "pointers", pointers);
	gv_json_set(o, "held", held);
	return o;
}

static int list(struct gv_cli *cli, const struct gv_history *h, struct gv_err *err)
{
	struct gv_json *o, *all;

	if (!cli->json)
		return print_list(cli, h) < 0
			       ? gv_err_sys(err, -ENOMEM, "cannot list the generations")
			       : 0;
	all = gv_json_new_array();
	for (size_t i = 0; i < h->n; i++)
		gv_json_append(all, generation_json(h, i));
	o = gv_cli_new_json();
	gv_json_set(o, "generations", all);
	return gv_cli_print_json(o, err);
}

/* -- two of them --------------------------------------------------------------------- */

static int find(const struct gv_cli *cli, const struct gv_history *h, const char *arg,
		const struct gv_generation **ret, struct gv_err *err)
{
	uint64_t number = 0;

	if (gv_num_parse(arg, strlen(arg), UINT64_MAX - 1, &number) < 0) {
		gv_err_set(err, -GV_EUSAGE, "'%s' is not the number of a generation",
			   arg);
		return gv_err_hint(err, "govern generations");
	}
	*ret = gv_history_find(h, number);
	if (*ret)
		return 0;
	gv_err_set(err, -GV_ENOTFOUND, "there is no generation %llu in '%s'",
		   (unsigned long long)number, cli->store.prefix);
	return gv_err_hint(err, "govern generations");
}

static int add_difference(void *arg, const char *pointer, const char *before,
			  const char *after)
{
	bool hold = gv_pointer_is_hold(pointer);
	const char *cells[] = {hold ? "held back" : pointer, before, after};

	return gv_table_row(arg, GV_STYLE_OFF, cells);
}

static int print_difference(const struct gv_cli *cli, const struct gv_pointers *a,
			    const struct gv_pointers *b)
{
	struct gv_table table = {.columns = 3};
	char from[NUMBER_LEN], to[NUMBER_LEN];
	const char *head[] = {"", from, to};
	int r;

	(void)snprintf(from, sizeof(from), "%llu", (unsigned long long)a->generation);
	(void)snprintf(to, sizeof(to), "%llu", (unsigned long long)b->generation);
	r = gv_table_head(&table, head);
	if (r == 0)
		r = gv_each_move(a, b, add_difference, &table);
	if (r == 0 && table.rows)
		gv_table_print(&table, cli);
	else if (r == 0)
		gv_cli_say(cli, "no difference");
	gv_table_release(&table);
	return r;
}

static int diff(struct gv_cli *cli, const struct gv_history *h, char **argv,
		struct gv_err *err)
{
	const struct gv_generation *a, *b;
	struct gv_json *o;
	int r = find(cli, h, argv[0], &a, err);

	if (r == 0)
		r = find(cli, h, argv[1], &b, err);
	if (r < 0)
		return r;
	if (!cli->json)
		return print_difference(cli, &a->pointers, &b->pointers) < 0
			       ? gv_err_sys(err, -ENOMEM, "cannot list the generations")
			       : 0;
	o = gv_cli_new_json();
	gv_json_set_int(o, "from", (int64_t)a->pointers.generation);
	gv_json_set_int(o, "to", (int64_t)b->pointers.generation);
	gv_json_set(o, "changes", gv_moves_json(&a->pointers, &b->pointers));
	return gv_cli_print_json(o, err);
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_history_release) struct gv_history history = {0};
	bool two = gv_cli_option(cli, "diff") != NULL;
	int r;

	if (argc != (two ? 2 : 0)) {
		gv_err_set(err, -GV_EUSAGE,
			   "--diff goes with two generations, and they "
			   "with it");
		return gv_err_hint(err, "govern generations --diff 4 5");
	}
	r = two ? gv_cli_need_store(cli, err) : gv_cli_store(cli, GV_STORE_READ, err);
	if (r == 1)
		r = gv_cli_no_store(cli, err);
	if (r == 0)
		r = gv_history_load(&cli->store, &history, err);
	if (r < 0)
		return r;
	return two ? diff(cli, &history, argv, err) : list(cli, &history, err);
}

static const struct gv_option options[] = {
	{"diff", 0, NULL, "what is different between the generations A and B", NULL},
	{"platform", 0, "OS-ARCH", "for another platform than this machine's",
	 "platform"},
	{0},
};

const struct gv_command gv_cmd_generations = {
	.name = "generations",
	.arguments = "[--diff A B]",
	.what = "show how default, tags and lines changed, when, and by whom",
	.details =
		"Each change of a pointer is a generation, the newest last; the one in "
		"force has a star.\nThe newest ones are kept, store.keep_generations of "
		"them beside the present one; govern gc\nlets the others go.",
	.options = options,
	.complete = "generation",
	.max_operands = 2,
	.json = true,
	.run = run,
};
