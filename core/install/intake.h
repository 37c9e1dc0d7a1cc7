// SPDX-License-Identifier: Apache-2.0
/*
 * Takes in the bytes of one candidate: from the network or a local file, past the hash,
 * into the unpacker, in one pass and through one open file, so that what is hashed is
 * what is unpacked.
 */
#ifndef GV_INSTALL_INTAKE_H
#define GV_INSTALL_INTAKE_H

#include "core/install/install.h"
#include "core/install/source.h"
#include "core/store/stage.h"

struct gv_intake {
	const struct gv_install *in;
	const char *name;
	const char *source; /* who named the candidate, for messages */
	const struct gv_candidate *from;
	struct gv_fetcher *fetcher;
	struct gv_stage *stage; /* its tree is empty */
	bool resume;		/* may go on from a partial download */
	/* Called once, when the first bytes are there. */
	void (*begun)(void *arg);
	/* Asked now and then whether to go on: a negative answer ends it and is returned,
	 * with what came so far kept for another time. */
	int (*go_on)(void *arg, struct gv_err *err);
	void *arg;
};

struct gv_taken {
	char sha256[65]; /* of the archive; "": was not computed */
	char host[256];	 /* that sent the bytes in the end; "": a local file */
	uint64_t archive_bytes;
	uint64_t downloaded;
	bool resumed;  /* a part of it came from the cache; set also on failure */
	bool confined; /* the unpacker ran under Landlock */
};

/*
 * Fills the stage's tree.  -GV_EGONE: there is no such archive; -GV_EREMOTE: it could not
 * be fetched, or what came is no archive at all; -GV_EVERIFY: the archive is damaged,
 * against the policy, or its digest is another; -errno.
 */
int gv_intake(const struct gv_intake *what, struct gv_taken *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
