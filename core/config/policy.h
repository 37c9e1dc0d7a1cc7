// SPDX-License-Identifier: Apache-2.0
/*
 * Policy: which toolchains may be used, by the [policy] sections of govern.ini.
 *
 * A rule is one key of one file.  All rules of all files hold at the same time, so a file
 * can only make tighter what the files before it say (two lists of what is allowed leave
 * what is in both), and a store's policy cannot be loosened by a user's file.  A value
 * that says what holds anyway (`prereleases = yes`) is a rule that nothing breaks.
 *
 *	policy.allow, deny	specs separated by commas: 1.22.5, 1.22, >=1.21 <1.23
 *	policy.prereleases	no: none
 *	policy.minimum_trust	proven, checksummed, unproven
 *	policy.sources		names, as receipts have them: goproxy, godev, dir, bundle,
 *				adopted, exec:NAME
 *	policy.supported_only	yes: only lines that still get fixes
 *	policy.minimum_age	of a release: 12h, 7d, 2w
 *	policy.GOFLAGS, …	what Go's settings must be; checked, never set
 *
 * In these lists versions are compared by Go's order alone: ranges and lines have their
 * pre-releases in them.  A build of another name (go1.22.5-bigcorp) is denied with the
 * version that it is of, and allowed by ranges and lines, or by its own name.
 *
 * This is pure: what is to be judged is handed in, nothing is looked up or printed.
 */
#ifndef GV_CONFIG_POLICY_H
#define GV_CONFIG_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/config/config.h"
#include "core/version/version.h"

enum gv_supported {
	GV_SUPPORTED_LATER, /* not to be judged now */
	GV_SUPPORTED_UNKNOWN,
	GV_SUPPORTED_NO,
	GV_SUPPORTED_YES,
};

/* Not to be judged now; nobody can tell. */
enum { GV_RELEASED_LATER = 0, GV_RELEASED_UNKNOWN = -1 };

/*
 * What is known of a toolchain.  Zeros are what is not to be judged now: with nothing but
 * `version` it is judged by its version alone, with nothing but `source` a source is.
 */
struct gv_policy_subject {
	const struct gv_version *version; /* NULL: it is about a source */
	const char *called;		  /* by who asks; NULL: as the version */
	const char *trust;		  /* "proven"; NULL */
	const char *source;		  /* "goproxy"; NULL */
	enum gv_supported supported;
	int64_t released_at; /* seconds since 1970 */
	int64_t now;	     /* needed with released_at */
};

/* The first rule that the subject breaks; NULL: it is allowed.  What a rule needs and
 * nobody knows breaks it. */
const struct gv_policy_rule *gv_policy_find_broken(const struct gv_policy *p,
						   const struct gv_policy_subject *s)
	GV_MUST GV_NONNULL(1, 2);

/* The sentence for a rule that is broken, with its file and line.  -GV_EPOLICY. */
int gv_policy_refuse(const struct gv_policy_rule *rule, const struct gv_policy_subject *s,
		     struct gv_err *err) GV_NONNULL(1, 2, 3);

/* Both: 0, or -GV_EPOLICY with the sentence. */
int gv_policy_judge(const struct gv_policy *p, const struct gv_policy_subject *s,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);

/* Whether there is a rule of this key that something can break: what it takes to judge
 * by it need not be looked up else. */
bool gv_policy_has(const struct gv_policy *p, enum gv_setting_id key)
	GV_MUST GV_NONNULL(1);

/* The variable of Go that a rule is about, "GOFLAGS"; NULL: it is about toolchains. */
const char *gv_policy_variable(const struct gv_policy_rule *rule) GV_NONNULL(1);

/* Whether all of a list is specs that a rule may have; for settings.c. */
bool gv_policy_specs_valid(const char *list) GV_MUST GV_NONNULL(1);

#endif
