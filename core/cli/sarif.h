// SPDX-License-Identifier: Apache-2.0
/*
 * Findings for code scanning: SARIF 2.1.0
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), one run.
 *
 *	struct gv_sarif s;
 *	gv_sarif_init(&s);
 *	gv_sarif_add(&s, &result);		in any number
 *	json = gv_sarif_log(&s);
 *
 * Rules are listed as their first result comes.  Files below the working directory are
 * told relative to it, which is what code scanning wants of a repository; others as
 * file:///….
 */
#ifndef GV_CLI_SARIF_H
#define GV_CLI_SARIF_H

#include "core/base/attr.h"
#include "core/json/json.h"

struct gv_sarif {
	struct gv_json *rules, *results; /* taken by gv_sarif_log() */
};

struct gv_sarif_result {
	const char *rule;    /* "policy.deny": the id, the same for all results of it */
	const char *about;   /* what the rule is, one sentence */
	const char *level;   /* "error", "warning", "note" */
	const char *message; /* one sentence */
	const char *file;    /* NULL or "": it is in no file */
	unsigned line;	     /* 0: no line of it */
};

void gv_sarif_init(struct gv_sarif *s) GV_NONNULL(1);
void gv_sarif_add(struct gv_sarif *s, const struct gv_sarif_result *r) GV_NONNULL(1, 2);
/* The whole of it, to be freed or set by the caller; nothing is left in `s`. */
struct gv_json *gv_sarif_log(struct gv_sarif *s) GV_MUST GV_NONNULL(1);

#endif
