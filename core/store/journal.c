// SPDX-License-Identifier: Apache-2.0
#include "core/store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/store/journal-scan.h"
#include "core/store/layout.h"
#include "core/store/who.h"
#include "core/trust/sha256.h"

enum { WAIT_MS = 10 * 1000 };

/* What the next record follows. */
struct end {
	char previous[GV_JOURNAL_HASH_LEN]; /* "": nothing */
	uint64_t skipped; /* bytes before it that a crash left; 0: none */
	char skipped_sha256[GV_JOURNAL_HASH_LEN];
	bool open;  /* the last line has no newline */
	bool noted; /* there was a note of it */
};

static int ends_open(int fd, off_t size, bool *ret)
{
	char last = '\n';
	ssize_t n = size ? pread(fd, &last, 1, size - 1) : 1;

	if (n != 1)
		return n < 0 ? -errno : -EIO;
	*ret = last != '\n';
	return 0;
}

/* What a crash left of a line, and the newline that ends it now. */
static int skip_rest(int fd, const struct gv_journal_chain *c, struct end *ret)
{
	char chunk[4096];
	struct gv_sha256 hash;
	uint8_t digest[GV_SHA256_BYTES];

	gv_sha256_init(&hash);
	for (uint64_t done = 0; done < c->rest.bytes;) {
		uint64_t left = c->rest.bytes - done;
		ssize_t n = pread(fd, chunk, left < sizeof(chunk) ? left : sizeof(chunk),
				  (off_t)(c->at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		gv_sha256_add(&hash, chunk, (size_t)n);
		done += (uint64_t)n;
	}
	if (ret->open)
		gv_sha256_add(&hash, "\n", 1);
	gv_sha256_done(&hash, digest);
	gv_sha256_to_hex(digest, ret->skipped_sha256);
	ret->skipped = c->rest.bytes + ret->open;
	return 0;
}

/*
 * From the noted end on: normally there is nothing behind it; after a crash, or on NFS
 * where we see an older note, there is.  Whatever else is amiss is not looked for here,
 * and not covered up either: the chain goes on from the note.
 */
static int find_end(const struct gv_store *s, int fd, off_t size, struct end *ret)
{
	struct gv_journal_chain c = {0};
	struct gv_journal_head head = {0};
	int r = gv_journal_head_load(s, &head);

	if (r < 0 && r != -GV_EFORMAT)
		return r;
	ret->noted = r == 0;
	if (ret->noted) {
		c.at = head.bytes;
		memcpy(c.hash, head.hash, sizeof(c.hash));
	}
	r = 0;
	if ((uint64_t)size > c.at)
		r = gv_journal_scan(fd, &c, NULL, NULL, NULL, NULL);
	memcpy(ret->previous, c.hash, sizeof(c.hash));
	if (r == 0)
		r = ends_open(fd, size, &ret->open);
	if (r == 0 && c.rest.bytes && c.rest.torn)
		r = skip_rest(fd, &c, ret);
	return r;
}

static void set(struct gv_json *j, const char *key, const char *value)
{
	if (value && value[0])
		gv_json_set_str(j, key, value);
}

/* The line, with a newline before it where the last one has none. */
static int format(const struct gv_store *s, const struct gv_journal_entry *e,
		  const struct end *end, struct gv_buf *ret)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *j = gv_json_new_object();

	gv_json_set_int(j, "schema", 1);
	gv_json_set_str(j, "previous", end->previous[0] ? end->previous : NULL);
	if (end->skipped) {
		struct gv_json *skipped = gv_json_new_object();

		gv_json_set_int(skipped, "bytes", (int64_t)end->skipped);
		gv_json_set_str(skipped, "sha256", end->skipped_sha256);
		gv_json_set(j, "skipped", skipped);
	}
	gv_who_put(j);
	gv_json_set_str(j, "platform", s->platform);
	gv_json_set_str(j, "command", e->command);
	gv_json_set_str(j, "event", e->event);
	set(j, "version", e->version);
	set(j, "tag", e->tag);
	set(j, "before", e->before);
	set(j, "h1", e->h1);
	set(j, "trust", e->trust);
	set(j, "source", e->source);
	if (e->generation)
		gv_json_set_int(j, "generation", (int64_t)e->generation);
	set(j, "reason", e->reason);
	if (end->open)
		gv_buf_add(ret, "\n", 1);
	return gv_json_dump(j, false, ret);
}

/* The note follows the line: it may be missing, and is never ahead. */
static void note_end(const struct gv_store *s, uint64_t bytes, const char *line, size_t n)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	uint8_t digest[GV_SHA256_BYTES];
	char hex[GV_SHA256_HEX];

	gv_sha256_of(line, n, digest);
	gv_sha256_to_hex(digest, hex);
	if (gv_buf_format(&text, "%llu %s\n", (unsigned long long)bytes, hex) == 0)
		(void)!gv_save_file(s->root_fd, GV_JOURNAL_HEAD, text.data, text.len,
				    0644 | GV_MODE_EXACT); /* the next one goes on from
							      where it was */
}

