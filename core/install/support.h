// SPDX-License-Identifier: Apache-2.0
/*
 * Which lines of Go get fixes: each until there are two newer ones
 * (https://go.dev/doc/devel/release#policy).  A line exists from its first stable
 * release.
 *
 *	struct gv_support s = {0};
 *	gv_support_add(&s, &v);		each release that is known of, in any order
 *	gv_support_is_over(&s, &v)
 *
 * What is known may be old: that a line's time is over stays true, that it is not may
 * have changed since.
 */
#ifndef GV_INSTALL_SUPPORT_H
#define GV_INSTALL_SUPPORT_H

#include "core/version/version.h"

#define GV_SUPPORTED_LINES 2

struct gv_support {
	struct gv_version newest[GV_SUPPORTED_LINES]; /* of each line, the newest first */
	unsigned n;				      /* lines that are known of */
};

void gv_support_add(struct gv_support *s, const struct gv_version *v) GV_NONNULL(1, 2);
/* Of a line that nobody released yet it is not. */
bool gv_support_is_over(const struct gv_support *s, const struct gv_version *v)
	GV_NONNULL(1, 2);

#endif
