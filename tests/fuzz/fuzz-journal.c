// SPDX-License-Identifier: Apache-2.0
/*
 * Journals: whatever the file is, each line is told once and in order, and who goes on
 * from any record comes to the same end as who began at the first byte.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/store/journal-scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct seen {
	uint64_t last, records, wrong;
	char hashes[4][GV_JOURNAL_HASH_LEN]; /* of the first records */
};

static int see(void *arg, const struct gv_journal_line *line)
{
	struct seen *s = arg;

	if (line->number <= s->last || (line->torn && (line->record || line->wrong)))
		abort();
	if (!line->record && !line->torn && !line->wrong)
		abort();
	if (line->record && s->records < 4)
		memcpy(s->hashes[s->records], line->hash, sizeof(line->hash));
	s->last = line->number;
	s->records += line->record != NULL;
	s->wrong += line->wrong != NULL;
	return 0;
}

static void scan(int fd, struct gv_journal_chain *c, struct seen *s)
{
	if (gv_journal_scan(fd, c, NULL, NULL, see, s) < 0)
		abort();
	if (c->records != s->records || c->records > c->lines)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	GV_CLEANUP(gv_close) int fd = memfd_create("journal", MFD_CLOEXEC);
	struct gv_journal_chain whole = {0}, rest = {0};
	struct seen all = {0}, behind = {0};
	uint64_t end;

	if (fd < 0 || gv_write_all(fd, data, n) < 0)
		abort();
	scan(fd, &whole, &all);
	end = whole.at + whole.rest.bytes;
	if (end != n && end != n + 1) /* a record without its newline */
		abort();
	/* From behind the last record: nothing but the rest. */
	rest.at = whole.at;
	memcpy(rest.hash, whole.hash, sizeof(rest.hash));
	scan(fd, &rest, &behind);
	if (rest.records || rest.rest.bytes != whole.rest.bytes ||
	    strcmp(rest.rest.sha256, whole.rest.sha256) != 0 ||
	    rest.rest.torn != whole.rest.torn)
		abort();
	return 0;
}
