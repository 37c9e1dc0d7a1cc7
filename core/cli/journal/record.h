// SPDX-License-Identifier: Apache-2.0
/*
 * What a command has done, for the store's journal (core/store/journal.h).  To be called
 * as soon as it is done and before it is reported.  What cannot be written is a warning:
 * it neither undoes nor hides what was done.
 */
#ifndef GV_CLI_JOURNAL_RECORD_H
#define GV_CLI_JOURNAL_RECORD_H

#include "core/cli/cli.h"
#include "core/store/journal.h"
#include "core/store/pointers.h"
#include "core/store/rollback.h"

/* `e->command` is filled in, and a `reason` that is not given from --reason.  Any
 * thread may call it, when the configuration is loaded; otherwise the only one.  The
 * store is open.  The record is handed on as journal.forward says. */
void gv_cli_record(struct gv_cli *cli, const struct gv_journal_entry *e) GV_NONNULL(1, 2);
/* The same of another platform's part of the store. */
void gv_cli_record_in(struct gv_cli *cli, const struct gv_store *s,
		      const struct gv_journal_entry *e) GV_NONNULL(1, 2, 3);

/* What a generation says of this command.  `reason` NULL: --reason. */
struct gv_change_note gv_cli_note(const struct gv_cli *cli, const char *reason)
	GV_NONNULL(1);

/* gv_pointers_change() in the name of this command; of the default and tags that become
 * others the store's hooks are asked before and told afterwards, and they are
 * recorded. */
int gv_cli_point(struct gv_cli *cli, const struct gv_pointer_change *changes, size_t n,
		 struct gv_err *err) GV_MUST GV_NONNULL(1, 4);

/* The same for a reason that the command knows; NULL: --reason. */
int gv_cli_point_for(struct gv_cli *cli, const struct gv_pointer_change *changes,
		     size_t n, const char *reason, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 5);

/* gv_pointers_return(), the same.  *ret, unless NULL: what it was, released by the
 * caller; ret->n 0: nothing had to change. */
int gv_cli_return(struct gv_cli *cli, uint64_t number, const char *reason,
		  struct gv_rollback *ret, struct gv_err *err) GV_MUST GV_NONNULL(1, 5);

/* gv_pointers_forget(), the same. */
int gv_cli_forget(struct gv_cli *cli, const char *name, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
