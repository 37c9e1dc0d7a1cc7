// SPDX-License-Identifier: Apache-2.0
/*
 * What a bundle (core/install/bundle.h) proves of a toolchain, by the log in force and
 * the tree head that this store remembers.  Nobody is asked.
 */
#ifndef GV_INSTALL_BUNDLED_H
#define GV_INSTALL_BUNDLED_H

#include "core/install/install.h"
#include "core/trust/record.h"

/*
 * The record that in->bundle has of `name` for this store's platform; the caller releases
 * it.  The bundle's head, when it is larger, is the remembered one from now on.
 * -GV_EVERIFY: it does not hold, or (*ret_other) is by another log, which is no
 * contradiction if the one in force knows the toolchain too; -GV_EREMOTE: the log has to
 * say whether the bundle's head and the remembered one go together.
 */
int gv_bundle_prove(const struct gv_install *in, const char *name, struct gv_record *ret,
		    char ret_h1[GV_H1_LEN], bool *ret_other, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4, 5, 6);

#endif
