// SPDX-License-Identifier: Apache-2.0
/*
 * What the pipeline says while it works: a line for --verbose, a warning, a step for the
 * progress.
 */
#ifndef GV_INSTALL_TALK_H
#define GV_INSTALL_TALK_H

#include "core/install/install.h"

/* Formats as in core/base/err.h; arguments are cleaned of control characters. */
void gv_talk(const struct gv_install *in, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3);
/* A warning: one line that is shown in any case. */
void gv_warn(const struct gv_install *in, enum gv_warning what, const char *fmt, ...)
	GV_NONNULL(1, 3) GV_PRINTF(3, 4);
void gv_step(const struct gv_install *in, enum gv_step step, uint64_t done,
	     uint64_t total) GV_NONNULL(1);

#endif
