// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/cli/output.h"
#include "core/cli/snapshot/sides.h"

enum { AT_A_TIME = 16 }; /* hosts */

struct diff {
	struct gv_cli *cli;
	struct gv_side *sides; /* owned */
	size_t n;
	struct gv_facts *facts; /* the same, side by side; borrowed */
	struct gv_differences differences;
	bool all;
};

static int no_memory(struct gv_err *err)
{
	return gv_err_sys(err, -ENOMEM, "cannot compare");
}

static size_t shown(const struct diff *d)
{
	return d->all ? d->differences.n : d->differences.matter;
}

static int compare(struct diff *d, struct gv_err *err)
{
	int r;

	d->facts = calloc(d->n + 1, sizeof(*d->facts));
	if (!d->facts)
		return no_memory(err);
	for (size_t i = 0; i < d->n; i++)
		d->facts[i] = d->sides[i].facts;
	r = gv_facts_compare(d->facts, d->n, &d->differences);
	return r < 0 ? no_memory(err) : 0;
}

/* -- text ---------------------------------------------------------------------------- */

/* "go env GOFLAGS of go1.21.0, go1.22.5" */
static void print_subject(const struct gv_cli *cli, const struct gv_difference *one)
{
	fputs(gv_style(cli, stdout, GV_STYLE_BOLD), stdout);
	fputs(gv_fact_kind_name(one->kind), stdout);
	fputs(one->name[0] ? " " : "", stdout);
	gv_print_visible(one->name);
	for (size_t i = 0; i < one->of.n; i++) {
		fputs(i ? ", " : " of ", stdout);
		gv_print_visible(one->of.items[i]);
	}
	fputs(gv_style(cli, stdout, GV_STYLE_OFF), stdout);
	putchar('\n');
}

static void print_line(const struct gv_cli *cli, enum gv_style style, const char *before,
		       const char *text)
{
	fputs(gv_style(cli, stdout, style), stdout);
	fputs(before, stdout);
	gv_print_visible(text[0] ? text : "\"\"");
	fputs(gv_style(cli, stdout, GV_STYLE_OFF), stdout);
	putchar('\n');
}

static void print_two(const struct diff *d)
{
	if (!shown(d))
		return;
	print_line(d->cli, GV_STYLE_RED, "--- ", d->sides[0].label);
	print_line(d->cli, GV_STYLE_GREEN, "+++ ", d->sides[1].label);
	for (size_t i = 0; i < shown(d); i++) {
		const struct gv_difference *one = &d->differences.items[i];

		print_subject(d->cli, one);
		if (one->values[0])
			print_line(d->cli, GV_STYLE_RED, "- ", one->values[0]);
		if (one->values[1])
			print_line(d->cli, GV_STYLE_GREEN, "+ ", one->values[1]);
	}
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Which one has the value that most have; of equals the first. */
static size_t majority(const struct gv_difference *one, size_t n)
{
	size_t best = 0, most = 0;

	for (size_t i = 0; i < n; i++) {
		size_t votes = 0;

		for (size_t j = 0; j < n && !one->unknown[i]; j++)
			votes += !one->unknown[j] && same(one->values[i], one->values[j]);
		if (votes > most) {
			most = votes;
			best = i;
		}
	}
	return best;
}

static void print_nodes(const struct diff *d)
{
	for (size_t i = 0; i < shown(d); i++) {
		const struct gv_difference *one = &d->differences.items[i];
		const char *most = one->values[majority(one, d->n)];

		print_subject(d->cli, one);
		print_line(d->cli, GV_STYLE_OFF, "  most: ", most ? most : "(none)");
		for (size_t j = 0; j < d->n; j++) {
			if (one->unknown[j] || same(one->values[j], most))
				continue;
			fputs("  ", stdout);
			gv_print_visible(d->sides[j].word);
			print_line(d->cli, GV_STYLE_RED, ": ",
				   one->values[j] ? one->values[j] : "(none)");
		}
	}
}

/* -- JSON ---------------------------------------------------------------------------- */

static struct gv_json *side_json(const struct gv_side *s)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "source", s->word);
	gv_json_set_str(o, "host", gv_json_str(gv_json_get(s->snapshot, "host"), "name"));
	gv_json_set_str(o, "taken_at", gv_json_str(s->snapshot, "taken_at"));
	return o;
}

