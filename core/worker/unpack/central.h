// SPDX-License-Identifier: Apache-2.0
/*
 * The two copies of a zip's directory (PKWARE APPNOTE 6.3.x,
 * sections 4.3.7, 4.3.9, 4.3.12, 4.3.16), held against each other.
 *
 * A zip says everything twice: before each entry, and in the central directory at its
 * end. libarchive, reading a stream, believes the first copy, other programs the second;
 * what differs between them is the oldest trick there is.  So each local header and
 * descriptor is noted while libarchive extracts, and when all are through, the central
 * directory has to be exactly what was noted: names, order, methods, flags, sizes,
 * checksums and offsets, nothing before, between or behind.  No zip64, comments or
 * encryption: no toolchain has any.
 *
 *	gv_central_local(c, in, at, name, err)	after each header
 *	gv_central_content(c, bytes)		after its content
 *	gv_central_check(c, in, at, err)	`at` is where the entries end
 */
#ifndef GV_WORKER_UNPACK_CENTRAL_H
#define GV_WORKER_UNPACK_CENTRAL_H

#include "core/worker/unpack/input.h"

struct gv_zip_entry;

struct gv_central {
	struct gv_zip_entry *entries;
	size_t n, cap;
	char *names; /* one after the other */
	size_t names_len, names_cap;
};

#define GV_CENTRAL_INIT ((struct gv_central){0})

/* `at` is the offset of the header, `name` what libarchive read there, `dir` what it took
 * it for. */
int gv_central_local(struct gv_central *c, struct gv_input *in, uint64_t at,
		     const char *name, bool dir, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4, 6);

/* The content of the entry noted last, as extracted, in bytes. */
void gv_central_content(struct gv_central *c, uint64_t bytes) GV_NONNULL(1);

int gv_central_check(struct gv_central *c, struct gv_input *in, uint64_t at,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4);

void gv_central_release(struct gv_central *c);

#endif
