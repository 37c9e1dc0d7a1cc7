// SPDX-License-Identifier: Apache-2.0
/*
 * A spec: one word that asks for a version.  One grammar for pins, GOVERN_VERSION, +SPEC
 * and the command line; what only the command line may say (it needs the list of
 * releases) is refused elsewhere by a flag.
 *
 *   1.22.5  1.23rc1  1.9.2rc2  1.20.0      one toolchain; optional prefix go, go-, v
 *   go1.22.5-bigcorp                       one toolchain, by its whole name
 *   1.22  1.22.x                           newest patch of the line
 *   1  1.x  latest  stable                 newest stable release
 *   system                                 the next go in PATH that is not ours
 *   @prod                                  what the tag names
 *   1.22.5@prod                            that version, and the tag must agree
 *   …+auto  …+path  …+local                last: the GOTOOLCHAIN to export
 * only with GV_SPEC_COMMAND:
 *   oldstable  1.23rc  >=1.21 <1.23  ~1.22.3  1.22.*  1.22.X  *
 * `tip` is refused with a reason.  "/", "..", control bytes, words over 64 bytes:
 * refused.
 */
#ifndef GV_VERSION_SPEC_H
#define GV_VERSION_SPEC_H

#include "core/base/err.h"
#include "core/version/version.h"

enum gv_spec_kind {
	GV_SPEC_EXACT, /* version */
	GV_SPEC_LINE,  /* line */
	GV_SPEC_LATEST,
	GV_SPEC_SYSTEM,
	GV_SPEC_TAG,	    /* tag; version too when version.name[0] */
	GV_SPEC_OLDSTABLE,  /* command line only, as all below; matches as LATEST does */
	GV_SPEC_PRERELEASE, /* newest pre-release of `line` whose kind is `pre` */
	GV_SPEC_RANGE,	    /* all of ranges[0..n_ranges) hold */
};

enum gv_spec_suffix { GV_SUFFIX_NONE, GV_SUFFIX_LOCAL, GV_SUFFIX_AUTO, GV_SUFFIX_PATH };

enum gv_range_op { GV_RANGE_LT, GV_RANGE_LE, GV_RANGE_EQ, GV_RANGE_GE, GV_RANGE_GT };

#define GV_RANGES_MAX 4

struct gv_spec {
	enum gv_spec_kind kind;
	enum gv_spec_suffix suffix;
	struct gv_version version;
	char line[GV_NAME_MAX];	    /* "1.22" */
	char pre[8];		    /* "rc", "beta" */
	char tag[GV_NAME_MAX];	    /* without "@" */
	char text[GV_WORD_MAX + 1]; /* as it was written */
	struct {
		enum gv_range_op op;
		struct gv_version version;
	} ranges[GV_RANGES_MAX];
	unsigned n_ranges;
};

enum { GV_SPEC_PIN = 0, GV_SPEC_COMMAND = 1 };

/*
 * Parses one word.  On failure returns -GV_EPIN; err->message is about the word only, as
 * "'^1.22' is not a version", err->hint what was meant, where that is plain
 * ("write 1.22"): the caller knows the place and adds it.
 */
int gv_spec_parse(const char *s, size_t n, unsigned flags, struct gv_spec *ret,
		  struct gv_err *err) GV_MUST GV_NONNULL(1, 4, 5);

/* Whether `v` is one of those that the spec asks for, tags and system apart.  For LINE,
 * LATEST and ranges pre-releases and suffixed names never match. */
bool gv_spec_matches(const struct gv_spec *spec, const struct gv_version *v)
	GV_NONNULL(1, 2);

/* Whether `v`, a pre-release too, lies in all ranges of a RANGE. */
bool gv_spec_in_ranges(const struct gv_spec *spec, const struct gv_version *v)
	GV_NONNULL(1, 2);

/* A tag name: a letter, then letters, digits, "." "_" "-", at most 63 bytes. */
bool gv_tag_valid(const char *s, size_t n) GV_NONNULL(1);

#endif
