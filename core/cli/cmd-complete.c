// SPDX-License-Identifier: Apache-2.0
/*
 * govern complete -- WORD...: what could stand in the place of the last word, for the
 * scripts in completions/.  A line for each candidate: the word, a tab, what it is.  Or
 * one line, ":file", ":directory" or ":command": what the shell knows better.
 *
 * Nothing is asked of the network and nothing fails: who presses Tab wants no message.
 */
#include "core/cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/options.h"
#include "core/cli/pipeline.h"
#include "core/cli/plugin.h"
#include "core/store/history.h"
#include "core/store/pointers.h"

struct completion {
	struct gv_cli *cli;
	char **words;
	int n; /* words before the one at the cursor */
	const char *word;
	const char
		*before; /* "--platform=", which the shell takes for part of the word */
	char list[1024]; /* "linux-amd64,", the same, when the word is in a list */
	/* what was read on the way there */
	const struct gv_command *command;
	const struct gv_option *option; /* that wants the word as its argument */
	int first_operand, n_operands;
	bool options_end;
};

static bool is_listed(const char *list, const char *word)
{
	for (size_t n; *list; list += n + 1) {
		n = strcspn(list, ",");
		if (strncmp(list, word, n) == 0 && !word[n])
			return true;
	}
	return false;
}

static void offer(const struct completion *c, const char *word, const char *what)
{
	if (is_listed(c->list, word))
		return;
	/* What was typed already is not offered again. */
	for (int i = c->first_operand; c->n_operands && i < c->n; i++)
		if (strcmp(c->words[i], word) == 0)
			return;
	if (gv_after_prefix(word, c->word))
		printf("%s%s%s\t%s\n", c->before, c->list, word, what);
}

static void leave_to_shell(const char *what)
{
	printf(":%s\n", what);
}

/* -- what there is ------------------------------------------------------------------- */

/* As it was begun: "go1.22.5" or "1.22.5". */
static void offer_toolchain(const struct completion *c, const char *name)
{
	char bare[GV_NAME_MAX];
	struct gv_version v;

	if (c->word[0] == 'g')
		offer(c, name, "installed");
	else if (gv_version_parse(name, strlen(name), &v) == 0)
		offer(c, gv_version_bare(&v, bare), "installed");
}

static void offer_installed(struct completion *c)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct gv_err ignored = GV_ERR_INIT;

	if (gv_cli_store(c->cli, GV_STORE_READ, &ignored) != 0)
		return;
	if (gv_store_list(&c->cli->store, &names, &ignored) == 0)
		for (size_t i = names.n; i > 0; i--)
			offer_toolchain(c, names.items[i - 1]);
}

/* Where a tag is one of several things that can be meant it has its "@". */
static void offer_tags(struct completion *c, bool bare)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	struct gv_err ignored = GV_ERR_INIT;

	if (gv_cli_store(c->cli, GV_STORE_READ, &ignored) != 0 ||
	    gv_pointers_load(&c->cli->store, &pointers, &ignored) < 0)
		return;
	for (size_t i = 0; i < pointers.n; i++)
		if (pointers.items[i].name[0] == '@')
			offer(c, pointers.items[i].name + (bare && c->word[0] != '@'),
			      pointers.items[i].target);
}

/* The newest first: of all of them that one is meant most often. */
static void offer_generations(struct completion *c)
{
	struct gv_history history = {0};
	struct gv_err ignored = GV_ERR_INIT;

	if (gv_cli_store(c->cli, GV_STORE_READ, &ignored) != 0 ||
	    gv_history_load(&c->cli->store, &history, &ignored) < 0)
		return;
	for (size_t i = history.n; i > 0; i--) {
		const struct gv_generation *g = &history.items[i - 1];
		const char *command = gv_json_str(g->note, "command");
		char number[24], what[128];
		struct gv_text n = gv_text_in(number, sizeof(number));
		struct gv_text w = gv_text_in(what, sizeof(what));

		gv_text_format(&n, "%llu", (unsigned long long)g->pointers.generation);
		gv_text_add_visible(&w, command ? command : "",
				    command ? strlen(command) : 0);
		offer(c, number, what);
	}
	gv_history_release(&history);
}

