// SPDX-License-Identifier: Apache-2.0
/*
 * Go's version grammar and order, and the names of toolchains and platforms.
 *
 * The grammar and the order are those of Go's internal/gover and go/version packages
 * (https://pkg.go.dev/go/version), with one addition: a pre-release may follow a patch
 * (`go1.9.2rc2`, which Go's own release list holds), ordered before that patch.
 * Numbers have any length and are compared as decimal strings.  No heap, no stdio.
 */
#ifndef GV_VERSION_VERSION_H
#define GV_VERSION_VERSION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

/* Longest word that we read as a version or a spec, in bytes. */
#define GV_WORD_MAX 64
/* Room for a toolchain name: "go", a word, a NUL. */
#define GV_NAME_MAX (GV_WORD_MAX + 3)
/* Room for a platform, "dragonfly-mips64le" and shorter. */
#define GV_PLATFORM_MAX 32

/* A part of the name below, as a slice of it. */
struct gv_part {
	unsigned char at, len;
};

struct gv_version {
	/* The canonical toolchain name: go1.22.5, go1.20 (never go1.20.0), go1.21.0,
	 * go1.23rc1, and, where the source had one, a suffix: go1.22.5-bigcorp. */
	char name[GV_NAME_MAX];
	struct gv_part major, minor, patch, kind, pre, suffix; /* len 0: absent */
};

/*
 * Parses a toolchain name ("go1.22.5", "go1.22.5-bigcorp") and makes it canonical.
 * -EINVAL for anything that is not one: no "go", a leading zero, "/" or "\\" anywhere, …
 * gv_version_parse_bare() takes the same without "go" and without a suffix ("1.22.5").
 */
int gv_version_parse(const char *s, size_t n, struct gv_version *ret)
	GV_MUST GV_NONNULL(1, 3);
int gv_version_parse_bare(const char *s, size_t n, struct gv_version *ret)
	GV_MUST GV_NONNULL(1, 3);

/* Go's order: <0, 0, >0.  A suffix does not count. */
int gv_version_compare(const struct gv_version *a, const struct gv_version *b)
	GV_NONNULL(1, 2);
/* For qsort(3) over names; names that do not parse sort below all others. */
int gv_version_compare_names(const char *a, const char *b) GV_NONNULL(1, 2);

/* A language version, not a release: 1.21, 1.22 (1.20 and before are releases). */
bool gv_version_is_lang(const struct gv_version *v) GV_NONNULL(1);
/* A release without beta, rc or suffix. */
bool gv_version_is_stable(const struct gv_version *v) GV_NONNULL(1);
/* Numerically at least 1.<minor>: `gv_version_at_least(v, 21)`. */
bool gv_version_at_least(const struct gv_version *v, unsigned minor) GV_NONNULL(1);
/* The line, "1.22". */
void gv_version_line(const struct gv_version *v, char ret[GV_NAME_MAX]) GV_NONNULL(1);
bool gv_version_same_line(const struct gv_version *a, const struct gv_version *b)
	GV_NONNULL(1, 2);
/* The word that means just this one in pins and commands: "1.22.5", and "1.20.0" for
 * go1.20, because "1.20" would be the line.  Returns `buf`. */
const char *gv_version_bare(const struct gv_version *v, char buf[GV_NAME_MAX])
	GV_NONNULL(1, 2);

/* The platform this program was built for, "linux-amd64"; Go's names (arm, not armv6l).
 */
const char *gv_platform_host(void);
/* "OS-ARCH", lower-case letters and digits, one dash. */
bool gv_platform_valid(const char *s) GV_NONNULL(1);

#endif
