// SPDX-License-Identifier: Apache-2.0
/* Signed notes, tree heads, verifier keys and the GOSUMDB setting. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/trust/note.h"
#include "core/trust/sumdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gv_sumdb_setting go, other;
	struct gv_err err = GV_ERR_INIT;
	struct gv_head head;
	size_t text_len = 0;
	char *text;

	if (gv_sumdb_setting_parse("sum.golang.org", &go, &err) < 0)
		abort();
	if (gv_note_open((const char *)data, size, &go.key, &text_len, &err) == 0 &&
	    (text_len == 0 || text_len >= size || data[text_len - 1] != '\n'))
		abort();
	if (gv_head_open((const char *)data, size, &go.key, &head, &err) == 0 &&
	    head.size > INT64_MAX)
		abort();
	text = malloc(size + 1);
	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (gv_vkey_parse(text, &other.key) == 0 && strchr(other.key.file, '/'))
		abort();
	if (gv_sumdb_setting_parse(text, &other, &err) == 0 && !other.off &&
	    strncmp(other.direct, "https://", 8) != 0)
		abort();
	free(text);
	return 0;
}
