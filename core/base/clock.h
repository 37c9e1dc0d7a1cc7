// SPDX-License-Identifier: Apache-2.0
/*
 * Time: milliseconds that only grow, RFC 3339 in UTC for records and JSON, and lengths of
 * time as people write them.
 */
#ifndef GV_BASE_CLOCK_H
#define GV_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "core/base/attr.h"

int64_t gv_clock_ms(void);

#define GV_RFC3339_LEN 21 /* 2026-11-21T11:07:36Z and a NUL */
void gv_clock_rfc3339(time_t when, char ret[GV_RFC3339_LEN]);
/* -EINVAL when it is not of exactly that form. */
int gv_clock_parse(const char *s, time_t *ret) GV_MUST GV_NONNULL(1, 2);

/* A length of time, a number and its unit: 90s, 30m, 12h, 7d, 2w.  -EINVAL. */
int gv_duration_parse(const char *s, int64_t *ret_seconds) GV_MUST GV_NONNULL(1, 2);

#endif
