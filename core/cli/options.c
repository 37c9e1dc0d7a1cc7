// SPDX-License-Identifier: Apache-2.0
#include "core/cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/config/nearest.h"

const struct gv_option gv_global_options[] = {
	{"root", 0, "DIR", "the store, instead of GOVERN_ROOT", "directory"},
	{"json", 0, NULL, "print JSON (listings and queries)", NULL},
	{"quiet", 'q', NULL, "print nothing but data and errors", NULL},
	{"verbose", 'v', NULL, "tell what is being done", NULL},
	{"color", 0, "WHEN", "auto, always or never", "color"},
	{"offline", 0, NULL, "do not use the network", NULL},
	{"yes", 'y', NULL, "do not ask", NULL},
	{"reason", 0, "TEXT", "why, recorded with what is changed", NULL},
	{"help", 'h', NULL, "show help", NULL},
	{"version", 0, NULL, "show the version of govern", NULL},
	{0},
};

struct parser {
	struct gv_cli *cli;
	int argc, at;
	char **argv;
	struct gv_err *err;
};

static const struct gv_option *find_in(const struct gv_option *table, const char *name,
				       size_t n, char letter)
{
	for (; table && table->name; table++) {
		if (letter ? table->letter == letter
			   : strlen(table->name) == n &&
				     memcmp(table->name, name, n) == 0)
			return table;
	}
	return NULL;
}

const struct gv_option *gv_option_find(const struct gv_command *c, const char *name,
				       size_t n, char letter)
{
	const struct gv_option *o = find_in(c ? c->options : NULL, name, n, letter);

	return o ? o : find_in(gv_global_options, name, n, letter);
}

static const struct gv_option *command_options(const struct gv_cli *cli)
{
	return cli->command ? cli->command->options : NULL;
}

static void help_hint(struct parser *p)
{
	if (p->cli->command)
		gv_err_hint(p->err, "govern help %s", p->cli->command->name);
	else
		gv_err_hint(p->err, "govern help");
}

static int unknown(struct parser *p, const char *arg)
{
	const struct gv_option *tables[] = {command_options(p->cli), gv_global_options};
	const char *best = NULL;
	char name[64] = "";

	if (arg[1] == '-')
		strncat(name, arg + 2,
			strcspn(arg + 2, "=") < 63 ? strcspn(arg + 2, "=") : 63);
	for (size_t i = 0; name[0] && i < GV_COUNT(tables); i++)
		for (const struct gv_option *o = tables[i]; o && o->name; o++)
			best = gv_nearer(name, best, o->name);
	gv_err_set(p->err, -GV_EUSAGE, "unknown option '%s'%s%s", arg,
		   p->cli->command ? " for govern " : "",
		   p->cli->command ? p->cli->command->name : "");
	if (best)
		gv_err_hint(p->err, "did you mean '--%s'?", best);
	else
		help_hint(p);
	return -GV_EUSAGE;
}

static int set_color(struct gv_cli *cli, const char *value, struct gv_err *err)
{
	static const char *const names[] = {"auto", "always", "never"};

	for (size_t i = 0; i < GV_COUNT(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			cli->color = (enum gv_color)i;
			return 0;
		}
	}
	return gv_err_set(err, -GV_EUSAGE,
			  "--color takes auto, always or never, not '%s'", value);
}

/* A record is one line, and lines have a limit (core/store/journal.h). */
static int set_reason(struct gv_cli *cli, const char *value, struct gv_err *err)
{
	enum { REASON_MAX = 1000 };

	if (strlen(value) > REASON_MAX)
		return gv_err_set(err, -GV_EUSAGE, "--reason takes at most %d bytes",
				  REASON_MAX);
	cli->reason = value[0] ? value : NULL;
	return 0;
}

/* `value` is "" for an option without argument. */
static int apply(struct parser *p, const struct gv_option *o, const char *value)
{
	struct gv_cli *cli = p->cli;
	const struct gv_option *own = command_options(cli);

	if (own && o >= own && find_in(own, o->name, strlen(o->name), 0) == o) {
		cli->values[o - own] = value;
		if (o->argument && gv_has_suffix(o->argument, "...") &&
		    gv_list_add(&cli->all_values[o - own], value) < 0)
			return gv_err_sys(p->err, -ENOMEM,
					  "cannot read the command line");
		return 0;
	}
	switch (o->name[0]) {
	case 'r':
		if (strcmp(o->name, "reason") == 0)
			return set_reason(cli, value, p->err);
		cli->root_option = value;
		return value[0] ? 0
				: gv_err_set(p->err, -GV_EUSAGE,
					     "--root needs a directory");
	case 'j':
		cli->json = true;
		return 0;
	case 'q':
		cli->quiet = true;
		return 0;
	case 'c':
		return set_color(cli, value, p->err);
	case 'o':
		cli->offline = true;
		return 0;
	case 'y':
		cli->yes = true;
		return 0;
	case 'h':
		cli->help = true;
		return 0;
	default:
		if (strcmp(o->name, "version") == 0)
			cli->version = true;
		else
			cli->verbose++;
		return 0;
	}
}

