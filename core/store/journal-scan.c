// SPDX-License-Identifier: Apache-2.0
#include "core/store/journal-scan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/trust/sha256.h"

struct scan {
	struct gv_journal_chain *chain;
	const struct gv_journal_head *head;
	bool *noted;
	gv_journal_visit *visit;
	void *arg;
	struct gv_buf text; /* of this line, as far as it may be a record */
	uint64_t bytes;	    /* of this line */
	struct gv_sha256 line;
	struct gv_sha256 rest;	      /* of what is no record, this line included */
	struct gv_sha256 rest_before; /* … not included */
	uint64_t rest_lines;
	bool nul; /* in this line */
};

static void hex_of(const struct gv_sha256 *h, char ret[GV_JOURNAL_HASH_LEN])
{
	struct gv_sha256 copy = *h;
	uint8_t digest[GV_SHA256_BYTES];

	gv_sha256_done(&copy, digest);
	gv_sha256_to_hex(digest, ret);
}

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_record(const struct gv_json *j)
{
	return gv_json_is_object(j) && gv_json_int(j, "schema", 0) > 0 &&
	       gv_json_str(j, "event");
}

/* Why a record does not follow what was before it. */
static const char *follows(const struct scan *s, const struct gv_json *j)
{
	const struct gv_journal_chain *c = s->chain;
	const struct gv_json *skipped = gv_json_get(j, "skipped");

#ifdef GV_WITHOUT_JOURNAL_CHAIN /* tests/controls: any line is as good as another */
	return NULL;
#endif
	if (!same(gv_json_str(j, "previous"), c->hash))
		return c->hash[0] ? "it does not follow the record before it"
				  : "the records before it are missing";
	if (c->rest.bytes ? gv_json_int(skipped, "bytes", -1) != (int64_t)c->rest.bytes ||
				    !same(gv_json_str(skipped, "sha256"), c->rest.sha256)
			  : skipped != NULL)
		return "it does not tell of what is between it and the record before it";
	return NULL;
}

static int tell(struct scan *s, const struct gv_journal_line *line)
{
	return s->visit ? s->visit(s->arg, line) : 0;
}

/* `torn`: the record behind it says so, or it is the end and looks like it. */
static int tell_rest(struct scan *s, uint64_t number, bool torn)
{
	struct gv_journal_line line = {
		.number = number - s->rest_lines,
		.torn = torn,
		.wrong = torn ? NULL : "it is no record",
	};

	return s->chain->rest.bytes ? tell(s, &line) : 0;
}

static int on_record(struct scan *s, const struct gv_json *j)
{
	struct gv_journal_chain *c = s->chain;
	struct gv_journal_line line = {.number = c->lines, .record = j};
	int r;

	if (c->rest.bytes)
		hex_of(&s->rest_before, c->rest.sha256);
	line.wrong = follows(s, j);
	hex_of(&s->line, line.hash);
	r = tell_rest(s, c->lines, !line.wrong);
	if (r == 0)
		r = tell(s, &line);
	c->at += c->rest.bytes + s->bytes;
	c->records++;
	memcpy(c->hash, line.hash, sizeof(c->hash));
	memset(&c->rest, 0, sizeof(c->rest));
	s->rest_lines = 0;
	gv_sha256_init(&s->rest);
	if (s->head && s->head->bytes == c->at && same(s->head->hash, c->hash))
		*s->noted = true;
	return r;
}

static void take_newline(struct scan *s)
{
	gv_sha256_add(&s->line, "\n", 1);
	gv_sha256_add(&s->rest, "\n", 1);
	s->bytes++;
}

