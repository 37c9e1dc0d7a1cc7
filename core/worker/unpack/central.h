// SPDX-License-Identifier: Apache-2.0
/*
 * The two copies of a zip's directory (PKWARE APPNOTE 6.3.x,
 * sections 4.3.7, 4.3.9, 4.3.12, 4.3.16), held against each other.
 *
 * A zip says everything twice: before each entry, and in the central directory at its
 * end.  Who reads a stream believes the first copy, other programs the second; what
 * differs between them is the oldest trick there is.  So each local header and descriptor
 * is noted when it is read, and when all are through, the central directory has to be
 * exactly what was noted: names, order, methods, flags, sizes, checksums and offsets,
 * nothing before, between or behind.  No zip64, comments or encryption: no toolchain has
 * any.
 *
 *	while (gv_central_more(in, at, err) > 0) {
 *		r = gv_central_local(c, in, at, name, &e, err);
 *		... the content, from e.data to its end (gv_central_is_end()) ...
 *		r = gv_central_end_entry(c, in, end, &e, &at, err);
 *	}
 *	r = gv_central_check(c, in, at, err);	`at` is where the entries end
 */
#ifndef GV_WORKER_UNPACK_CENTRAL_H
#define GV_WORKER_UNPACK_CENTRAL_H

#include "core/worker/unpack/entry.h"
#include "core/worker/unpack/input.h"

struct gv_zip_entry {
	uint32_t at;	     /* of the local header */
	uint32_t data;	     /* where the content begins */
	uint32_t compressed; /* bytes */
	uint32_t size;	     /* bytes */
	uint32_t crc;
	uint32_t name_at; /* in names */
	uint16_t name_len;
	bool dir;      /* its name ends with a slash */
	bool deflated; /* else stored */
	bool late;     /* checksum and sizes come behind the content, in a descriptor */
	uint16_t flags;
	uint16_t method;
};

struct gv_central {
	struct gv_zip_entry *entries;
	size_t n, cap;
	char *names; /* one after the other */
	size_t names_len, names_cap;
};

#define GV_CENTRAL_INIT ((struct gv_central){0})

/* Whether an entry begins at `at`, or an error. */
int gv_central_more(struct gv_input *in, uint64_t at, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3);

/* Reads and notes the local header at `at`.  `name` gets its NUL. */
int gv_central_local(struct gv_central *c, struct gv_input *in, uint64_t at,
		     char name[GV_ENTRY_PATH + 1], struct gv_zip_entry *ret,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4, 5, 6);

/*
 * Whether the content of a late entry ends at `at`, as far as can be told without
 * inflating it: there is a descriptor with just this compressed size, and behind it the
 * next header.  Whoever inflates what is before it has to find that it ends there too.
 */
int gv_central_is_end(struct gv_input *in, const struct gv_zip_entry *e, uint64_t at,
		      struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4);

/* The content of the entry noted last ended at `end`: fills in what its descriptor says,
 * and where the next thing begins. */
int gv_central_end_entry(struct gv_central *c, struct gv_input *in, uint64_t end,
			 struct gv_zip_entry *ret, uint64_t *ret_next, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4, 5, 6);

int gv_central_check(struct gv_central *c, struct gv_input *in, uint64_t at,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4);

void gv_central_release(struct gv_central *c);

#endif
