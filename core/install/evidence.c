// SPDX-License-Identifier: Apache-2.0
#include "core/install/evidence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/trust/base64.h"

#define HASH_TEXT (GV_BASE64_LEN(sizeof(struct gv_hash)) + 1)

int gv_evidence_save(const struct gv_record *from, struct gv_receipt_record *ret)
{
	struct gv_receipt_record to = {
		.id = from->id,
		.log = strdup(from->log),
		.text = strdup(from->text),
		.head = strdup(from->head),
		.proof = calloc(from->proof.n ? from->proof.n : 1, sizeof(char *)),
	};
	bool ok = to.log && to.text && to.head && to.proof;

	for (size_t i = 0; ok && i < from->proof.n; i++) {
		char text[HASH_TEXT];

		gv_base64_encode(from->proof.hashes[i].b, sizeof(struct gv_hash), text);
		to.proof[i] = strdup(text);
		ok = to.proof[i] != NULL;
		to.n_proof += ok;
	}
	if (!ok) {
		gv_receipt_record_release(&to);
		return -ENOMEM;
	}
	*ret = to;
	return 0;
}

int gv_evidence_load(const struct gv_receipt_record *from, struct gv_record *ret)
{
	struct gv_record to = {.id = from->id};
	struct gv_text log = gv_text_in(to.log, sizeof(to.log));

	if (!from->log || !from->text || !from->head || from->n_proof > GV_PROOF_MAX)
		return -GV_EFORMAT;
	gv_text_add(&log, from->log);
	if (log.cut)
		return -GV_EFORMAT;
	for (size_t i = 0; i < from->n_proof; i++) {
		const char *s = from->proof[i];

		if (!s || gv_base64_decode(s, strlen(s), to.proof.hashes[i].b,
					   sizeof(struct gv_hash)) < 0)
			return -GV_EFORMAT;
	}
	to.proof.n = from->n_proof;
	to.text = strdup(from->text);
	to.head = strdup(from->head);
	if (!to.text || !to.head) {
		gv_record_release(&to);
		return -ENOMEM;
	}
	*ret = to;
	return 0;
}

/* The key that the proof has to be by. */
static int key_in_force(const struct gv_install *in, struct gv_vkey *ret,
			struct gv_err *err)
{
	struct gv_sumdb_setting usual;
	int r;

	if (!in->sumdb->off) {
		*ret = in->sumdb->key;
		return 0;
	}
	r = gv_sumdb_setting_parse("sum.golang.org", &usual, err);
	if (r == 0)
		*ret = usual.key;
	return r;
}

int gv_evidence_check(const struct gv_install *in, const struct gv_receipt *receipt,
		      char ret_h1[GV_H1_LEN], struct gv_err *err)
{
	struct gv_record record;
	struct gv_vkey key;
	int r = key_in_force(in, &key, err);

	if (r < 0)
		return r;
	if (!receipt->has_record)
		return 1;
	r = gv_evidence_load(&receipt->record, &record);
	if (r == -GV_EFORMAT)
		return gv_err_set(err, -GV_EVERIFY,
				  "the proof in the receipt of %s is damaged",
				  receipt->name);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read the receipt of %s", receipt->name);
	r = 1;
	if (strcmp(record.log, key.text) == 0)
		r = gv_record_check(&record, &key, receipt->name, receipt->platform,
				    ret_h1, err);
	gv_record_release(&record);
	/* A record that is none is no less of a contradiction here. */
	return r == -GV_EFORMAT ? (err->code = -GV_EVERIFY) : r;
}
