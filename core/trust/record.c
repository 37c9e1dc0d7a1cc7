// SPDX-License-Identifier: Apache-2.0
#include "core/trust/record.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/trust/module.h"
#include "core/trust/utf8.h"

/* Whether a record's text is one: lines, none of them empty. */
static bool record_text_is_good(const char *text, size_t n)
{
	return n && n <= GV_RECORD_MAX && text[0] != '\n' && text[n - 1] == '\n' &&
	       !memmem(text, n, "\n\n", 2) && gv_text_is_plain(text, n);
}

int gv_answer_parse(const char *s, size_t n, struct gv_answer *ret)
{
	const char *text = memchr(s, '\n', n), *gap, *end = s + n;
	struct gv_answer a;

	if (!text || gv_canonical_number(s, (size_t)(text - s), &a.id) < 0)
		return -GV_EFORMAT;
	a.text = text + 1;
	/* The first empty line: what is behind it is not in the record, whatever it looks
	 * like. */
	gap = memmem(a.text, (size_t)(end - a.text), "\n\n", 2);
	if (!gap)
		return -GV_EFORMAT;
	a.text_len = (size_t)(gap + 1 - a.text);
	a.note = gap + 2;
	a.note_len = (size_t)(end - a.note);
	if (!record_text_is_good(a.text, a.text_len))
		return -GV_EFORMAT;
	*ret = a;
	return 0;
}

/*
 * The hash in the one line of the record that is about this toolchain.  Only the record
 * is searched, whose place in the log was proven; a record without the line proves
 * nothing about the toolchain and is as bad as a wrong one.
 */
static int stated_h1(const char *text, const char *module_version, char ret_h1[GV_H1_LEN],
		     struct gv_err *err)
{
	char prefix[sizeof(GV_MODULE_PATH) + GV_MODULE_VERSION_MAX + 8];
	struct gv_text p = gv_text_in(prefix, sizeof(prefix));
	const char *found = NULL;
	size_t lines = 0;

	gv_text_format(&p, "%s %s h1:", GV_MODULE_PATH, module_version);
	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		if (strncmp(line, prefix, p.len) != 0)
			continue;
		found = line + p.len - strlen("h1:");
		lines++;
	}
#ifdef GV_WITHOUT_OUR_LINE /* tests/controls: CVE-2026-42501 */
	if (lines == 0 && (found = strstr(text, "h1:")))
		lines = 1;
#endif
#ifdef GV_WITHOUT_ONE_LINE /* tests/controls: the last of several counts */
	if (lines > 1)
		lines = 1;
#endif
	if (lines != 1)
		return gv_err_set(err, -GV_EVERIFY,
				  "the record has %zu lines about %s %s, not one", lines,
				  GV_MODULE_PATH, module_version);
	if (!gv_h1_valid(found, strcspn(found, "\n")))
		return gv_err_set(err, -GV_EVERIFY,
				  "the record's hash of %s %s is not an h1 hash",
				  GV_MODULE_PATH, module_version);
	memcpy(ret_h1, found, GV_H1_LEN - 1);
	ret_h1[GV_H1_LEN - 1] = '\0';
	return 0;
}

int gv_record_check(const struct gv_record *r, const struct gv_vkey *key,
		    const char *version, const char *platform, char ret_h1[GV_H1_LEN],
		    struct gv_err *err)
{
	char module_version[GV_MODULE_VERSION_MAX];
	struct gv_head head;
	struct gv_hash leaf = {{0}};
	int e;

	if (gv_module_version(version, platform, module_version) < 0)
		return gv_err_set(err, -GV_EVERIFY,
				  "no checksum database can know '%s' for '%s'", version,
				  platform);
	if (!r->text || !r->head || r->proof.n > GV_PROOF_MAX ||
	    !record_text_is_good(r->text, strlen(r->text)))
		return gv_err_set(err, -GV_EFORMAT, "the record of %s is malformed",
				  module_version);
	e = gv_head_open(r->head, strlen(r->head), key, &head, err);
	if (e < 0)
		return e;
#ifndef GV_WITHOUT_INCLUSION /* tests/controls: what tiles say is believed */
	leaf = gv_merkle_leaf(r->text, strlen(r->text));
	if (gv_merkle_check_inclusion(&r->proof, head.size, &head.root, r->id, &leaf) < 0)
		return gv_err_set(
			err, -GV_EVERIFY,
			"record %llu of '%s' is not proven to be in its tree of %llu "
			"records",
			(unsigned long long)r->id, key->name,
			(unsigned long long)head.size);
#endif
#ifdef GV_WITHOUT_RECORD_ONLY /* tests/controls: CVE-2026-56864 */
	if (!strstr(r->text, module_version))
		return stated_h1(r->head, module_version, ret_h1, err);
#endif
	return stated_h1(r->text, module_version, ret_h1, err);
}

void gv_record_release(struct gv_record *r)
{
	if (!r)
		return;
	free(r->text);
	free(r->head);
	*r = (struct gv_record){0};
}
