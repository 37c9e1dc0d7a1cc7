// SPDX-License-Identifier: Apache-2.0
/*
 * A log's record between its two forms: as core/trust/ checks it, and as text in a
 * receipt.
 */
#ifndef GV_INSTALL_EVIDENCE_H
#define GV_INSTALL_EVIDENCE_H

#include "core/install/install.h"
#include "core/store/receipt.h"
#include "core/trust/record.h"

/* -ENOMEM.  *ret owns its strings; gv_receipt_record_release() frees them. */
int gv_evidence_save(const struct gv_record *from, struct gv_receipt_record *ret)
	GV_MUST GV_NONNULL(1, 2);
/* -GV_EFORMAT when a field is missing or is not what it should be; nothing is proved by
 * loading: gv_record_check() does. */
int gv_evidence_load(const struct gv_receipt_record *from, struct gv_record *ret)
	GV_MUST GV_NONNULL(1, 2);

/*
 * What the receipt's own proof says of its toolchain, by the log in force; with
 * GOSUMDB=off by Go's own.  0: *ret_h1 is proven.  1: it has no proof, or one by another
 * log.  -GV_EVERIFY: the proof does not hold.
 */
int gv_evidence_check(const struct gv_install *in, const struct gv_receipt *receipt,
		      char ret_h1[GV_H1_LEN], struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
