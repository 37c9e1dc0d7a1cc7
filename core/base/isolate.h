// SPDX-License-Identifier: Apache-2.0
/*
 * A process without a network: in a network name space of its own, in which there is no
 * interface but a loopback that is down (network_namespaces(7)).  For what is given to a
 * program to run and has no business there; it is nothing that a hostile program could
 * not get around by asking another process of the same user.
 *
 * Where we are not root that takes a user name space (user_namespaces(7)), which some
 * systems and most containers do not give: so it may fail, and the caller says so.
 */
#ifndef GV_BASE_ISOLATE_H
#define GV_BASE_ISOLATE_H

#include <stdbool.h>

#include "core/base/attr.h"

/* For the calling process, for good, and all that it starts.  With one thread running;
 * only async-signal-safe calls.  -errno: the kernel does not let us. */
int gv_isolate_network(void) GV_MUST;
/* Whether a child could: tries it in one. */
bool gv_isolate_possible(void) GV_MUST;

#endif
