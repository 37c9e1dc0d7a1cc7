// SPDX-License-Identifier: Apache-2.0
/*
 * How a shim is told from a Go: a file that holds this text within its first 4 KiB is the
 * shim of some store.  The shim has it near its ELF header; no other program may.
 */
#ifndef GV_RESOLVE_MARKER_H
#define GV_RESOLVE_MARKER_H

#define GV_SHIM_MARKER	   "govern-shim-marker-1 7c1f0a94e5b2d863"
#define GV_SHIM_MARKER_END 4096 /* bytes; the whole marker lies before this */
/* No shim is as large, every go is larger: such a file need not be read. */
#define GV_SHIM_SIZE_MAX (2 * 1024 * 1024)

#endif