static struct gv_json *difference_json(const struct diff *d,
				       const struct gv_difference *one)
{
	struct gv_json *o = gv_json_new_object(), *of = gv_json_new_array();
	struct gv_json *values = gv_json_new_array();
	const char *most = one->values[majority(one, d->n)];

	for (size_t i = 0; i < one->of.n; i++)
		gv_json_append_str(of, one->of.items[i]);
	for (size_t i = 0; i < d->n; i++)
		gv_json_append_str(values, one->values[i]);
	gv_json_set_str(o, "kind", gv_fact_kind_name(one->kind));
	gv_json_set_str(o, "name", one->name[0] ? one->name : NULL);
	gv_json_set(o, "toolchains", of);
	gv_json_set_bool(o, "matters", one->kind < GV_FACT_REST);
	gv_json_set_str(o, "most", most);
	gv_json_set(o, "values", values);
	return o;
}

static struct gv_json *to_json(const struct diff *d)
{
	struct gv_json *o = gv_cli_new_json(), *sides = gv_json_new_array();
	struct gv_json *differences = gv_json_new_array();

	for (size_t i = 0; i < d->n; i++)
		gv_json_append(sides, side_json(&d->sides[i]));
	for (size_t i = 0; i < shown(d); i++)
		gv_json_append(differences, difference_json(d, &d->differences.items[i]));
	gv_json_set(o, "sides", sides);
	gv_json_set_bool(o, "same", d->differences.matter == 0);
	gv_json_set_int(o, "others", (int64_t)(d->differences.n - d->differences.matter));
	gv_json_set(o, "differences", differences);
	return o;
}

/* -- loading ------------------------------------------------------------------------- */

struct load {
	struct diff *d;
	size_t i;
	struct gv_err err;
};

static void *load(void *arg)
{
	struct load *l = arg;
	const char *word = l->d->sides[l->i].word;

	l->err.code = gv_side_load(l->d->cli, word, &l->d->sides[l->i], &l->err);
	l->d->sides[l->i].word = word;
	return NULL;
}

/* Hosts some at a time; what opens the store one after the other. */
static int load_all(struct diff *d, struct gv_err *err)
{
	struct load loads[AT_A_TIME];
	pthread_t threads[AT_A_TIME];
	int r = 0;

	for (size_t from = 0; from < d->n && r == 0; from += AT_A_TIME) {
		bool started[AT_A_TIME] = {false};

		for (size_t i = from; i < d->n && i < from + AT_A_TIME; i++) {
			struct load *l = &loads[i - from];

			*l = (struct load){.d = d, .i = i};
			started[i - from] =
				gv_after_prefix(d->sides[i].word, "ssh://") &&
				pthread_create(&threads[i - from], NULL, load, l) == 0;
			if (!started[i - from])
				(void)load(l);
		}
		for (size_t i = from; i < d->n && i < from + AT_A_TIME; i++) {
			const struct load *l = &loads[i - from];

			if (started[i - from])
				(void)!pthread_join(threads[i - from], NULL);
			if (l->err.code == 0)
				continue;
			if (r < 0 && r != -GV_EINTERRUPTED)
				gv_cli_complain(d->cli, err);
			*err = l->err;
			r = l->err.code;
		}
	}
	return r;
}

/* -- the command --------------------------------------------------------------------- */

