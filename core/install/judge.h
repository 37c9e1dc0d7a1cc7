// SPDX-License-Identifier: Apache-2.0
/*
 * Whether a tree may be published: what the tree itself says, and what is proved about
 * it.
 */
#ifndef GV_INSTALL_JUDGE_H
#define GV_INSTALL_JUDGE_H

#include "core/install/lookup.h"
#include "core/store/receipt.h"

/*
 * The tree is of this version (VERSION's first line) and for this platform (for linux:
 * the ELF machine, class and byte order of bin/go), and bin/gofmt is there.  -GV_EVERIFY.
 */
int gv_judge_tree(int tree_fd, const char *name, const char *platform, struct gv_err *err)
	GV_MUST GV_NONNULL(2, 3, 4);

struct gv_evidence {
	const char *name;
	const char *h1;		     /* of the tree on disk */
	const struct gv_lookup *log; /* the answer is there */
	bool digest_counts;	     /* a digest held, and it came from elsewhere */
	enum gv_trust minimum;
};

/*
 * The level that the evidence reaches.  A contradiction is -GV_EVERIFY, whatever the
 * minimum.  Below the minimum: the log's own error when it could not be asked,
 * -GV_EPOLICY when it is switched off or has no record.
 */
int gv_judge_trust(const struct gv_evidence *e, enum gv_trust *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
