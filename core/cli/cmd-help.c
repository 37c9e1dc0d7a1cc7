// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli/plugin.h"
#include "core/cli/terminal/fold.h"

/* Where the explanations begin. */
#define COLUMN 28

/* Two columns; what is too wide for the first stands on a line of its own. */
static void print_entry(const char *left, const char *what)
{
	if (gv_margins_behind(COLUMN).below)
		printf("  %s", left);
	else if (strlen(left) > COLUMN - 4)
		printf("  %s\n%*s", left, COLUMN, "");
	else
		printf("  %-*s  ", COLUMN - 4, left);
	gv_print_prose(what, COLUMN);
}

/* Paragraphs; on a terminal broken where it ends, not where they are in the source. */
static void print_details(const char *s)
{
	if (!gv_margins_behind(0).room) {
		printf("\n%s\n", s);
		return;
	}
	while (*s) {
		const char *end = strstr(s, "\n\n");
		size_t n = end ? (size_t)(end - s) : strlen(s);
		char *paragraph = strndup(s, n);

		if (!paragraph)
			return;
		for (size_t i = 0; i < n; i++)
			if (paragraph[i] == '\n')
				paragraph[i] = ' ';
		putchar('\n');
		gv_print_prose(paragraph, 0);
		free(paragraph);
		s += end ? n + 2 : n;
	}
}

static void print_option(const struct gv_option *o)
{
	char left[64];

	if (o->letter)
		snprintf(left, sizeof(left), "-%c, --%s%s%s", o->letter, o->name,
			 o->argument ? " " : "", o->argument ? o->argument : "");
	else
		snprintf(left, sizeof(left), "    --%s%s%s", o->name,
			 o->argument ? " " : "", o->argument ? o->argument : "");
	print_entry(left, o->what);
}

static void print_plugins(void)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;

	if (gv_cli_plugins(&names) < 0 || names.n == 0)
		return;
	puts("\nplugins:");
	for (size_t i = 0; i < names.n; i++)
		printf("  %s\n", names.items[i]);
}

static bool is_plugin(const char *name)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;

	if (gv_cli_plugins(&names) < 0)
		return false;
	for (size_t i = 0; i < names.n; i++)
		if (strcmp(names.items[i], name) == 0)
			return true;
	return false;
}

static void print_usage(const char *line)
{
	size_t before = strlen("usage: ");

	fputs(gv_margins_behind(before).below ? "usage:" : "usage: ", stdout);
	gv_print_prose(line, before);
}

static void print_usage_of(const struct gv_command *c)
{
	char line[128];

	snprintf(line, sizeof(line), "govern %s%s%s%s", c->name,
		 c->options ? " [OPTION...]" : "", c->arguments ? " " : "",
		 c->arguments ? c->arguments : "");
	print_usage(line);
}

static void print_all(void)
{
	puts("govern: the right Go in every directory\n");
	print_usage("govern [OPTION...] COMMAND [ARGUMENT...]");
	puts("\ncommands:");
	for (size_t i = 0; gv_commands[i]; i++) {
		const struct gv_command *c = gv_commands[i];
		char left[64];

		if (c->hidden)
			continue;
		snprintf(left, sizeof(left), "%s%s%s", c->name, c->arguments ? " " : "",
			 c->arguments ? c->arguments : "");
		print_entry(left, c->what);
	}
	print_plugins();
	puts("\noptions, before or after the command:");
	for (const struct gv_option *o = gv_global_options; o->name; o++)
		print_option(o);
	puts("\nexit status:\n  0 done, 1 failed, 2 usage,\n"
	     "  3 not found or not installed,\n  4 verification or policy refused\n");
	gv_print_prose(
		"govern help COMMAND tells more; see also govern(1) and govern.ini(5)",
		0);
}

void gv_help_print(const struct gv_command *c)
{
	if (!c) {
		print_all();
		return;
	}
	print_usage_of(c);
	putchar('\n');
	gv_print_prose(c->what, 0);
	if (c->alias)
		printf("\nalias: govern %s\n", c->alias);
	if (c->details)
		print_details(c->details);
	if (c->options) {
		puts("\noptions:");
		for (const struct gv_option *o = c->options; o->name; o++)
			print_option(o);
	}
	if (c->json)
		puts("\n--json prints the answer as JSON");
	if (!c->hidden)
		printf("\nman govern-%s tells more\n", c->name);
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	const struct gv_command *c = argc ? gv_command_find(argv[0]) : NULL;
	const char *best = argc && !c ? gv_command_meant(argv[0]) : NULL;

	(void)cli;
	if (argc && !c && is_plugin(argv[0])) {
		printf("usage: govern %s [ARGUMENT...]\n\na plugin: the program "
		       "govern-%s\n",
		       argv[0], argv[0]);
		return 0;
	}
	if (argc && !c) {
		gv_err_set(err, -GV_EUSAGE, "'%s' is not a command", argv[0]);
		return best && best[0] != '-' ? gv_err_hint(err, "govern help %.*s",
							    (int)strcspn(best, " "), best)
					      : gv_err_hint(err, "govern help");
	}
	gv_help_print(c);
	return 0;
}

const struct gv_command gv_cmd_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.what = "show help, of one command when it is named",
	.complete = "command",
	.max_operands = 1,
	.run = run,
};
