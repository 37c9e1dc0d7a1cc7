// SPDX-License-Identifier: Apache-2.0
/*
 * A checksum database in memory, of any size, with a key of its own, and a server for it
 * that misbehaves on request.  It shares no proof code with core/trust/: roots are
 * computed by the definition of RFC 6962 section 2.1.
 */
#ifndef TEST_TRUST_LOG_H
#define TEST_TRUST_LOG_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/tree.h"
#include "core/trust/base64.h"
#include "core/trust/merkle.h"
#include "core/trust/note.h"
#include "core/trust/record.h"
#include "core/trust/sha256.h"
#include "core/trust/sumdb.h"
#include "tests/unit/scratch.h"

#define LOG_NAME    "log.test.example"
#define VERSION	    "go1.22.5"
#define PLATFORM    "linux-amd64"
#define LINE_PREFIX "golang.org/toolchain v0.0.1-" VERSION "." PLATFORM
#define GOOD_H1	    "h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0="
#define EVIL_H1	    "h1:AAAAAPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0="
#define GOOD_TEXT   LINE_PREFIX " " GOOD_H1 "\n" LINE_PREFIX "/go.mod " GOOD_H1 "\n"
#define EVIL_TEXT   LINE_PREFIX " " EVIL_H1 "\n" LINE_PREFIX "/go.mod " EVIL_H1 "\n"

enum { TILE_LEVELS = 3 };

struct log {
	unsigned char pk[crypto_sign_PUBLICKEYBYTES];
	unsigned char sk[crypto_sign_SECRETKEYBYTES];
	struct gv_vkey key;
	uint64_t n;
	struct gv_hash *level[TILE_LEVELS]; /* of 256^level records each */
	const char *variant;		    /* two logs of other variants differ */
};

/* The text of an ordinary record. */
static inline void log_text(const struct log *l, uint64_t id, char *ret, size_t cap)
{
	snprintf(ret, cap,
		 "example.com/m%llu v1.0.0 %s\nexample.com/m%llu v1.0.0/go.mod %s\n",
		 (unsigned long long)id, l->variant, (unsigned long long)id, l->variant);
}

static inline void log_make_key(struct log *l, unsigned char seed_byte)
{
	unsigned char seed[crypto_sign_SEEDBYTES], raw[33] = {1}, digest[32];
	char base64[64], text[256];
	struct gv_sha256 h;

	memset(seed, seed_byte, sizeof(seed));
	assert_int_equal(crypto_sign_seed_keypair(l->pk, l->sk, seed), 0);
	memcpy(raw + 1, l->pk, 32);
	gv_sha256_init(&h);
	gv_sha256_add(&h, LOG_NAME "\n", strlen(LOG_NAME "\n"));
	gv_sha256_add(&h, raw, sizeof(raw));
	gv_sha256_done(&h, digest);
	gv_base64_encode(raw, sizeof(raw), base64);
	snprintf(text, sizeof(text), LOG_NAME "+%02x%02x%02x%02x+%s", digest[0],
		 digest[1], digest[2], digest[3], base64);
	assert_int_equal(gv_vkey_parse(text, &l->key), 0);
}

/* Level by level, the hash of the 256 that number `i` of `level` stands for. */
static inline void log_fold(struct log *l, int level, uint64_t i)
{
	struct gv_hash fold[256];

	memcpy(fold, l->level[level - 1] + i * 256, sizeof(fold));
	for (int w = 128; w; w /= 2)
		for (int k = 0; k < w; k++)
			fold[k] = gv_merkle_node(&fold[2 * k], &fold[2 * k + 1]);
	l->level[level][i] = fold[0];
}

static inline void log_set_leaf(struct log *l, uint64_t id, const char *text)
{
	l->level[0][id] = gv_merkle_leaf(text, strlen(text));
}

/* Puts a record in another one's place. */
static inline void log_set(struct log *l, uint64_t id, const char *text)
{
	log_set_leaf(l, id, text);
	for (int level = 1; level < TILE_LEVELS; level++)
		if (id >> (8 * level) < l->n >> (8 * level))
			log_fold(l, level, id >> (8 * level));
}

/* `at`: which record is `text`; it may be NULL. */
static inline void log_init(struct log *l, uint64_t n, const char *variant, uint64_t at,
			    const char *text)
{
	memset(l, 0, sizeof(*l));
	l->n = n;
	l->variant = variant;
	log_make_key(l, 7);
	for (int level = 0; level < TILE_LEVELS; level++)
		l->level[level] = calloc((n >> (8 * level)) + 1, sizeof(struct gv_hash));
	for (uint64_t i = 0; i < n; i++) {
		char buf[512];

		log_text(l, i, buf, sizeof(buf));
		if (i == at && text)
			snprintf(buf, sizeof(buf), "%s", text);
		l->level[0][i] = gv_merkle_leaf(buf, strlen(buf));
	}
	for (int level = 1; level < TILE_LEVELS; level++)
		for (uint64_t i = 0; i < l->n >> (8 * level); i++)
			log_fold(l, level, i);
}

