// SPDX-License-Identifier: Apache-2.0
/*
 * A record of the journal in words.
 */
#ifndef GV_CLI_JOURNAL_WORDS_H
#define GV_CLI_JOURNAL_WORDS_H

#include "core/base/text.h"
#include "core/json/json.h"

/* "default is go1.22.6 (it was go1.22.5)"; of an event that is not known here, its
 * name. */
void gv_describe_record(const struct gv_json *record, struct gv_text *ret)
	GV_NONNULL(1, 2);

#endif
