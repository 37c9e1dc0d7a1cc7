// SPDX-License-Identifier: Apache-2.0
/*
 * A look-up's answer, and the record in it: checked against the real log, which did not
 * sign it, and as the only record of a log that did.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/trust/record.h"
#include "core/trust/sumdb.h"
#include "tests/fuzz/signer.h"

#define OURS "golang.org/toolchain v0.0.1-go1.21.9.linux-amd64 "

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Behind all hashes: only the one line about this version says what its h1 is. */
static void believe(char *text)
{
	const struct signer *s = signer();
	struct gv_hash leaf = gv_merkle_leaf(text, strlen(text));
	struct gv_record r = {.id = 0, .text = text};
	struct gv_err err = GV_ERR_INIT;
	char head[128], root[GV_HASH_BASE64], h1[GV_H1_LEN];
	size_t lines = 0;
	int e;

	gv_hash_to_base64(&leaf, root);
	snprintf(head, sizeof(head), "go.sum database tree\n1\n%s\n", root);
	r.head = signer_note(s, head, strlen(head));
	e = gv_record_check(&r, &s->key, "go1.21.9", "linux-amd64", h1, &err);
	check(e == 0 || e == -GV_EVERIFY || e == -GV_EFORMAT);
	for (const char *line = text; e == 0 && *line; line = strchr(line, '\n') + 1)
		if (strncmp(line, OURS "h1:", strlen(OURS "h1:")) == 0) {
			lines++;
			check(strncmp(line + strlen(OURS), h1, strlen(h1)) == 0 &&
			      line[strlen(OURS) + strlen(h1)] == '\n');
		}
	check(e < 0 || (lines == 1 && gv_h1_valid(h1, strlen(h1))));
	r.id = 1;
	check(gv_record_check(&r, &s->key, "go1.21.9", "linux-amd64", h1, &err) < 0);
	free(r.head);
}

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
	if (strlen(r.text) == a.text_len)
		believe(r.text);
	gv_record_release(&r);
	return 0;
}
