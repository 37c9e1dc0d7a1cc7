// SPDX-License-Identifier: Apache-2.0
/*
 * Makes a bundle (core/install/bundle.h) of toolchains that are installed and proven.
 *
 *	gv_bundling_add()	each toolchain; its proof is checked, offline
 *	gv_bundling_prove()	all proofs in one tree of the log, with the proofs that lead
 *				there from other trees: asks the log where that is needed
 *	gv_bundling_write()	the file
 *	gv_bundling_release()
 *
 * What is in the file depends on the store alone: the head is the remembered one, the
 * beginnings are of all trees that receipts of the store are proven in.
 */
#ifndef GV_INSTALL_BUNDLING_H
#define GV_INSTALL_BUNDLING_H

#include "core/install/bundle.h"
#include "core/install/install.h"

struct gv_bundling {
	const struct gv_install *in;
	struct gv_bundle bundle;
	uint64_t *sizes; /* of trees that somebody may remember; owned */
	size_t n_sizes;
	bool since;		/* and has to be led on from it: the log is needed */
	bool alone;		/* the log could not be asked: no beginnings */
	uint64_t trees, packed; /* bytes of the trees; so many of them are in the file */
	uint64_t bytes;		/* of the file, once it is written */
};

#define GV_BUNDLING_INIT(install) ((struct gv_bundling){.in = (install)})

/* A toolchain of this store, for its platform; one that was added already counts once.
 * -GV_ENOTFOUND; -GV_EPOLICY: it is not proven by the log in force; -GV_EVERIFY: receipt
 * or manifest do not hold. */
int gv_bundling_add(struct gv_bundling *b, const struct gv_store *store, const char *name,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);
/* A tree that a machine remembers on which the bundle is to be installed. */
int gv_bundling_since(struct gv_bundling *b, uint64_t size) GV_MUST GV_NONNULL(1);

/* Errors of asking the log, when it cannot do without; b->alone, and why in *ret_why,
 * when it can. */
int gv_bundling_prove(struct gv_bundling *b, struct gv_err *ret_why, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/* How many records the one tree has that all are proven in. */
uint64_t gv_bundling_records(const struct gv_bundling *b) GV_MUST GV_NONNULL(1);

/* Writes it to the fd, a file or a pipe; GV_STEP_FETCH tells how far.  -GV_EVERIFY: a
 * file is not what the manifest says; -GV_EINTERRUPTED; -errno. */
int gv_bundling_write(struct gv_bundling *b, int fd, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3);

void gv_bundling_release(struct gv_bundling *b);

#endif
