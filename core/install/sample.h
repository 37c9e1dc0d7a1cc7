// SPDX-License-Identifier: Apache-2.0
/*
 * A quick look at an installed toolchain, for who asks often: not gv_verify_one(), which
 * reads every byte.  Looked at are the programs, VERSION and some sixty of the other
 * files of its manifest, always the same ones: whether each is there, by its mode, and,
 * when it was touched after the receipt was written (by ctime(2), which nobody sets; a
 * store that was copied is such), by its content.
 */
#ifndef GV_INSTALL_SAMPLE_H
#define GV_INSTALL_SAMPLE_H

#include "core/install/install.h"

/*
 * Each file that is not as it should be is reported to `finding`; an adopted toolchain
 * has a manifest only where it had one when it came, and its modes are its owner's
 * business.
 * -GV_ENOTFOUND: no tree, or no manifest; -GV_EFORMAT: the manifest is damaged; -errno.
 */
int gv_verify_sample(const struct gv_store *s, const char *name, bool adopted,
		     gv_finding *finding, void *arg, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4, 6);

#endif
