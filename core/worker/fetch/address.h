// SPDX-License-Identifier: Apache-2.0
/*
 * Which addresses belong to the public internet.  A redirect from a public server to an
 * address that is not public would let that server reach into this machine's network.
 */
#ifndef GV_WORKER_FETCH_ADDRESS_H
#define GV_WORKER_FETCH_ADDRESS_H

#include <stdbool.h>

#include "core/base/attr.h"

/* An IPv4 or IPv6 address as text, without brackets.  Not public: loopback, private,
 * unique local, link local, shared (RFC 6598), multicast, reserved, and what is no
 * address. */
bool gv_address_is_public(const char *text) GV_MUST GV_NONNULL(1);

/* "localhost", a name below it, 127.0.0.0/8 or [::1], as they are written in a URL. */
bool gv_host_is_loopback(const char *host) GV_MUST GV_NONNULL(1);

#endif
