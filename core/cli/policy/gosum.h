// SPDX-License-Identifier: Apache-2.0
/*
 * go.sum against Go's module cache: each line that is about a module's files names the
 * hash (h1) that the cache keeps beside what it downloaded, <path>/@v/<version>.ziphash
 * (https://go.dev/ref/mod#go-sum-files, https://go.dev/ref/mod#module-cache).
 */
#ifndef GV_CLI_POLICY_GOSUM_H
#define GV_CLI_POLICY_GOSUM_H

#include <stddef.h>

#include "core/base/attr.h"
#include "core/base/buf.h"

/* Largest go.sum that is read, in bytes. */
#define GV_GOSUM_MAX (4u << 20)

/* A module of which the cache has something else: "PATH VERSION". */
typedef void gv_gosum_found(void *arg, const char *module, unsigned line);

/* How many modules of go.sum the cache has; `found` hears of each that is another. */
size_t gv_gosum_compare(const struct gv_buf *text, const char *cache,
			gv_gosum_found *found, void *arg) GV_NONNULL(1, 2, 3);

#endif
