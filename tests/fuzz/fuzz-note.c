// SPDX-License-Identifier: Apache-2.0
/*
 * Signed notes, tree heads, verifier keys and the GOSUMDB setting; the input also as the
 * text of a note that the log did sign.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/trust/note.h"
#include "core/trust/sumdb.h"
#include "tests/fuzz/signer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* A head has one spelling; what follows it are extensions. */
static void open_signed(const char *text, size_t n)
{
	const struct signer *s = signer();
	struct gv_err err = GV_ERR_INIT;
	struct gv_head head;
	char *note = signer_note(s, text, n), *other;
	char spelled[128], root[GV_HASH_BASE64];
	size_t text_len = 0;
	int r = gv_note_open(note, strlen(note), &s->key, &text_len, &err);

	check(r == 0 ? text_len == n : r == -GV_EFORMAT);
	if (r == 0 && gv_head_open(note, strlen(note), &s->key, &head, &err) == 0) {
		gv_hash_to_base64(&head.root, root);
		snprintf(spelled, sizeof(spelled), "go.sum database tree\n%llu\n%s\n",
			 (unsigned long long)head.size, root);
		check(n >= strlen(spelled) &&
		      memcmp(text, spelled, strlen(spelled)) == 0);
	}
	/* Not one byte of it may change. */
	other = strdup(note);
	check(other != NULL);
	other[n / 2] ^= 1;
	check(gv_note_open(other, strlen(note), &s->key, &text_len, &err) < 0);
	free(other);
	free(note);
}

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
	text[size] = '\n';
	if (!memchr(text, '\0', size))
		open_signed(text, size + 1);
	free(text);
	return 0;
}
