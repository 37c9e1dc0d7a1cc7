// SPDX-License-Identifier: Apache-2.0
/*
 * Between the files of the spec parser only; everybody else uses spec.h.
 */
#ifndef GV_VERSION_SPEC_PARTS_H
#define GV_VERSION_SPEC_PARTS_H

#include "core/version/spec.h"

/* A spec without a sentence for the person: 0, -EINVAL, or -EPERM when only the command
 * line may say it.  The bytes were looked at before. */
int gv_spec_read(const char *s, size_t n, unsigned flags, struct gv_spec *ret)
	GV_MUST GV_NONNULL(1, 4);

/* ">=1.21 <1.23", "~1.22.3", "=1.22": into ranges[].  0 or -EINVAL. */
int gv_spec_read_ranges(const char *s, size_t n, struct gv_spec *spec)
	GV_MUST GV_NONNULL(1, 3) GV_COLD;

/* An exact version or a line, with the optional prefix go, go- or v.  0 or -EINVAL. */
int gv_spec_read_version(const char *s, size_t n, struct gv_spec *spec)
	GV_MUST GV_NONNULL(1, 3);

/* What a word that does not parse was meant to be, where that is plain: into `ret`. */
#define GV_MEANT_MAX (2 * GV_WORD_MAX)
bool gv_spec_meant(const char *s, size_t n, char ret[GV_MEANT_MAX])
	GV_NONNULL(1, 3) GV_COLD;

#endif
