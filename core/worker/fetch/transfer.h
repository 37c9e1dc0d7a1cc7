// SPDX-License-Identifier: Apache-2.0
/*
 * One request of the parent, until it is answered: attempts, redirects, resumption.
 *
 * An attempt that breaks is taken up where it ended: with Range, and If-Range when there
 * is a validator.  A 206 must continue at exactly that byte, with the same total and the
 * same validator; else, and when the server answers with the whole file or says that the
 * range cannot be (416), the body begins again at its first byte and the parent is told.
 *
 * Tried again, after a pause that doubles and is jittered, up to `retries` times: broken
 * connections, 408, 429 and 5xx.  An attempt that brought a MiB does not count.  A server
 * that was not reached at all is tried twice.  Retry-After is obeyed up to a minute; with
 * more the request fails.  All pauses of a request together are at most two minutes.
 * Certificates are not tried again.
 */
#ifndef GV_WORKER_FETCH_TRANSFER_H
#define GV_WORKER_FETCH_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/worker/fetch/handle.h"
#include "core/worker/wire.h"

struct gv_transfer {
	struct gv_handle *handle;
	const struct gv_wire_request *want;
	int out; /* the socket to the parent */

	uint64_t at;	/* the byte that the parent waits for */
	uint64_t total; /* of the whole body; 0: not known */
	char validator[GV_WIRE_ETAG];
	bool head_sent;
	bool whole; /* ask without Range: what was tried with it did not fit */

	/* About the last attempt. */
	struct gv_err err;
	uint64_t received; /* bytes of body that were handed on */
	bool restarted;	   /* ... after what came before was given up */
	bool reached;	   /* a connection was made */
	long retry_after;  /* seconds, -1: the server did not say */
	bool from_public;  /* the first server of the attempt has a public address */
};

/* 0 when the parent has its END or FAILED, else -errno: it is gone. */
int gv_transfer_run(struct gv_handle *h, const struct gv_wire_request *want, int out)
	GV_MUST GV_NONNULL(1, 2);

#endif
