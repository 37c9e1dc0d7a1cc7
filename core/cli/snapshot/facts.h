// SPDX-License-Identifier: Apache-2.0
/*
 * What snapshots say, one by one, and where several of them differ.
 *
 *	struct gv_facts facts[2] = {0};
 *	gv_facts_of_snapshot(snapshot, &facts[0])	or gv_facts_of_pointers()
 *	gv_facts_compare(facts, 2, &differences)
 *
 * What matters, and comes first, is what a build is made from: the version in force,
 * platform, toolchains, their h1, pointers, go env and the C toolchain.  Of go env that
 * is what says how to build; where things lie (GOROOT, GOCACHE, …) belongs to the rest,
 * and so do the environment (what counts of it is in go env), Go's env file and the
 * system.
 */
#ifndef GV_CLI_SNAPSHOT_FACTS_H
#define GV_CLI_SNAPSHOT_FACTS_H

#include <stdbool.h>

#include "core/json/json.h"
#include "core/store/pointers.h"
#include "core/version/version.h"

enum gv_fact_kind { /* in the order in which they are told */
		    GV_FACT_IN_FORCE,
		    GV_FACT_PLATFORM,
		    GV_FACT_TOOLCHAIN,
		    GV_FACT_H1,
		    GV_FACT_POINTER,
		    GV_FACT_GO_ENV,
		    GV_FACT_C,
		    GV_FACT_REST, /* from here on: what does not matter */
		    GV_FACT_TRUST = GV_FACT_REST,
		    GV_FACT_PROBLEM,
		    GV_FACT_PLACE, /* the rest of go env */
		    GV_FACT_ENV_FILE,
		    GV_FACT_ENVIRONMENT,
		    GV_FACT_C_PATH,
		    GV_FACT_GO_MOD,
		    GV_FACT_SYSTEM,
		    GV_FACT_STORE,
		    GV_FACT_GOVERN,
		    GV_FACT_KINDS,
};

/* "pointer", "go env", …, as JSON has it. */
const char *gv_fact_kind_name(enum gv_fact_kind kind);

struct gv_fact {
	enum gv_fact_kind kind;
	char of[GV_NAME_MAX]; /* the toolchain it is about; "": none */
	char *name;	      /* "GOFLAGS"; "": the kind says all */
	char *value;
};

struct gv_facts {
	struct gv_fact *items; /* owned */
	size_t n, cap;
	bool only_pointers; /* there is nothing else to compare */
};

/* -ENOMEM. */
int gv_facts_of_snapshot(const struct gv_json *snapshot, struct gv_facts *ret)
	GV_MUST GV_NONNULL(1, 2);
int gv_facts_of_pointers(const struct gv_pointers *p, struct gv_facts *ret)
	GV_MUST GV_NONNULL(1, 2);
void gv_facts_release(struct gv_facts *f);

struct gv_difference {
	enum gv_fact_kind kind;
	const char *name;
	struct gv_list of;   /* the toolchains it is about: the same for all of them */
	const char **values; /* one for each; NULL: it is not there */
	bool *unknown; /* one for each: nothing is said there that could be compared */
};

struct gv_differences {
	struct gv_difference *items; /* owned; borrows names and values of the facts */
	size_t n;
	size_t matter; /* so many, the first ones */
};

int gv_facts_compare(const struct gv_facts *all, size_t n, struct gv_differences *ret)
	GV_MUST GV_NONNULL(1, 3);
void gv_differences_release(struct gv_differences *d);

#endif