/* Those that something is installed of; the newest first. */
static void offer_lines(struct completion *c)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	char line[GV_NAME_MAX], before[GV_NAME_MAX] = "";
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_version v;

	if (gv_cli_store(c->cli, GV_STORE_READ, &ignored) != 0 ||
	    gv_store_list(&c->cli->store, &names, &ignored) < 0)
		return;
	for (size_t i = names.n; i > 0; i--) {
		const char *name = names.items[i - 1];

		if (gv_version_parse(name, strlen(name), &v) < 0)
			continue;
		gv_version_line(&v, line);
		if (strcmp(line, before) != 0)
			offer(c, line, name);
		memcpy(before, line, sizeof(line));
	}
}

static void offer_settings(struct completion *c)
{
	static const char *const places[] = {"version", "platform", "root",
					     "prefix",	"cache",    "libexec"};
	struct gv_err ignored = GV_ERR_INIT;

	for (size_t i = 0; i < GV_COUNT(places); i++)
		offer(c, places[i], "place");
	if (gv_cli_config(c->cli, &ignored) < 0)
		return;
	for (size_t i = 0; i < GV_SETTINGS; i++)
		offer(c, c->cli->config.settings[i].key, "setting");
}

/* A line at first; its releases when no other line begins like that. */
static void offer_releases(struct completion *c, const struct gv_releases *all,
			   const char *typed, const char *go)
{
	char line[GV_NAME_MAX], before[GV_NAME_MAX] = "", bare[GV_NAME_MAX];
	char word[GV_NAME_MAX + 2];
	unsigned lines = 0;

	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < all->n; i++) {
			const struct gv_version *v = &all->items[i];
			bool stable = gv_version_is_stable(v);
			struct gv_text t = gv_text_in(word, sizeof(word));

			gv_version_line(v, line);
			gv_version_bare(v, bare);
			if (round == 0 && (strcmp(line, before) == 0 || !stable ||
					   !gv_after_prefix(line, typed)))
				continue;
			/* Pre-releases of a line that has a release are for who asks. */
			if (round == 1 && !gv_after_prefix(bare, typed))
				continue;
			if (round == 1 && !stable && !strpbrk(typed, "rb"))
				continue;
			gv_text_format(&t, "%s%s", go, round ? bare : line);
			offer(c, word, round ? "release" : v->name);
			memcpy(before, line, sizeof(line));
			lines += round == 0;
		}
		if (lines > 1)
			return;
	}
}

static void offer_available(struct completion *c)
{
	struct gv_pipeline p = {.cache_dir = -1};
	struct gv_releases releases = {0};
	struct gv_err ignored = GV_ERR_INIT;
	const char *typed = gv_after_prefix(c->word, "go");
	int r = gv_cli_store(c->cli, GV_STORE_READ, &ignored);

	offer(c, "latest", "the newest release");
	offer(c, "oldstable", "the newest release of the line before");
	if (r == 1)
		r = gv_cli_no_store(c->cli, &ignored);
	c->cli->offline = true;
	if (r == 0)
		r = gv_pipeline_open(c->cli, &p, &ignored);
	if (r < 0)
		return;
	if (gv_install_releases(&p.in, false, &releases, &ignored) == 0)
		offer_releases(c, &releases, typed ? typed : c->word, typed ? "go" : "");
	gv_releases_release(&releases);
	gv_pipeline_close(&p);
}

static void offer_commands(const struct completion *c)
{
	GV_CLEANUP(gv_list_release) struct gv_list plugins = GV_LIST_INIT;

	for (size_t i = 0; gv_commands[i]; i++)
		if (!gv_commands[i]->hidden)
			offer(c, gv_commands[i]->name, gv_commands[i]->what);
	/* Two names for one thing only for those who already type the second. */
	for (size_t i = 0; gv_commands[i] && c->word[0]; i++)
		if (gv_commands[i]->alias)
			offer(c, gv_commands[i]->alias, gv_commands[i]->what);
	if (gv_cli_plugins(&plugins) == 0)
		for (size_t i = 0; i < plugins.n; i++)
			offer(c, plugins.items[i], "a plugin");
}

