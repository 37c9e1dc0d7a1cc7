// SPDX-License-Identifier: Apache-2.0
/*
 * One gzip member (RFC 1952), its checksum and length checked, and nothing behind it: a
 * fill function for gv_input.  Why not libarchive's: it does not look at the trailer,
 * takes any number of members, and passes over what follows them.
 */
#ifndef GV_WORKER_UNPACK_GUNZIP_H
#define GV_WORKER_UNPACK_GUNZIP_H

#include "core/worker/unpack/input.h"

struct gv_gunzip;

int gv_gunzip_new(struct gv_input_fd *from, struct gv_gunzip **ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
void gv_gunzip_free(struct gv_gunzip *z);

/* `arg` is a gv_gunzip. */
ssize_t gv_input_from_gunzip(void *arg, void *to, size_t n, struct gv_err *err)
	GV_NONNULL(1, 2, 4);

#endif
