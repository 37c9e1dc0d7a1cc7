// SPDX-License-Identifier: Apache-2.0
/*
 * The end of a store that holds nothing: what GV_STORE_CREATE made goes.
 */
#ifndef GV_STORE_UNMAKE_H
#define GV_STORE_UNMAKE_H

#include "core/store/store.h"

/*
 * Removes the store when no platform has anything in it: no toolchain, no program,
 * nothing that is being made, and no file that is not the store's own, govern.ini for
 * one.  1: there is something, and it stays.  Who begins to install meanwhile fails, or
 * keeps the store: what another command makes is never removed.  -errno: a part of it
 * stays, which the next command that changes something takes for a store.
 */
int gv_store_unmake(struct gv_store *s) GV_MUST GV_NONNULL(1);

#endif
