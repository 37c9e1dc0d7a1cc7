// SPDX-License-Identifier: Apache-2.0
/*
 * From the bytes of an archive to a tree: a zip by zip.h, a tar file by libarchive, which
 * only this file knows.
 */
#ifndef GV_WORKER_UNPACK_EXTRACT_H
#define GV_WORKER_UNPACK_EXTRACT_H

#include <stdbool.h>

#include "core/worker/unpack/input.h"
#include "core/worker/unpack/output.h"

enum gv_format { GV_FORMAT_TAR, GV_FORMAT_ZIP };

/* `in` gives the bytes of the tar file or of the zip.  -GV_EVERIFY for an archive that is
 * refused, -errno for the machine. */
int gv_extract(enum gv_format format, struct gv_input *in, struct gv_output *out,
	       struct gv_err *err) GV_MUST GV_NONNULL(2, 3, 4);

#endif
