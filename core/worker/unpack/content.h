// SPDX-License-Identifier: Apache-2.0
/*
 * The content of one entry, on its way to a file: unpacked and checked.
 *
 *	gv_content_begin(c, packing);
 *	for each piece of it
 *		gv_content_put(c, data, n);
 *		while ((r = gv_content_take(c, &out, &n, &why)) > 0)
 *			... n bytes at out, which stay until the next call ...
 *	r = gv_content_end(c, crc, size, &why);
 *
 * Errors are -GV_EVERIFY, with what is wrong about the entry in *why, or -ENOMEM.
 */
#ifndef GV_WORKER_UNPACK_CONTENT_H
#define GV_WORKER_UNPACK_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

enum gv_packing {
	GV_PACKING_NONE,     /* of a tar file, which has no checksums */
	GV_PACKING_STORED,   /* of a zip */
	GV_PACKING_DEFLATED, /* of a zip; RFC 1951 */
};

struct gv_content;

int gv_content_new(struct gv_content **ret) GV_MUST GV_NONNULL(1);
void gv_content_free(struct gv_content *c);

void gv_content_begin(struct gv_content *c, enum gv_packing packing) GV_NONNULL(1);
/* The bytes must stay until they are taken. */
void gv_content_put(struct gv_content *c, const void *data, size_t n) GV_NONNULL(1, 2);
/* 1 and some bytes; 0: more must be put first, or that was all. */
int gv_content_take(struct gv_content *c, const void **ret, size_t *ret_n,
		    const char **ret_why) GV_MUST GV_NONNULL(1, 2, 3, 4);
/* All was put and taken: is it what the archive says, to the last byte? */
int gv_content_end(struct gv_content *c, uint32_t crc, uint32_t size,
		   const char **ret_why) GV_MUST GV_NONNULL(1, 4);
/* Bytes taken since it began. */
uint64_t gv_content_bytes(const struct gv_content *c) GV_MUST GV_NONNULL(1);

#endif
