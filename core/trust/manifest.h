// SPDX-License-Identifier: Apache-2.0
/*
 * The lines of a manifest (core/trust/dirhash.h), one after the other:
 *
 *	const char *s = text;
 *	while ((r = gv_manifest_next(&s, text + n, &file)) > 0)
 *		… file.path is relative to GOROOT …
 */
#ifndef GV_TRUST_MANIFEST_H
#define GV_TRUST_MANIFEST_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"
#include "core/trust/sha256.h"

struct gv_manifest_file {
	char path[PATH_MAX]; /* as it is in the tree: go.mod, not _go.mod */
	uint8_t digest[GV_SHA256_BYTES];
};

/* 1: *ret is the next file.  0: there is none.  -GV_EFORMAT: the line is not of the
 * form. */
int gv_manifest_next(const char **s, const char *end, struct gv_manifest_file *ret)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
