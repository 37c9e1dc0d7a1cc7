// SPDX-License-Identifier: Apache-2.0
/*
 * SIGINT, SIGTERM and SIGHUP ask us to clean up and leave; a second one leaves at once.
 *
 * The handler sets a flag and writes to a pipe.  Long loops ask gv_interrupted() and
 * return -GV_EINTERRUPTED; whoever polls adds gv_interrupt_fd().  SIGPIPE and SIGXFSZ are
 * ignored (the calls return EPIPE and EFBIG).  Only core/cli/ installs it; without that,
 * nothing is ever interrupted and the fd is -1.
 */
#ifndef GV_BASE_INTERRUPT_H
#define GV_BASE_INTERRUPT_H

#include <stdbool.h>

#include "core/base/attr.h"

int gv_interrupt_install(void) GV_MUST;
bool gv_interrupted(void);
int gv_interrupt_fd(void);
/* The signal that came, 0: none.  After cleaning up, raise it with its default action. */
int gv_interrupt_signal(void);

#endif