/* By rule, whatever the umask; its group may add to it where it shares the store. */
static int share(const struct gv_store *s, int fd, const struct stat *st)
{
	mode_t mode = gv_group_shares(s->root_fd, GV_JOURNAL_FILE) ? 0664 : 0644;

	if (st->st_uid != geteuid() || (st->st_mode & 07777) == mode)
		return 0;
	return fchmod(fd, mode) < 0 ? -errno : 0;
}

static int append(const struct gv_store *s, const struct gv_journal_entry *e, bool alone,
		  struct gv_buf *ret)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	GV_CLEANUP(gv_close) int fd = gv_journal_open(s, O_RDWR | O_APPEND | O_CREAT);
	struct end end = {0};
	struct stat st;
	int r = fd < 0 ? fd : fstat(fd, &st) < 0 ? -errno : share(s, fd, &st);

	if (r == 0)
		r = find_end(s, fd, st.st_size, &end);
	if (r == 0)
		r = format(s, e, &end, &text);
	if (r == 0)
		r = gv_write_all(fd, text.data, text.len);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	/* Its name: who made the file may have been killed before it was durable. */
	if (r == 0 && !end.noted)
		r = gv_sync_dir(s->root_fd);
	/* Beside others without a lock nobody knows where the line came to lie. */
	if (r == 0 && alone)
		note_end(s, (uint64_t)st.st_size + text.len, text.data + end.open,
			 text.len - end.open);
	if (r == 0)
		r = gv_buf_add(ret, text.data + end.open, text.len - end.open);
	return r;
}

int gv_journal_append(const struct gv_store *s, const struct gv_journal_entry *e,
		      struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf unused = GV_BUF_INIT(0);

	return gv_journal_append_line(s, e, &unused, err);
}

int gv_journal_append_line(const struct gv_store *s, const struct gv_journal_entry *e,
			   struct gv_buf *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_lock_drop) struct gv_lock lock = GV_LOCK_INIT;
	int r;

	if (!s->writable)
		return 0;
	r = gv_lock_take(&lock, s->root_fd, GV_JOURNAL_LOCK, WAIT_MS, NULL, NULL);
	if (r == -EWOULDBLOCK)
		return gv_err_set(err, -GV_EFAILED,
				  "cannot write the journal in '%s': another process "
				  "has held it for too long",
				  s->root);
	if (r >= 0)
		r = append(s, e, r == 0, ret);
	return r < 0 ? gv_store_refused(s, r, "write the journal", err) : 0;
}

/* -- reading ------------------------------------------------------------------------- */

static const char *judge_end(const struct gv_journal_head *head, int loaded, bool noted,
			     const struct gv_journal_chain *c)
{
#ifdef GV_WITHOUT_JOURNAL_END /* tests/controls: any end will do */
	return NULL;
#endif
	if (loaded == -GV_EFORMAT)
		return "what was noted of its end is damaged";
	if (loaded != 0 || noted)
		return NULL;
	return c->at + c->rest.bytes < head->bytes
		       ? "records at its end are missing"
		       : "the record that was noted as its last is not there";
}

int gv_journal_read(const struct gv_store *s, gv_journal_visit *visit, void *arg,
		    struct gv_journal_end *ret, struct gv_err *err)
{
	struct gv_journal_chain c = {0};
	struct gv_journal_head head = {0};
	/* The note first: what is added meanwhile is behind it. */
	int loaded = gv_journal_head_load(s, &head);
	GV_CLEANUP(gv_close) int fd = gv_journal_open(s, O_RDONLY);
	bool noted = false;
	int r = fd == -ENOENT ? 0 : fd;

	if (loaded < 0 && loaded != -GV_EFORMAT)
		return gv_err_sys(err, loaded, "cannot read '%s/" GV_JOURNAL_HEAD "'",
				  s->root);
	if (fd >= 0)
		r = gv_journal_scan(fd, &c, loaded == 0 ? &head : NULL, &noted, visit,
				    arg);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s/" GV_JOURNAL_FILE "'",
				  s->root);
	*ret = (struct gv_journal_end){.records = c.records};
	memcpy(ret->head, c.hash, sizeof(ret->head));
	ret->wrong = judge_end(&head, loaded, noted, &c);
	return 0;
}

int gv_journal_sync(const struct gv_store *s, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int fd = gv_journal_open(s, O_RDONLY);
	int r = fd < 0 ? fd : 0;

#ifndef GV_WITHOUT_SIGNED_SYNC /* tests/controls: signed, and perhaps lost */
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
#endif
	return r < 0 ? gv_err_sys(err, r, "cannot make the journal in '%s' durable",
				  s->root)
		     : 0;
}
