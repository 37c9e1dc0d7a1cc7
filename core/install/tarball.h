// SPDX-License-Identifier: Apache-2.0
/*
 * A toolchain's tree as the release page would have it in a tar file: names below go/,
 * and of the files only those that its manifest has, in its order; no owners, no times,
 * modes by rule (core/install/modes.h).  So the same manifest gives the same bytes,
 * wherever the tree lies and whatever else lies in it.
 *
 * Format: POSIX.1-2017 pax, "ustar Interchange Format".
 */
#ifndef GV_INSTALL_TARBALL_H
#define GV_INSTALL_TARBALL_H

#include <stddef.h>

#include "core/base/err.h"

/* Takes the bytes in turn; a negative answer, with err, ends it and is returned. */
typedef int gv_tarball_sink(void *arg, const void *data, size_t n, struct gv_err *err);

/*
 * Each file is hashed as it passes and compared with the manifest.  -GV_EVERIFY, naming
 * the file: it is changed, missing, or no regular file; -GV_EINTERRUPTED; -errno.
 */
int gv_tarball_write(int tree_fd, const char *name, const char *manifest, size_t n,
		     gv_tarball_sink *sink, void *arg, struct gv_err *err)
	GV_MUST GV_NONNULL(2, 3, 5, 7);

#endif