static inline void log_release(struct log *l)
{
	for (int level = 0; level < TILE_LEVELS; level++)
		free(l->level[level]);
}

/* MTH of RFC 6962 over records lo to hi. */
static inline struct gv_hash log_hash(const struct log *l, uint64_t lo, uint64_t hi)
{
	uint64_t k = 1;
	struct gv_hash a, b;

	for (int level = 0; level < TILE_LEVELS; level++)
		if (hi - lo == UINT64_C(1) << (8 * level) && lo % (hi - lo) == 0)
			return l->level[level][lo / (hi - lo)];
	while (k * 2 < hi - lo)
		k *= 2;
	a = log_hash(l, lo, lo + k);
	b = log_hash(l, lo + k, hi);
	return gv_merkle_node(&a, &b);
}

/* Appends one signature line. */
static inline void sign(struct gv_buf *b, const struct log *l, size_t text_len)
{
	unsigned char raw[4 + crypto_sign_BYTES];
	char base64[128];

	raw[0] = l->key.hash >> 24;
	raw[1] = l->key.hash >> 16;
	raw[2] = l->key.hash >> 8;
	raw[3] = l->key.hash;
	assert_int_equal(crypto_sign_detached(raw + 4, NULL, (unsigned char *)b->data,
					      text_len, l->sk),
			 0);
	gv_base64_encode(raw, sizeof(raw), base64);
	gv_buf_format(b, "\xe2\x80\x94 %s %s\n", l->key.name, base64);
}

/* The head of the tree of `size` records; `extra` lines are signed with it. */
static inline void log_note(const struct log *l, uint64_t size, const char *extra,
			    struct gv_buf *ret)
{
	struct gv_hash root;
	char base64[GV_HASH_BASE64];
	size_t text_len;

	if (size)
		root = log_hash(l, 0, size);
	else
		gv_sha256_of("", 0, root.b);
	gv_hash_to_base64(&root, base64);
	gv_buf_clear(ret);
	gv_buf_format(ret, "go.sum database tree\n%llu\n%s\n%s", (unsigned long long)size,
		      base64, extra);
	text_len = ret->len;
	gv_buf_add_str(ret, "\n");
	sign(ret, l, text_len);
	assert_int_equal(gv_buf_error(ret), 0);
}

/* -- the server ---------------------------------------------------------------------- */

enum mischief {
	HONEST,
	FLIP_ALL,   /* every hash of the tile */
	FLIP_FIRST, /* one bit of the first hash */
	SHORT,	    /* a byte less */
	LONG,	    /* a byte more */
	EMPTY,
	UNREACHABLE,
};

struct server {
	const struct log *log;
	uint64_t size;	  /* of the tree whose head comes with answers */
	uint64_t id;	  /* of the record in the answers */
	const char *text; /* instead of that record's; NULL: of an ordinary record */
	const char *gap;  /* put between the record and the note, behind the empty line */
	const char *extra;  /* signed with the note */
	const char *answer; /* instead of all that */
	int lookup_error;
	uint64_t latest;	 /* size of the tree that /latest shows */
	const char *latest_note; /* instead of that head */
	int latest_error, latest_asked;
	unsigned quiet_days; /* what the client was told */
	bool read_only;	     /* the client's store */
	bool no_partial;     /* 404 for partial tiles */
	enum mischief mischief;
	int victim; /* which tile request; -1: each */
	int tiles, lookups, partial;
	char paths[64][64];
	void (*before_tile)(struct server *s);
	void *arg;
};

static inline int serve_tile(struct server *s, const char *path, struct gv_buf *ret)
{
	unsigned level = 0, width = 256;
	const char *p = path + strlen("/tile/8/");
	uint64_t index = 0, have;
	char *end;
	size_t from;

	level = strtoul(p, &end, 10);
	assert_int_equal(*end, '/');
	for (p = end + 1; *p == 'x'; p += 5)
		index = index * 1000 + strtoul((char[]){p[1], p[2], p[3], 0}, NULL, 10);
	index = index * 1000 + strtoul((char[]){p[0], p[1], p[2], 0}, NULL, 10);
	p += 3;
	if (strncmp(p, ".p/", 3) == 0) {
		width = strtoul(p + 3, &end, 10);
		p = end;
		s->partial++;
		assert_in_range(width, 1, 255);
	}
	assert_int_equal(*p, '\0');
	assert_in_range(level, 0, TILE_LEVELS - 1);
	have = s->log->n >> (8 * level);
	if (index * 256 + width > have || (width < 256 && s->no_partial))
		return -GV_EGONE;
	from = ret->len;
	gv_buf_add(ret, s->log->level[level] + index * 256,
		   width * sizeof(struct gv_hash));
	if (s->victim >= 0 && s->victim != s->tiles - 1)
		return gv_buf_error(ret);
	switch (s->mischief) {
	case FLIP_ALL:
		for (unsigned i = 0; i < width; i++)
			ret->data[from + i * 32 + i % 32] ^= 1 << i % 8;
		break;
	case FLIP_FIRST:
		ret->data[from] ^= 1;
		break;
	case SHORT:
		ret->len--;
		break;
	case LONG:
		ret->max = 0;
		gv_buf_add(ret, "x", 1);
		break;
	case EMPTY:
		ret->len = 0;
		break;
	case UNREACHABLE:
		return -GV_EREMOTE;
	case HONEST:
		break;
	}
	return gv_buf_error(ret);
}

