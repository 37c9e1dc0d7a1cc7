// SPDX-License-Identifier: Apache-2.0
/*
 * Brings a toolchain in that is not there, or not good enough: asks the sources in order,
 * each candidate of theirs, until one is settled.
 */
#ifndef GV_INSTALL_BRING_H
#define GV_INSTALL_BRING_H

#include "core/install/install.h"

/* The toolchain of this name that is there already and will go. */
struct gv_present {
	bool there;
	enum gv_trust floor; /* its successor may not be less than this */
};

/* The lock on the name is held.  Errors are those of gv_install_one(). */
int gv_bring(const struct gv_install *in, const struct gv_version *v,
	     const struct gv_present *present, struct gv_installed *ret,
	     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4, 5);

#endif
