// SPDX-License-Identifier: Apache-2.0
/*
 * Receipts: whatever the text is, it is refused with a reason, or it is one that can be
 * written again and read back the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/store/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct gv_buf once = GV_BUF_INIT(0), twice = GV_BUF_INIT(0);
	struct gv_receipt r, back;
	const char *why = NULL;

	if (gv_receipt_parse((const char *)data, n, &r, &why) < 0) {
		if (!why)
			abort();
		return 0;
	}
	if (gv_receipt_format(&r, &once) < 0 ||
	    gv_receipt_parse(once.data, once.len, &back, &why) < 0 ||
	    gv_receipt_format(&back, &twice) < 0 || once.len != twice.len ||
	    memcmp(once.data, twice.data, once.len) != 0)
		abort();
	gv_receipt_release(&r);
	gv_receipt_release(&back);
	gv_buf_release(&once);
	gv_buf_release(&twice);
	return 0;
}
