// SPDX-License-Identifier: Apache-2.0
/*
 * What every command gets, and the table of commands that drives dispatch, help,
 * completion and the documentation check.  Each command is one file, cmd-NAME.c, that
 * defines one `struct gv_command`.
 *
 * Only core/cli/ prints.  stdout is data, stderr is talk; a command returns 0 or a
 * negative code with `err` set, and main prints it once, as text or as JSON.
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
	const char *argument; /* "FILE"; "DIR...": may come several times; NULL: none */
	const char *what;     /* for help, one line */
	const char
		*complete; /* what completes the argument: "file", "platform", ...; with
				 a comma at its end a list of them, with a bar between
				 two either; or NULL */
};

struct gv_cli;

struct gv_command {
	const char *name;
	const char *alias;		 /* or NULL */
	const char *arguments;		 /* "[SPEC...]" */
	const char *what;		 /* one line */
	const char *details;		 /* paragraphs for `help NAME`, or NULL */
	const struct gv_option *options; /* ends with name NULL; or NULL */
	const char *complete;		 /* what completes the operands: "installed",
				 "installed," (with commas), "available", …;
				 "tag installed": the first one, and the others */
	int max_operands;		 /* more are a usage error; -1: any number */
	bool json;			 /* understands --json */
	int options_until; /* the operand at which they end: 1 is the first (run); 0: none */
	bool hidden;	   /* for the shim, not for people */
	bool stands_for_shim; /* fails as the shim does: 126, 127 */
	bool becomes_another; /* ends in execve: signals stay as they came */
	int (*run)(struct gv_cli *cli, int argc, char **argv, struct gv_err *err);
};

extern const struct gv_command
	*const gv_commands[];			   /* NULL-terminated, in help's order */
extern const struct gv_option gv_global_options[]; /* ends with name NULL */

/* By name or alias; NULL. */
const struct gv_command *gv_command_find(const char *name) GV_NONNULL(1);

enum gv_color { GV_COLOR_AUTO, GV_COLOR_ALWAYS, GV_COLOR_NEVER };

struct gv_cli {
	const struct gv_command *command;
	char *command_line; /* "govern default 1.22", for generations */
	/* global options */
	const char *root_option;
	const char
		*reason; /* of what is changed, in the user's words; NULL: none given */
	bool json, quiet, offline, yes, help, version;
	int verbose;
	enum gv_color color;
	/* option values of the command, by its option table; see gv_cli_option() */
	const char **values;
	struct gv_list *all_values; /* of those that count each time */
	/* What a failing command knows all the same: main puts the error into it
	 * (--json). */
	struct gv_json *partial;
	/* opened on demand */
	char *root;
	const char *root_origin;
	struct gv_store store;
	bool store_open;
	bool told_no_locks; /* once is enough */
	struct gv_config config;
	bool config_loaded;
	struct gv_progress *progress; /* what is drawn while others talk, or NULL */
};

/* The value of an option of the running command; NULL: not given; "" for one without
 * argument that was given. */
const char *gv_cli_option(const struct gv_cli *cli, const char *name) GV_NONNULL(1, 2);
/* All values of an option that may be given several times; empty: not given. */
const struct gv_list *gv_cli_options(const struct gv_cli *cli, const char *name)
	GV_NONNULL(1, 2);
int gv_cli_root(struct gv_cli *cli, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
/* The platform that --platform names, else the host's.  NULL and err when it is no name.
 */
const char *gv_cli_platform(const struct gv_cli *cli, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2);
/* <root>/<platform>, on the heap; nothing is opened. */
int gv_cli_prefix(struct gv_cli *cli, char **ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* With GV_STORE_READ: 1 when there is no store yet. */
int gv_cli_store(struct gv_cli *cli, unsigned flags, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3);
/* To read; -GV_ENOTFOUND when there is none. */
int gv_cli_need_store(struct gv_cli *cli, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
/* Lists can be asked for before there is a store: all they want of it is the platform. */
int gv_cli_no_store(struct gv_cli *cli, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
int gv_cli_config(struct gv_cli *cli, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
/* Makes what the shim knows agree with the configuration: the file that lets it hand a
 * missing version to us with store.auto_install (another user's stays), the marks of
 * what is denied with policy.  Best effort. */
void gv_cli_tell_shim(struct gv_cli *cli) GV_NONNULL(1);
/* <prefix>/libexec/govern, or lib/govern, where <prefix>/bin has the running program; on
 * the heap. */
int gv_cli_libexec(char **ret, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
void gv_cli_release(struct gv_cli *cli) GV_NONNULL(1);

/* The version, behind a mark by which the file of a govern tells it (as what(1) looks
 * for). */
#define GV_VERSION_MARK_LEN (sizeof("@(#)govern ") - 1)
extern const char gv_version_mark[];

/* Exit status for a code: 0 to 4. */
int gv_exit_status(int code);

#endif
