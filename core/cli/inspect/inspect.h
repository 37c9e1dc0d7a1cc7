// SPDX-License-Identifier: Apache-2.0
/*
 * What `inspect` found out of each file, and how it is told.
 *
 *	struct gv_inspection in = {.cli = cli};
 *	r = gv_inspect_look(&in, path, &err);		for each operand
 *	r = gv_inspect_judge(&in, &rules, &err);
 *	r = gv_inspect_print_csv(&in), or another
 *	gv_inspection_release(&in);
 */
#ifndef GV_CLI_INSPECT_H
#define GV_CLI_INSPECT_H

#include "core/buildinfo/buildinfo.h"
#include "core/cli/installed.h"

/* What a binary breaks, or that nothing can be said of it. */
enum gv_inspect_rule {
	GV_RULE_PIN,	 /* another version than the pin where it lies asks for */
	GV_RULE_SPEC,	 /* than --spec */
	GV_RULE_AGE,	 /* --max-age */
	GV_RULE_DENIED,	 /* --denied: policy */
	GV_RULE_UNKNOWN, /* it cannot be told */
	GV_INSPECT_RULES
};

struct gv_inspect_rule_about {
	const char *id;	  /* "pin"; in JSON, CSV and SARIF */
	const char *what; /* one line */
};
extern const struct gv_inspect_rule_about gv_inspect_rules[GV_INSPECT_RULES];

struct gv_inspect_finding {
	enum gv_inspect_rule rule;
	char *message; /* without the file's name */
};

struct gv_inspected {
	char *path;
	bool named;	/* on the command line; else found below a directory */
	bool told;	/* `info` is there; else a finding says why not */
	bool judged;	/* there was something that it had to fit */
	char *expected; /* "1.22.5 (/src/app/.go-version:1)"; NULL: nothing */
	struct gv_buildinfo info;
	struct gv_version version; /* name "": not that of a release */
	struct gv_inspect_finding *findings;
	size_t n_findings;
};

struct gv_inspection {
	struct gv_cli *cli;
	struct gv_inspected *items; /* in the order of their paths, once judged */
	size_t n, cap;
	size_t told; /* how many could be */
};

/* A file, or all below a directory; links are followed where they are named only.  Files
 * below a directory that are no Go binaries are passed over; those that are damaged or
 * cannot be read stay, with a finding.  -ENOMEM, -GV_EINTERRUPTED with the error set. */
int gv_inspect_look(struct gv_inspection *in, const char *path, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
void gv_inspection_release(struct gv_inspection *in);

/* Adds to i->findings; -ENOMEM. */
int gv_inspect_find(struct gv_inspected *i, enum gv_inspect_rule rule, const char *fmt,
		    ...) GV_MUST GV_NONNULL(1, 3) GV_PRINTF(3, 4);
/* Nothing that is known is against it. */
bool gv_inspected_fits(const struct gv_inspected *i) GV_NONNULL(1);
/* "linux-amd64"; what of it is not known, by the format: "elf". */
void gv_inspected_platform(const struct gv_inspected *i, char ret[GV_PLATFORM_MAX])
	GV_NONNULL(1);
/* "h1:…" of no module is ""; of one that was replaced, all of these are its
 * replacement's. */
struct gv_build_module gv_inspect_built(const struct gv_build_module *m) GV_NONNULL(1);

struct gv_inspect_demands {
	const char *spec;    /* NULL: the pins in force */
	const char *pin_dir; /* the pin in force there; NULL: where each file lies */
	int64_t max_age;     /* seconds since the release; 0: any */
	bool denied;
};

int gv_inspect_judge(struct gv_inspection *in, const struct gv_inspect_demands *d,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);

/* To stdout; -ENOMEM.  The sources of the formats are named where they are written. */
int gv_inspect_print_table(const struct gv_inspection *in) GV_MUST GV_NONNULL(1);
int gv_inspect_print_csv(const struct gv_inspection *in) GV_MUST GV_NONNULL(1);
struct gv_json *gv_inspect_json(const struct gv_inspection *in) GV_NONNULL(1);
struct gv_json *gv_inspect_cyclonedx(const struct gv_inspection *in) GV_NONNULL(1);

#endif
