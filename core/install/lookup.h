// SPDX-License-Identifier: Apache-2.0
/*
 * The record of one toolchain, looked up in a second thread while its bytes arrive.
 *
 * Offline, no request is made: the record then comes from what is at hand, and proves as
 * much, for it is checked against the log's key all the same:
 *   - GOSUMDB with a file:// URL, or a GOPROXY entry that is a directory with sumdb/;
 *   - sumdb/<name>/ beside the archive given with --from;
 *   - a receipt of the same toolchain that is in the store.
 * The latter two are also what is left when the log cannot be reached.
 *
 * A bundle (core/install/bundle.h) brings its proofs along: with one, the log is asked
 * only when they are by another log, or cannot be compared with the head that is
 * remembered here.
 */
#ifndef GV_INSTALL_LOOKUP_H
#define GV_INSTALL_LOOKUP_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/install/install.h"
#include "core/trust/record.h"

struct gv_lookup {
	const struct gv_install *in;
	char name[GV_NAME_MAX];
	char *beside; /* directory of the archive, or NULL; owned */
	bool bundled; /* it lies in in->bundle */
	bool running; /* the thread must be joined */
	bool started;
	atomic_bool failed; /* it has ended, without a proof */
	pthread_t thread;
	/* answer, once joined */
	int result;
	bool from_log; /* else from what was at hand */
	struct gv_record record;
	char h1[GV_H1_LEN];
	struct gv_err err; /* also why the log did not answer, when another did */
};

void gv_lookup_init(struct gv_lookup *l, const struct gv_install *in, const char *name)
	GV_NONNULL(1, 2, 3);
/* Begins, once; later calls do nothing.  `from` is where the archive comes from, or
 * NULL. */
void gv_lookup_start(struct gv_lookup *l, const struct gv_candidate *from) GV_NONNULL(1);
/* Whether there will be no proof, as far as is known now: then `result` and `err` say
 * why. */
bool gv_lookup_failed(struct gv_lookup *l) GV_NONNULL(1);
/*
 * The answer: 0 with `record` and `h1`, or the error, in `err` too.  -GV_EVERIFY: the log
 * contradicts itself or us; -GV_ENOTFOUND: it has no such record; -GV_EPOLICY:
 * GOSUMDB=off; anything else: it could not be asked.
 */
int gv_lookup_wait(struct gv_lookup *l) GV_MUST GV_NONNULL(1);
void gv_lookup_release(struct gv_lookup *l);

#endif
