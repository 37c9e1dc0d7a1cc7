// SPDX-License-Identifier: Apache-2.0
/*
 * What `govern diff` compares: a snapshot's file, a generation of this store, another
 * host, or how it is here.
 *
 *	42                    the generation of that number
 *	ssh://[user@]host[:port][/DIR]   `govern snapshot` there, in DIR, by ssh(1), which is
 *	                      not to ask anything; it finds govern in PATH or in the store
 *	.                     here and now
 *	-                     a snapshot on standard input
 *	else                  a file
 */
#ifndef GV_CLI_SNAPSHOT_SIDES_H
#define GV_CLI_SNAPSHOT_SIDES_H

#include "core/cli/cli.h"
#include "core/cli/snapshot/facts.h"

struct gv_side {
	const char *word;	  /* as it was given */
	struct gv_json *snapshot; /* NULL: a generation */
	char *label;		  /* "build1, 2026-11-21T11:07:36Z", "generation 4" */
	struct gv_facts facts;
};

/* -GV_ENOTFOUND: no such file or generation; -GV_EFORMAT: it is no snapshot;
 * -GV_EREMOTE: the host does not answer with one. */
int gv_side_load(struct gv_cli *cli, const char *word, struct gv_side *ret,
		 struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);
void gv_side_release(struct gv_side *s);

/* The snapshot of a host; any thread may call it.  In core/cli/snapshot/remote.c. */
int gv_remote_snapshot(const char *url, struct gv_json **ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
