// SPDX-License-Identifier: Apache-2.0
/*
 * What every command gets, and the table of commands that drives dispatch, help,
 * completion and the documentation check.  Each command is one file, cmd-NAME.c, that
 * defines one `struct gv_command`.
 *
 * Only core/cli/ prints.  stdout is data, stderr is talk; a command returns 0 or a negative
 * code with `err` set, and main prints it once, as text or as JSON.
 */
#ifndef GV_CLI_CLI_H
#define GV_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "core/config/config.h"
#include "core/json/json.h"
#include "core/resolve/resolve.h"
#include "core/store/store.h"

struct gv_option {
	const char *name;     /* "from"; without dashes */
	char letter;	      /* 0: none */
	const char *argument; /* "FILE"; NULL: takes none */
	const char *what;     /* for help, one line */
	const char *complete; /* what completes the argument: "file", "spec", "platform", or NULL */
};

struct gv_cli;

struct gv_command {
	const char *name;
	const char *alias;     /* or NULL */
	const char *arguments; /* "[SPEC...]" */
	const char *what;      /* one line */
	const char *details;   /* paragraphs for `help NAME`, or NULL */
	const struct gv_option *options; /* ends with name NULL; or NULL */
	const char *complete;  /* what completes the operands: "installed", "available", … */
	bool json;	       /* understands --json */
	bool stop_at_operand;  /* options end at the first operand (run) */
	int (*run)(struct gv_cli *cli, int argc, char **argv, struct gv_err *err);
};

extern const struct gv_command *const gv_commands[]; /* NULL-terminated, in help's order */

struct gv_cli {
	const struct gv_command *command;
	char *command_line;	  /* "govern default 1.22", for generations */
	/* global options */
	const char *root_option;
	bool json, quiet, offline, yes;
	int verbose;
	enum { GV_COLOR_AUTO, GV_COLOR_ALWAYS, GV_COLOR_NEVER } color;
	/* option values of the command, by its option table; see gv_cli_option() */
	const char **values;
	/* opened on demand */
	char *root;
	const char *root_origin;
	struct gv_store store;
	bool store_open;
	struct gv_config config;
	bool config_loaded;
};

/* The value of an option of the running command; NULL: not given; "" for one without
 * argument that was given. */
const char *gv_cli_option(const struct gv_cli *cli, const char *name) GV_NONNULL(1, 2);
int gv_cli_root(struct gv_cli *cli, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
int gv_cli_store(struct gv_cli *cli, unsigned flags, struct gv_err *err) GV_MUST GV_NONNULL(1, 3);
int gv_cli_config(struct gv_cli *cli, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
/* <prefix>/libexec/govern beside the running program, on the heap. */
int gv_cli_libexec(char **ret, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);

/* One line to stderr, unless --quiet; to stderr only with --verbose. */
void gv_cli_say(const struct gv_cli *cli, const char *fmt, ...) GV_PRINTF(2, 3);
void gv_cli_talk(const struct gv_cli *cli, const char *fmt, ...) GV_PRINTF(2, 3);
/* Prints and frees an object, "schema": 1 put first. */
int gv_cli_print_json(struct gv_json *object, struct gv_err *err) GV_MUST GV_NONNULL(2);

/* Exit status for a code; see CLI documentation, 0 to 4. */
int gv_exit_status(int code);

#endif
