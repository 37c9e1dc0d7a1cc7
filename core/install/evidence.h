// SPDX-License-Identifier: Apache-2.0
/*
 * A log's record between its two forms: as core/trust/ checks it, and as text in a
 * receipt.
 */
#ifndef GV_INSTALL_EVIDENCE_H
#define GV_INSTALL_EVIDENCE_H

#include "core/store/receipt.h"
#include "core/trust/record.h"

/* -ENOMEM.  *ret owns its strings; gv_receipt_release() frees them. */
int gv_evidence_save(const struct gv_record *from, struct gv_receipt_record *ret)
	GV_MUST GV_NONNULL(1, 2);
void gv_evidence_release(struct gv_receipt_record *r) GV_NONNULL(1);
/* -GV_EFORMAT when a field is missing or is not what it should be; nothing is proved by
 * loading: gv_record_check() does. */
int gv_evidence_load(const struct gv_receipt_record *from, struct gv_record *ret)
	GV_MUST GV_NONNULL(1, 2);

#endif