static inline int serve(void *arg, const char *path, struct gv_buf *ret,
			struct gv_err *err)
{
	struct server *s = arg;
	struct gv_buf note = GV_BUF_INIT(0);
	char text[512];
	int r;

	if (strncmp(path, "/tile/", 6) == 0) {
		if (s->before_tile)
			s->before_tile(s);
		snprintf(s->paths[s->tiles++ % 64], 64, "%s", path);
		r = serve_tile(s, path, ret);
		return r < 0 ? gv_err_set(err, r, "no %s", path) : 0;
	}
	if (strcmp(path, "/latest") == 0) {
		s->latest_asked++;
		if (s->latest_error)
			return gv_err_set(err, s->latest_error, "no %s", path);
		if (s->latest_note)
			return gv_buf_add_str(ret, s->latest_note);
		log_note(s->log, s->latest, "", &note);
		gv_buf_add(ret, note.data, note.len);
		gv_buf_release(&note);
		return gv_buf_error(ret);
	}
	s->lookups++;
	assert_string_equal(path,
			    "/lookup/golang.org/toolchain@v0.0.1-" VERSION "." PLATFORM);
	if (s->lookup_error)
		return gv_err_set(err, s->lookup_error, "the log is asleep");
	if (s->answer)
		return gv_buf_add_str(ret, s->answer);
	log_text(s->log, s->id, text, sizeof(text));
	log_note(s->log, s->size, s->extra ? s->extra : "", &note);
	gv_buf_format(ret, "%llu\n%s\n%s%s", (unsigned long long)s->id,
		      s->text ? s->text : text, s->gap ? s->gap : "", note.data);
	gv_buf_release(&note);
	return gv_buf_error(ret);
}

/* -- directories --------------------------------------------------------------------- */

static char test_dir[4096];

static inline int make_test_dir(void **state)
{
	(void)state;
	return make_scratch(test_dir, sizeof(test_dir)) ? 0 : -1;
}

static inline int remove_test_dir(void **state)
{
	(void)state;
	return gv_tree_remove(AT_FDCWD, test_dir);
}

static inline int open_test_dir(const char *name)
{
	char path[5000];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", test_dir, name);
	mkdir(path, 0777);
	fd = gv_open_dir(AT_FDCWD, path);
	assert_true(fd >= 0);
	return fd;
}

/* Whether the file there is exactly this. */
static inline bool file_is(int dir, const char *name, const char *data, size_t n)
{
	struct gv_buf b = GV_BUF_INIT(0);
	bool same = gv_read_file(dir, name, &b) == 0 && b.len == n &&
		    memcmp(b.data, data, n) == 0;

	gv_buf_release(&b);
	return same;
}

static inline int lookup(struct server *s, int heads, int cache, char h1[GV_H1_LEN],
			 struct gv_err *err)
{
	struct gv_sumdb db = {
		.key = &s->log->key,
		.get = serve,
		.get_arg = s,
		.heads_dir = heads,
		.read_only = s->read_only,
		.cache_dir = cache,
		.ret_quiet_days = &s->quiet_days,
	};
	struct gv_record record = {.id = 99};
	struct gv_err untouched = GV_ERR_INIT;
	char again[GV_H1_LEN];
	int r;

	s->tiles = s->lookups = s->partial = s->latest_asked = 0;
	*err = untouched;
	h1[0] = '\0';
	r = gv_sumdb_lookup(&db, VERSION, PLATFORM, &record, h1, err);
	if (r == 0) {
		/* The record proves itself, without the log. */
		assert_int_equal(err->code, 0);
		assert_int_equal(gv_record_check(&record, &s->log->key, VERSION, PLATFORM,
						 again, err),
				 0);
		assert_string_equal(again, h1);
		assert_string_equal(record.log, s->log->key.text);
		gv_record_release(&record);
	} else {
		assert_int_equal(err->code, r);
		assert_true(err->message[0]);
		assert_null(strchr(err->message, '\n'));
		assert_string_equal(h1, "");
		assert_int_equal(record.id, 99);
	}
	return r;
}

#endif
