// SPDX-License-Identifier: Apache-2.0
/*
 * The names that an archive has used so far: no name twice, no two that differ only in
 * case, no file that is a directory elsewhere.  Case is folded by the C library's
 * towlower(towupper(c)) in the locale of the process, character by character: all of
 * Unicode's simple foldings in C.UTF-8, ASCII alone where there is no such locale.
 */
#ifndef GV_WORKER_UNPACK_NAMES_H
#define GV_WORKER_UNPACK_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

/* Bytes of all names together; a real toolchain has one million. */
enum { GV_NAMES_BYTES = 16 << 20 };

enum gv_name_kind {
	GV_NAME_FILE,
	GV_NAME_DIR,	/* has its own entry */
	GV_NAME_PARENT, /* a directory that a longer name goes through */
};

enum gv_name_result {
	GV_NAME_KNOWN, /* a directory that was there already */
	GV_NAME_NEW,
	GV_NAME_TWICE,
	GV_NAME_TWIN,  /* spelled differently before */
	GV_NAME_CLASH, /* a file, and a directory */
};

struct gv_names {
	struct gv_name *slots; /* open addressing, a power of two */
	size_t n, cap;
	char *text; /* the names, one after the other */
	size_t text_len, text_cap;
};

#define GV_NAMES_INIT ((struct gv_names){0})

/* An enum gv_name_result, -ENOMEM, or -EFBIG past GV_NAMES_BYTES. */
int gv_names_put(struct gv_names *names, const char *name, size_t len,
		 enum gv_name_kind kind) GV_MUST GV_NONNULL(1, 2);
void gv_names_release(struct gv_names *names);

#endif
