// SPDX-License-Identifier: Apache-2.0
/*
 * A zip, read as it comes (PKWARE APPNOTE 6.3.x, section 4.3).
 *
 * Why not by libarchive, which reads tar files for us: it inflates while it reads, on one
 * thread, and on two cores a third of an install is inflating; and each header had to be
 * read a second time anyway, to be held against the central directory (central.h).
 *
 * Nothing is inflated here: the entries are told apart by their headers and handed on as
 * they are packed, so that several threads can inflate several of them (content.h).  Go
 * writes the size of an entry behind it; where it ends is seen by the descriptor and the
 * next header, and has to be where the deflate stream ends.
 */
#ifndef GV_WORKER_UNPACK_ZIP_H
#define GV_WORKER_UNPACK_ZIP_H

#include "core/worker/unpack/input.h"
#include "core/worker/unpack/output.h"

/* -GV_EVERIFY for an archive that is refused, -errno for the machine. */
int gv_zip_read(struct gv_input *in, struct gv_output *out, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