static int report(struct diff *d, bool nodes, struct gv_err *err)
{
	size_t matter = d->differences.matter, others = d->differences.n - matter;

	if (matter && d->n == 2)
		gv_err_set(err, -GV_EFAILED, "'%s' and '%s' differ in what matters: %zu",
			   d->sides[0].word, d->sides[1].word, matter);
	else if (matter)
		gv_err_set(err, -GV_EFAILED, "%zu nodes differ in what matters: %zu",
			   d->n, matter);
	if (d->cli->json && matter) {
		d->cli->partial = to_json(d);
		return err->code;
	}
	if (d->cli->json)
		return gv_cli_print_json(to_json(d), err);
	if (nodes)
		print_nodes(d);
	else
		print_two(d);
	if (!matter)
		gv_cli_done(d->cli, "no difference in what matters");
	if (others && !d->all)
		gv_cli_say(d->cli, "%zu other differences: --all shows them", others);
	return matter ? err->code : 0;
}

/* Of a list of nodes: a bare name is a host. */
static int add_node(const char *word, size_t n, struct gv_list *words)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf url = GV_BUF_INIT(0);
	GV_CLEANUP(gv_free_str) char *name = strndup(word, n);

	if (!name)
		return -ENOMEM;
	if (strchr(name, '/') || strcmp(name, ".") == 0 || access(name, F_OK) == 0)
		return gv_list_add(words, name);
	gv_buf_format(&url, "ssh://%s", name);
	return gv_buf_error(&url) < 0 ? -ENOMEM : gv_list_add(words, url.data);
}

static int read_words(struct diff *d, int argc, char **argv, struct gv_list *words,
		      struct gv_err *err)
{
	const char *nodes = gv_cli_option(d->cli, "nodes");
	int r = 0;

	if (nodes ? argc > 0 : argc == 0) {
		gv_err_set(err, -GV_EUSAGE,
			   nodes ? "--nodes names all that are compared"
				 : "nothing to compare");
		return gv_err_hint(err, nodes ? "govern diff --nodes build1,build2,build3"
					      : "govern diff before.json after.json");
	}
	for (const char *p = nodes; p && r == 0;
	     p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
		if (strcspn(p, ",") > 0)
			r = add_node(p, strcspn(p, ","), words);
	for (int i = 0; i < argc && r == 0; i++)
		r = gv_list_add(words, argv[i]);
	if (r == 0 && argc == 1)
		r = gv_list_add(words, "."); /* how it is here */
	if (r == 0 && words->n < 2)
		return gv_err_set(err, -GV_EUSAGE, "--nodes takes two nodes or more");
	return r < 0 ? no_memory(err) : 0;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list words = GV_LIST_INIT;
	struct diff d = {.cli = cli, .all = gv_cli_option(cli, "all") != NULL};
	int r = read_words(&d, argc, argv, &words, err);

	if (r < 0)
		return r;
	d.sides = calloc(words.n, sizeof(*d.sides));
	if (!d.sides)
		return no_memory(err);
	for (d.n = 0; d.n < words.n; d.n++)
		d.sides[d.n].word = words.items[d.n];
	r = load_all(&d, err);
	if (r == 0)
		r = compare(&d, err);
	if (r == 0)
		r = report(&d, gv_cli_option(cli, "nodes") != NULL, err);
	gv_differences_release(&d.differences);
	for (size_t i = 0; i < d.n; i++)
		gv_side_release(&d.sides[i]);
	free(d.sides);
	free(d.facts);
	return r;
}

static const struct gv_option options[] = {
	{"all", 0, NULL, "also what does not matter: places, the environment, the system",
	 NULL},
	{"nodes", 0, "HOST,HOST...", "who differs from the most of them", NULL},
	{0},
};

const struct gv_command gv_cmd_diff = {
	.name = "diff",
	.arguments = "A [B]",
	.what = "compare snapshots, generations or hosts",
	.details =
		"A and B are files of `govern snapshot`, numbers of generations, "
		"ssh://HOST, or . for how it is\n"
		"here, which B is when it is left out.  First what matters: versions, "
		"hashes, pointers, go env,\n"
		"C compilers.  The exit status is 1 when there is a difference in that.",
	.options = options,
	.complete = "generation|file",
	.max_operands = 2,
	.json = true,
	.run = run,
};