static int end_line(struct scan *s, bool ended)
{
	struct gv_journal_chain *c = s->chain;
	struct gv_json *j = NULL;
	int r = 0;

	if (s->bytes == 0)
		return 0;
	c->lines++;
	if (s->text.len && gv_buf_error(&s->text) == 0)
		j = gv_json_parse(s->text.data, s->text.len, NULL);
	if (j && is_record(j)) {
		if (!ended) /* all but its newline, which the next one writes */
			take_newline(s);
		r = on_record(s, j);
	} else {
		c->rest.bytes += s->bytes;
		c->rest.ended = ended;
		c->rest.torn = !ended || c->rest.torn || s->nul;
		s->rest_lines++;
	}
	gv_json_free(j);
	gv_buf_clear(&s->text);
	s->bytes = 0;
	s->nul = false;
	s->rest_before = s->rest;
	gv_sha256_init(&s->line);
	return r;
}

static int take(struct scan *s, const char *data, size_t n)
{
	while (n) {
		const char *nl = memchr(data, '\n', n);
		size_t take = nl ? (size_t)(nl - data) + 1 : n;
		int r;

		gv_sha256_add(&s->line, data, take);
		gv_sha256_add(&s->rest, data, take);
		gv_buf_add(&s->text, data, nl ? take - 1 : take);
		s->nul = s->nul || memchr(data, '\0', take);
		s->bytes += take;
		r = nl ? end_line(s, true) : 0;
		if (r < 0)
			return r;
		data += take;
		n -= take;
	}
	return 0;
}

static int read_on(struct scan *s, int fd)
{
	char chunk[16384];
	off_t at = (off_t)s->chain->at;

	for (;;) {
		ssize_t n = pread(fd, chunk, sizeof(chunk), at);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		r = take(s, chunk, (size_t)n);
		if (r < 0)
			return r;
		at += n;
	}
}

int gv_journal_scan(int fd, struct gv_journal_chain *chain,
		    const struct gv_journal_head *head, bool *ret_noted,
		    gv_journal_visit *visit, void *arg)
{
	struct scan s = {
		.chain = chain,
		.head = head,
		.noted = ret_noted,
		.visit = visit,
		.arg = arg,
		.text = GV_BUF_INIT(GV_JOURNAL_LINE_MAX),
	};
	int r;

	gv_sha256_init(&s.line);
	gv_sha256_init(&s.rest);
	s.rest_before = s.rest;
	r = read_on(&s, fd);
	if (r == 0)
		r = end_line(&s, false);
	if (r == 0 && chain->rest.bytes) {
		hex_of(&s.rest, chain->rest.sha256);
		r = tell_rest(&s, chain->lines + 1, chain->rest.torn);
	}
	gv_buf_release(&s.text);
	return r;
}

/* -- the files ----------------------------------------------------------------------- */

int gv_journal_open(const struct gv_store *s, int flags)
{
	struct stat st;
	int fd = openat(s->root_fd, GV_JOURNAL_FILE,
			flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0644);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	gv_close(&fd);
	return -EINVAL;
}

/* "<bytes> <64 digits>\n" */
static int parse_head(const struct gv_buf *text, struct gv_journal_head *ret)
{
	const size_t hash = GV_SHA256_HEX - 1;
	uint8_t digest[GV_SHA256_BYTES];
	size_t n = text->len;
	const char *digits;

	if (n < hash + 3 || text->data[n - 1] != '\n' || text->data[n - hash - 2] != ' ')
		return -GV_EFORMAT;
	digits = text->data + n - hash - 1;
	if (gv_sha256_from_hex(digits, hash, digest) < 0 ||
	    gv_num_parse(text->data, n - hash - 2, INT64_MAX, &ret->bytes) < 0 ||
	    ret->bytes == 0)
		return -GV_EFORMAT;
	memcpy(ret->hash, digits, hash);
	ret->hash[hash] = '\0';
	return 0;
}

int gv_journal_head_load(const struct gv_store *s, struct gv_journal_head *ret)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(128);
	struct gv_journal_head head;
	int r = gv_read_file(s->root_fd, GV_JOURNAL_HEAD, &text);

	if (r == -ENOENT)
		return 1;
	if (r == 0)
		r = parse_head(&text, &head);
	if (r == -EFBIG || r == -EINVAL || r == -EISDIR)
		return -GV_EFORMAT;
	if (r == 0)
		*ret = head;
	return r;
}