static void offer_options(const struct completion *c)
{
	const struct gv_option *tables[] = {c->command ? c->command->options : NULL,
					    gv_global_options};

	for (size_t i = 0; i < GV_COUNT(tables); i++) {
		for (const struct gv_option *o = tables[i]; o && o->name; o++) {
			char word[64];
			struct gv_text t = gv_text_in(word, sizeof(word));

			gv_text_format(&t, "--%s", o->name);
			offer(c, word, o->what);
		}
	}
}

/* Of all that Go is published for, those that people install (https://go.dev/dl/). */
static const char *const platforms[] = {
	"linux-amd64",	 "linux-arm64",	  "linux-386",	   "linux-arm",
	"linux-loong64", "linux-ppc64le", "linux-riscv64", "linux-s390x",
	"darwin-amd64",	 "darwin-arm64",  "windows-amd64", "windows-arm64",
	"windows-386",	 "freebsd-amd64", "freebsd-arm64", NULL};
static const char *const levels[] = {"proven", "checksummed", "unproven", NULL};
static const char *const policy[] = {"show", "check", "apply", NULL};
static const char *const shells[] = {"bash", "zsh", "fish", NULL};
static const char *const managers[] = {
	"goenv", "asdf",   "mise",  "gvm",	     "g",  "goup",     "gobrew",
	"vfox",	 "gimme",  "proto", "golang.org/dl", "go", "setup-go", "Homebrew",
	"snap",	 "system", NULL};
static const char *const imported[] = {"goenv", "asdf", "mise",	  "gvm",
				       "g",	"goup", "gobrew", NULL};
static const char *const proofs[] = {"proven", "unproven", NULL};
static const char *const sources[] = {"goproxy", "godev", NULL};
static const char *const timers[] = {"systemd", "machine", "cron", NULL};
static const char *const when[] = {"daily", "weekly", "no", NULL};
static const char *const channels[] = {"canary", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};

/* The kind is the n bytes at `at`. */
static bool is_kind(const char *at, size_t n, const char *kind)
{
	return n == strlen(kind) && memcmp(at, kind, n) == 0;
}

static void offer_kind(struct completion *c, const char *kind, size_t n)
{
	static const struct {
		const char *kind;
		const char *const *words;
	} fixed[] = {
		{"platform", platforms}, {"trust", levels},	{"proof", proofs},
		{"policy", policy},	 {"manager", managers}, {"imported", imported},
		{"source", sources},	 {"timer", timers},	{"when", when},
		{"channel", channels},	 {"color", colors},	{"shell", shells},
	};

	if (is_kind(kind, n, "installed")) {
		offer_installed(c);
		offer_tags(c, false);
	} else if (is_kind(kind, n, "available")) {
		offer_available(c);
	} else if (is_kind(kind, n, "tag")) {
		offer_tags(c, true);
	} else if (is_kind(kind, n, "command")) {
		offer_commands(c);
	} else if (is_kind(kind, n, "file")) {
		leave_to_shell("file");
	} else if (is_kind(kind, n, "directory")) {
		leave_to_shell("directory");
	} else if (is_kind(kind, n, "generation")) {
		offer_generations(c);
	} else if (is_kind(kind, n, "lines")) {
		offer_lines(c);
	} else if (is_kind(kind, n, "setting")) {
		offer_settings(c);
	}
	for (size_t i = 0; i < GV_COUNT(fixed); i++)
		for (const char *const *w = fixed[i].words;
		     is_kind(kind, n, fixed[i].kind) && *w; w++)
			offer(c, *w, fixed[i].kind);
}

/* One word, or, where the kind ends with a comma, the last one of a list. */
static void offer_words(struct completion *c, const char *kind, size_t n)
{
	const char *comma = strrchr(c->word, ',');
	struct gv_text t = gv_text_in(c->list, sizeof(c->list));

	if (n == 0 || kind[n - 1] != ',') {
		offer_kind(c, kind, n);
		return;
	}
	if (comma) {
		gv_text_add_n(&t, c->word, (size_t)(comma + 1 - c->word));
		c->word = comma + 1;
	}
	if (!t.cut)
		offer_kind(c, kind, n - 1);
}

