// SPDX-License-Identifier: Apache-2.0
/*
 * An executable while it is read: for core/buildinfo/ only.
 *
 * Each format has one function that checks its tables and tells where in the file the
 * addresses of the running program lie, and where the linker has put the build
 * information. What they refuse is what Go's debug/elf, debug/pe and debug/macho refuse.
 */
#ifndef GV_BUILDINFO_EXE_H
#define GV_BUILDINFO_EXE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

/* Bytes that are read of one file.  Tables and data may be as large as the file is, and a
 * file of holes may be that of terabytes. */
#define GV_EXE_READ_MAX (256u << 20)

/* Addresses from `addr` to `last` (both inclusive); sums of them may have wrapped
 * around. */
struct gv_region {
	uint64_t addr, last;
	uint64_t end;	 /* addr + bytes in the file */
	uint64_t offset; /* in the file */
	bool unreadable; /* it has addresses, and no bytes in the file */
};

struct gv_exe {
	int fd;
	uint64_t start, size; /* the part of the file that is this executable */
	bool big_endian, wide;
	int error;     /* of the first read that failed, as of gv_exe_bytes() */
	uint64_t read; /* bytes until now */

	struct gv_region *regions;
	size_t n_regions, cap_regions;
	uint64_t bias;			/* of all addresses: where the image is loaded */
	uint64_t data_addr, data_bytes; /* where to look; no bytes: nowhere */

	uint64_t window_at;
	size_t window_n;
	unsigned char window[64 << 10];
};

/* 0, -GV_EFORMAT, or -errno. */
int gv_exe_elf(struct gv_exe *x) GV_MUST GV_NONNULL(1);
int gv_exe_pe(struct gv_exe *x) GV_MUST GV_NONNULL(1);
int gv_exe_macho(struct gv_exe *x) GV_MUST GV_NONNULL(1);
int gv_exe_macho_fat(struct gv_exe *x) GV_MUST GV_NONNULL(1);

/* Forgets regions and data, keeps the file. */
void gv_exe_clear(struct gv_exe *x) GV_NONNULL(1);
void gv_exe_release(struct gv_exe *x) GV_NONNULL(1);

/* n bytes at an offset, valid until the next call; n is at most that of the window.
 * NULL: they are not all there, or cannot be read (x->error: -errno, -E2BIG: it has been
 * enough, -GV_EINTERRUPTED). */
const unsigned char *gv_exe_bytes(struct gv_exe *x, uint64_t offset, size_t n)
	GV_MUST GV_NONNULL(1);
/* Whether `count` times `each` bytes from the offset are in the file; nothing is read. */
bool gv_exe_has(const struct gv_exe *x, uint64_t offset, uint64_t count, uint64_t each)
	GV_MUST GV_NONNULL(1);
/* A number of 1, 2, 4 or 8 bytes, in the byte order of the file. */
uint64_t gv_exe_number(const struct gv_exe *x, const unsigned char *p, size_t n)
	GV_MUST GV_NONNULL(1, 2);
/* What a NULL of gv_exe_bytes() means. */
int gv_exe_failed(const struct gv_exe *x) GV_MUST GV_NONNULL(1);

/* -ENOMEM. */
int gv_exe_add(struct gv_exe *x, const struct gv_region *r) GV_MUST GV_NONNULL(1, 2);
/* Where the bytes at an address lie, and how many follow each other there; 0: none. */
uint64_t gv_exe_find(const struct gv_exe *x, uint64_t addr, uint64_t *ret_offset)
	GV_MUST GV_NONNULL(1, 3);

#endif
