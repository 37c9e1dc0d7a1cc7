// SPDX-License-Identifier: Apache-2.0
/*
 * What other managers run where nothing is pinned, and the names that they have for
 * versions, read from their own files:
 *
 *   goenv     $GOENV_ROOT/version
 *   asdf      ~/.tool-versions, its lines golang and go
 * mise      config.toml: [tools] with go or golang as a text, an array or a table that is
 * on
 * that line, [tools.go] with version.  Line by line, not as TOML: what is written
 *             in another way is said to be unread
 *   gvm       environments/default; environments/NAME, where it is an alias
 *   g, goup, gobrew   the GOROOT that is in force
 */
#ifndef GV_CLI_ADOPT_IMPORTS_H
#define GV_CLI_ADOPT_IMPORTS_H

#include "core/base/err.h"
#include "core/version/spec.h"

struct gv_import {
	const char *manager;
	char *tag;     /* its name for a version; NULL: this is its default */
	char *file;    /* that says so */
	unsigned line; /* 0: the file as a whole */
	/* What is asked for: exact when the manager has it, for then its VERSION file
	 * says which it is (where one says 1.20, it is go1.20 for some and its newest
	 * patch for others). */
	struct gv_spec spec;
	struct gv_err why; /* code 0, or why it cannot be taken over */
};

struct gv_imports {
	struct gv_import *items;
	size_t n;
};

/* With `of` only that manager's.  A file that is not there says nothing. */
int gv_imports_find(const char *of, struct gv_imports *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(2, 3);
void gv_imports_release(struct gv_imports *i) GV_NONNULL(1);
/* -GV_EUSAGE when it is none of those; its hint names them. */
int gv_imports_know(const char *manager, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);

#endif
