// SPDX-License-Identifier: Apache-2.0
/*
 * The bytes of a tar file (POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar's L)
 * that libarchive does not show: which blocks make up an entry's header, and what stands
 * behind the last entry.
 */
#ifndef GV_WORKER_UNPACK_TAR_H
#define GV_WORKER_UNPACK_TAR_H

#include "core/worker/unpack/input.h"

/*
 * Walks the header of the entry that begins at `at`: at most one pax header (x) and one
 * GNU long name (L), then a file or a directory whose own size field says `size`, as
 * libarchive does.  Global headers, volume headers, sparse maps (in a pax header too),
 * links and devices are refused here, before anyone asks what they mean.
 */
int gv_tar_header(struct gv_input *in, uint64_t at, bool dir, uint64_t size,
		  struct gv_err *err) GV_MUST GV_NONNULL(1, 5);

/* `at` is behind the last entry: there are two blocks of zeros and then nothing else. */
int gv_tar_end(struct gv_input *in, uint64_t at, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3);

#endif
