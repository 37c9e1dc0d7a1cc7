// SPDX-License-Identifier: Apache-2.0
/*
 * gzip (RFC 1952), one member, without a name and a time: what goes in decides what comes
 * out, byte for byte.
 */
#ifndef GV_WORKER_UNPACK_GZIP_H
#define GV_WORKER_UNPACK_GZIP_H

#include "core/worker/unpack/input.h"

/* Packs all of `from` into the fd; *ret_bytes is how many it became.  -errno. */
int gv_gzip(struct gv_input_fd *from, int to, uint64_t *ret_bytes, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4);

#endif
