// SPDX-License-Identifier: Apache-2.0
/*
 * Why a request failed, in words, and whether it makes sense to try again.
 */
#ifndef GV_WORKER_FETCH_REASON_H
#define GV_WORKER_FETCH_REASON_H

#include "core/worker/fetch/exchange.h"

/* GV_AGAIN or GV_FATAL; the transfer's err is set. */
enum gv_outcome gv_reason_network(struct gv_exchange *x, CURLcode code)
	GV_MUST GV_NONNULL(1);
enum gv_outcome gv_reason_status(struct gv_exchange *x) GV_MUST GV_NONNULL(1);

#endif
