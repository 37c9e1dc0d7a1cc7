// SPDX-License-Identifier: Apache-2.0
/*
 * A module, or a workspace, that `policy check` looks at; for modules.c alone, which runs
 * Go, and gosaid.c, which reads what Go says.  Those are Go's own words, of any version
 * since 1.14: what is not understood is said to be unverified, never right.
 */
#ifndef GV_CLI_POLICY_MODULES_H
#define GV_CLI_POLICY_MODULES_H

#include "core/cli/policy/policing.h"
#include "core/cli/policy/vendored.h"
#include "core/cli/scratch.h"

#define GV_VENDORED_TOLD 50 /* files of a vendor directory */

struct gv_policed_module {
	struct gv_policing *p;
	const char *dir; /* absolute */
	/* Several modules in one, with a go.work and what `go work vendor` makes. */
	bool workspace;
	struct gv_buf mod, sum; /* go.mod and go.sum, or go.work and go.work.sum */
	char *cache;		/* Go's module cache; NULL: there is none */
	struct gv_scratch scratch;
	const char *gotoolchain;
	size_t told; /* files of vendor that are others, also those that were not told */
};

/* What those two files are called. */
const char *gv_module_mod(const struct gv_policed_module *m) GV_NONNULL(1);
const char *gv_module_sum(const struct gv_policed_module *m) GV_NONNULL(1);

/* A finding about a file of the module, "go.sum"; once. */
void gv_module_breach(struct gv_policed_module *m, const char *rule, const char *file,
		      unsigned line, const struct gv_err *why) GV_NONNULL(1, 2, 3, 5);
/* As gv_gosum_found and gv_vendored_found; `arg` is the module. */
void gv_module_other_sum(void *arg, const char *module, unsigned line) GV_NONNULL(1, 2);
void gv_module_other_file(void *arg, const char *rel, unsigned line,
			  enum gv_vendored_how how) GV_NONNULL(1, 2);

/* Of a run of Go that failed: how many findings it was. */
size_t gv_module_modified(struct gv_policed_module *m,
			  const struct gv_scratch_result *result) GV_NONNULL(1, 2);
size_t gv_module_mismatch(struct gv_policed_module *m,
			  const struct gv_scratch_result *result) GV_NONNULL(1, 2);
size_t gv_module_inconsistent(struct gv_policed_module *m,
			      const struct gv_scratch_result *result) GV_NONNULL(1, 2);
/* One that says nothing of these: its reason, else that of `err`. */
void gv_module_unverified(struct gv_policed_module *m, const char *file, const char *what,
			  const struct gv_scratch_result *result,
			  const struct gv_err *err) GV_NONNULL(1, 2, 3, 4, 5);

#endif