/* "source|file": either. */
static void offer_either(struct completion *c, const char *kinds, size_t n)
{
	for (size_t one; n > 0; kinds += one, n -= one) {
		one = strcspn(kinds, "| ");
		offer_words(c, kinds, one);
		one += one < n;
	}
}

/* "tag installed": the last one stands for all that follow. */
static void offer_operand(struct completion *c, const char *kinds)
{
	for (int i = 0; i < c->n_operands && strchr(kinds, ' '); i++)
		kinds = strchr(kinds, ' ') + 1;
	offer_either(c, kinds, strcspn(kinds, " "));
}

static void offer_argument(struct completion *c, const struct gv_option *o)
{
	if (o->complete)
		offer_either(c, o->complete, strlen(o->complete));
}

/* -- where the cursor is ------------------------------------------------------------- */

static const struct gv_option *option_of(const struct completion *c, const char *arg,
					 bool *ret_inside)
{
	size_t n = strcspn(arg + 2, "=");

	*ret_inside = arg[1] == '-' ? arg[2 + n] == '=' : arg[2] != '\0';
	return arg[1] == '-' ? gv_option_find(c->command, arg + 2, n, 0)
			     : gv_option_find(c->command, NULL, 0, arg[1]);
}

static void read_word(struct completion *c, int at)
{
	const char *arg = c->words[at];
	bool inside;

	if (c->option) {
		/* Other stores have other toolchains. */
		if (strcmp(c->option->name, "root") == 0)
			c->cli->root_option = arg;
		c->option = NULL;
	} else if (!c->options_end && strcmp(arg, "--") == 0) {
		c->options_end = true;
	} else if (!c->options_end && arg[0] == '-' && arg[1]) {
		const struct gv_option *o = option_of(c, arg, &inside);

		if (o && o->argument && !inside)
			c->option = o;
		else if (o && inside && strcmp(o->name, "root") == 0)
			c->cli->root_option = strchr(arg, '=') + 1;
	} else if (!c->command) {
		c->command = gv_command_find(arg);
		c->options_end = !c->command; /* a plugin's: not ours to read */
		c->n_operands = c->options_end;
	} else if (c->command->options_until && c->n_operands == 1 &&
		   strcmp(arg, "--") == 0) {
		return; /* before the command to run */
	} else {
		if (c->n_operands++ == 0)
			c->first_operand = at;
		c->options_end |= c->n_operands == c->command->options_until;
	}
}

static void complete_operand(struct completion *c)
{
	const struct gv_command *command = c->command;

	if (!command)
		c->n_operands ? leave_to_shell("file") : offer_commands(c);
	else if (command->options_until && c->n_operands)
		leave_to_shell(c->n_operands == 1 ? "command" : "file");
	else if (command->complete &&
		 (command->max_operands < 0 || command->options_until ||
		  c->n_operands < command->max_operands))
		offer_operand(c, command->complete);
}

static void complete(struct completion *c)
{
	const struct gv_option *o;
	bool inside = false;
	char before[64];
	struct gv_text t = gv_text_in(before, sizeof(before));

	for (int i = 0; i < c->n; i++)
		read_word(c, i);
	if (c->option) {
		offer_argument(c, c->option);
	} else if (!c->options_end && c->word[0] == '-') {
		o = c->word[1] == '-' ? option_of(c, c->word, &inside) : NULL;
		if (!o || !inside) {
			offer_options(c);
			return;
		}
		gv_text_format(&t, "--%s=", o->name);
		c->before = before;
		c->word = strchr(c->word, '=') + 1;
		offer_argument(c, o);
	} else {
		complete_operand(c);
	}
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct completion c = {.cli = cli,
			       .words = argv,
			       .n = argc ? argc - 1 : 0,
			       .word = argc ? argv[argc - 1] : "",
			       .before = ""};

	(void)err;
	complete(&c);
	return 0;
}

const struct gv_command gv_cmd_complete = {
	.name = "complete",
	.arguments = "-- WORD...",
	.what = "what could stand in the place of the last word, for a shell",
	.max_operands = -1,
	.options_until = 1,
	.hidden = true,
	.run = run,
};
