// SPDX-License-Identifier: Apache-2.0
/*
 * Entries for systemd's journal, by its own protocol:
 * https://systemd.io/JOURNAL_NATIVE_PROTOCOL/
 */
#ifndef GV_BASE_JOURNALD_H
#define GV_BASE_JOURNALD_H

#include <stddef.h>

#include "core/base/attr.h"

#define GV_JOURNALD_SOCKET "/run/systemd/journal/socket"

struct gv_journald_field {
	const char *name;  /* "GOVERN_EVENT": capitals, digits, "_" */
	const char *value; /* any text; NULL or "": the field is left out */
};

/* One entry to the socket of that name.  Does not wait: -EAGAIN when nobody takes it.
 * -ENOENT, -ECONNREFUSED: there is no journald. */
int gv_journald_send(const char *socket, const struct gv_journald_field *fields, size_t n)
	GV_MUST GV_NONNULL(1, 2);

#endif
