// SPDX-License-Identifier: Apache-2.0
/*
 * Toolchains that are installed and not to be run: what policy became for the shim, which
 * reads no configuration.
 *
 * A mark, the file toolchains/<name>.denied, lies beside the toolchain and says by which
 * rule. The shim asks whether it is there when it has found its toolchain
 * (core/resolve/run.h), by one access(2) that fails for all others; a go command that
 * runs already, and what it starts, goes on.  While it is there, bin/<name> is not, so
 * that Go's own switching does not find it either, and lines and `latest` pass over it.
 * The tree itself stays as it is: it can be listed, verified and removed, and is back
 * when the mark goes.
 */
#ifndef GV_STORE_DENIED_H
#define GV_STORE_DENIED_H

#include "core/store/store.h"

/* `why` is one line without a newline: "policy.deny '<1.22.5'
 * (/etc/govern/govern.ini:3)". Pointers are recomputed afterwards
 * (gv_pointers_change()). */
int gv_store_deny(struct gv_store *s, const char *name, const char *why,
		  struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);
/* What was denied, and why, is in the journal.  Until then the mark's line has no end, so
 * that it is seen when that never came. */
void gv_store_denial_recorded(struct gv_store *s, const char *name, const char *why)
	GV_NONNULL(1, 2, 3);
/* The mark goes; also that of a toolchain that is not there any more. */
int gv_store_undeny(struct gv_store *s, const char *name, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/* 1: it is denied; 0: it is not; -errno: that cannot be told. */
int gv_store_denies(const struct gv_store *s, const char *name) GV_MUST GV_NONNULL(1, 2);
/* What its mark says, into `ret`; 1: and it was not recorded.  -ENOENT: there is none. */
int gv_store_denial(const struct gv_store *s, const char *name, struct gv_buf *ret)
	GV_MUST GV_NONNULL(1, 2, 3);
/* The names that have a mark. */
int gv_store_denied(const struct gv_store *s, struct gv_list *ret)
	GV_MUST GV_NONNULL(1, 2);

#endif
