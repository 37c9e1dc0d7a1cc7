// SPDX-License-Identifier: Apache-2.0
/*
 * The entry policy: what the name of an archive's entry must be, and what becomes of it.
 * Nothing but the name decides: modes, owners, times and flags of the archive are
 * ignored. Knows no archive format and touches no file.
 *
 * The rule for modes is that of Go's own packer (cmd/distpack, pack.go, mode()); the
 * directories that a tarball has and a module zip has not are those of the same file, and
 * .github, which old tarballs hold and their modules do not.
 */
#ifndef GV_WORKER_UNPACK_ENTRY_H
#define GV_WORKER_UNPACK_ENTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/err.h"

enum {
	GV_ENTRY_PATH = 1024,	  /* bytes, prefix included */
	GV_ENTRY_COMPONENT = 255, /* bytes */
	GV_ENTRY_DEPTH = 64,	  /* components below the prefix */
	GV_ENTRIES = 100 * 1000,
};
#define GV_FILE_BYTES	 (UINT64_C(512) << 20)
#define GV_TREE_BYTES	 (UINT64_C(2) << 30)
#define GV_FREE_BYTES	 (UINT64_C(64) << 20) /* from here on the ratio counts */
#define GV_INFLATE_RATIO 20

struct gv_layout {
	const char *prefix; /* "go/" */
	bool module; /* a module zip: go.mod is spelled _go.mod, nothing is left out */
};

struct gv_entry {
	char path[GV_ENTRY_PATH +
		  1]; /* below the tree: "bin/go"; "" for the prefix itself */
	size_t len;
	bool dir;
	bool keep; /* false: of the uncovered directories, checked and not written */
	mode_t mode;
};

/*
 * `name` is as the archive has it, `dir` what the archive says it is; one slash at the
 * end of a directory's name is taken off.  -GV_EVERIFY with a sentence that names the
 * entry.
 */
int gv_entry_parse(const struct gv_layout *layout, const char *name, bool dir,
		   struct gv_entry *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4, 5);

/* Whether `out` bytes made from `in` bytes are more than any toolchain needs. */
bool gv_entry_bomb(uint64_t in, uint64_t out) GV_MUST;

#endif
