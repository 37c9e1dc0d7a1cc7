// SPDX-License-Identifier: Apache-2.0
/* A look-up's answer, and the record in it checked as far as it goes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/trust/record.h"
#include "core/trust/sumdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data, *end = s + size;
	struct gv_sumdb_setting go;
	struct gv_err err = GV_ERR_INIT;
	struct gv_record r = {.id = 0};
	struct gv_answer a;
	char h1[GV_H1_LEN];

	if (gv_sumdb_setting_parse("sum.golang.org", &go, &err) < 0)
		abort();
	if (gv_answer_parse(s, size, &a) < 0)
		return 0;
	if (a.text < s || a.text_len == 0 || a.text + a.text_len > end || a.note < s ||
	    a.note + a.note_len != end || memmem(a.text, a.text_len, "\n\n", 2))
		abort();
	r.id = a.id;
	r.text = strndup(a.text, a.text_len);
	r.head = strndup(a.note, a.note_len);
	if (!r.text || !r.head)
		abort();
	/* Whatever the answer was, a proof of no hashes holds in a tree of one record
	 * only, and the real log has more. */
	if (gv_record_check(&r, &go.key, "go1.21.9", "linux-amd64", h1, &err) == 0)
		abort();
	gv_record_release(&r);
	return 0;
}
