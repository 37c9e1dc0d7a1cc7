// SPDX-License-Identifier: Apache-2.0
/*
 * Who does something, when and where, as generations and the journal record it.
 */
#ifndef GV_STORE_WHO_H
#define GV_STORE_WHO_H

#include "core/base/attr.h"
#include "core/json/json.h"

/* Adds "time" (now, RFC 3339), "user" (name, or number of one who has none) and
 * "host". */
void gv_who_put(struct gv_json *j) GV_NONNULL(1);

#endif
