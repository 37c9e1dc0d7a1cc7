// SPDX-License-Identifier: Apache-2.0
/*
 * The tree that an archive becomes: entries in the archive's order, each first judged
 * (entry.h, names.h, the limits), then made.  Directories are made here, files by several
 * writers (writer.h), which unpack them too.
 *
 *	r = gv_output_open(tree_fd, layout, raw, &out, err);
 *	per entry:
 *		r = gv_output_entry(out, name, dir, packing, err);
 *		until the content ends:
 *			r = gv_output_room(out, &buf, &n, err);
 *			r = gv_output_filled(out, got, err);
 *		r = gv_output_end_entry(out, crc, size, err);
 *	r = gv_output_finish(out, err);
 *	gv_output_free(out);
 */
#ifndef GV_WORKER_UNPACK_OUTPUT_H
#define GV_WORKER_UNPACK_OUTPUT_H

#include "core/worker/unpack/content.h"
#include "core/worker/unpack/entry.h"
#include "core/worker/unpack/input.h"

struct gv_output;

/* `raw` counts the bytes of the archive as it came. */
int gv_output_open(int tree_fd, const struct gv_layout *layout,
		   const struct gv_input_fd *raw, struct gv_output **ret,
		   struct gv_err *err) GV_MUST GV_NONNULL(2, 3, 4, 5);
int gv_output_entry(struct gv_output *out, const char *name, bool dir,
		    enum gv_packing packing, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 5);
/* Where the next bytes of the content go, packed as they are. */
int gv_output_room(struct gv_output *out, void **ret, size_t *ret_n, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);
/* n of them are there. */
int gv_output_filled(struct gv_output *out, size_t n, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3);
/* What the unpacked content has to be; without packing neither counts. */
int gv_output_end_entry(struct gv_output *out, uint32_t crc, uint32_t size,
			struct gv_err *err) GV_MUST GV_NONNULL(1, 4);
/* Everything is written; or says what could not be. */
int gv_output_finish(struct gv_output *out, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
void gv_output_free(struct gv_output *out);

/* Of all of it, once it is finished: entries, and bytes of all contents. */
uint32_t gv_output_entries(const struct gv_output *out) GV_MUST GV_NONNULL(1);
uint64_t gv_output_bytes(const struct gv_output *out) GV_MUST GV_NONNULL(1);

#endif