/* The argument: what follows in the same word, else the next word. */
static int with_value(struct parser *p, const struct gv_option *o, const char *inside)
{
	if (inside)
		return apply(p, o, inside);
	if (p->at >= p->argc) {
		gv_err_set(p->err, -GV_EUSAGE, "option '--%s' needs its %s", o->name,
			   o->argument);
		help_hint(p);
		return -GV_EUSAGE;
	}
	return apply(p, o, p->argv[p->at++]);
}

static int long_option(struct parser *p, const char *arg)
{
	size_t n = strcspn(arg + 2, "=");
	const struct gv_option *o = gv_option_find(p->cli->command, arg + 2, n, 0);
	const char *inside = arg[2 + n] == '=' ? arg + 2 + n + 1 : NULL;

	if (!o)
		return unknown(p, arg);
	if (o->argument)
		return with_value(p, o, inside);
	if (inside)
		return gv_err_set(p->err, -GV_EUSAGE, "option '--%s' takes no argument",
				  o->name);
	return apply(p, o, "");
}

static int short_options(struct parser *p, const char *arg)
{
	for (const char *c = arg + 1; *c; c++) {
		const struct gv_option *o = gv_option_find(p->cli->command, NULL, 0, *c);
		int r;

		if (!o)
			return unknown(p, arg);
		if (o->argument)
			return with_value(p, o, c[1] ? c + 1 : NULL);
		r = apply(p, o, "");
		if (r < 0)
			return r;
	}
	return 0;
}

static int choose_command(struct gv_cli *cli, const char *name, struct gv_err *err)
{
	size_t n = 0;

	cli->command = gv_command_find(name);
	if (!cli->command)
		return 1;
	while (cli->command->options && cli->command->options[n].name)
		n++;
	cli->values = calloc(n + 1, sizeof(*cli->values));
	cli->all_values = calloc(n + 1, sizeof(*cli->all_values));
	return cli->values && cli->all_values
		       ? 0
		       : gv_err_sys(err, -ENOMEM, "cannot read the command line");
}

/* --json is read ahead: an error in the options before it must be JSON too. */
static bool asks_for_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static int parse(struct parser *p, int *n, char **operands)
{
	bool options_end = false;

	while (p->at < p->argc) {
		char *arg = p->argv[p->at++];
		int r;

		if (!options_end && strcmp(arg, "--") == 0) {
			options_end = true;
			continue;
		}
		if (!options_end && arg[0] == '-' && arg[1]) {
			r = arg[1] == '-' ? long_option(p, arg) : short_options(p, arg);
			if (r < 0)
				return r;
			continue;
		}
		if (!p->cli->command && *n == 0) {
			r = choose_command(p->cli, arg, p->err);
			if (r < 0)
				return r;
			if (r == 0)
				continue;
			options_end = true; /* what is behind it is the plugin's */
		}
		operands[(*n)++] = arg;
		if (!p->cli->command || *n == p->cli->command->options_until)
			break;
	}
	while (p->at < p->argc)
		operands[(*n)++] = p->argv[p->at++];
	return 0;
}

static int check(struct parser *p, int n, char **operands)
{
	const struct gv_command *c = p->cli->command;

	if (!c || p->cli->help || p->cli->version)
		return 0;
	if (p->cli->json && !c->json)
		return gv_err_set(p->err, -GV_EUSAGE, "govern %s has no --json", c->name);
	if (c->max_operands >= 0 && n > c->max_operands) {
		gv_err_set(p->err, -GV_EUSAGE, "one too many: '%s'",
			   operands[c->max_operands]);
		return gv_err_hint(p->err, "usage: govern %s%s%s", c->name,
				   c->arguments ? " " : "",
				   c->arguments ? c->arguments : "");
	}
	return 0;
}

int gv_options_parse(struct gv_cli *cli, int argc, char **argv, int *ret_argc,
		     char ***ret_argv, struct gv_err *err)
{
	struct parser p = {.cli = cli, .argc = argc, .at = 1, .argv = argv, .err = err};
	char **operands = calloc((size_t)argc + 1, sizeof(*operands));
	int n = 0, r;

	if (!operands)
		return gv_err_sys(err, -ENOMEM, "cannot read the command line");
	r = parse(&p, &n, operands);
	if (r == 0)
		r = check(&p, n, operands);
	if (r < 0) {
		if (asks_for_json(argc, argv))
			cli->json = true;
		free(operands);
		return r;
	}
	*ret_argc = n;
	*ret_argv = operands;
	return 0;
}
