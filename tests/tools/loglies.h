// SPDX-License-Identifier: Apache-2.0
/*
 * A checksum database of its own key, in memory, that lies as it is told, the client of
 * core/trust/ against it, and TAP: what the programs loglies-*.c share.
 *
 * Record i of the log is that of go1.22.<i>, so that each place of the tree can be looked
 * up.  TORTURE=full tries every case, otherwise a part of them, the same each time.
 */
#ifndef TESTS_TOOLS_LOGLIES_H
#define TESTS_TOOLS_LOGLIES_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/tree.h"
#include "core/trust/base64.h"
#include "core/trust/merkle.h"
#include "core/trust/sumdb.h"

#define NAME	 "sum.test.example"
#define PLATFORM "linux-amd64"
#define MODULE	 "golang.org/toolchain v0.0.1-go1.22."
#define DASH	 "\xe2\x80\x94 "

#define N 65541u /* records */

enum { LEVELS = 17, TILE = 256, WIDE = 3 };

/* -- results ------------------------------------------------------------------------- */

static bool full;
static unsigned failures;
static unsigned long tried, bad;
static unsigned long counter;

static inline void begin(void)
{
	tried = bad = counter = 0;
}

__attribute__((format(printf, 1, 2))) static inline void wrong(const char *fmt, ...)
{
	va_list ap;

	if (bad++ >= 10)
		return;
	va_start(ap, fmt);
	fputs("# bad: ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

static inline void end(const char *what)
{
	printf("# tried %lu cases of %s, bad states: %lu\n", tried, what, bad);
	printf("%sok - %s\n", bad || !tried ? "not " : "", what);
	failures += bad || !tried;
	fflush(stdout);
}

/* One of `n`, where not everything is tried. */
static inline bool chosen(unsigned n)
{
	return full || n <= 1 || counter++ * 2654435761u % 4294967296u < 4294967296u / n;
}

static inline void need(bool ok, const char *what)
{
	if (ok)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

/* -- the log ------------------------------------------------------------------------- */

struct signer {
	unsigned char secret[crypto_sign_SECRETKEYBYTES];
	unsigned char hash[4];
	char vkey[256];
};

static struct signer ours, other;
static struct gv_vkey key;

static inline void make_signer(struct signer *s, const char *name,
			       unsigned char seed_byte)
{
	unsigned char seed[crypto_sign_SEEDBYTES], raw[33] = {1}, digest[32];
	char text[1024], base64[64];
	size_t n;

	memset(seed, seed_byte, sizeof(seed));
	crypto_sign_seed_keypair(raw + 1, s->secret, seed);
	n = snprintf(text, sizeof(text), "%s\n", name);
	memcpy(text + n, raw, sizeof(raw));
	crypto_hash_sha256(digest, (unsigned char *)text, n + sizeof(raw));
	memcpy(s->hash, digest, 4);
	gv_base64_encode(raw, sizeof(raw), base64);
	snprintf(s->vkey, sizeof(s->vkey), "%s+%02x%02x%02x%02x+%s", name, digest[0],
		 digest[1], digest[2], digest[3], base64);
}

struct history {
	struct gv_hash *level[LEVELS]; /* of complete subtrees of 2^i records */
};

static inline void h1_of(unsigned id, char ret[GV_H1_LEN])
{
	unsigned char digest[32];

	crypto_hash_sha256(digest, (unsigned char *)&id, sizeof(id));
	memcpy(ret, "h1:", 3);
	gv_base64_encode(digest, sizeof(digest), ret + 3);
}

static inline void text_of(unsigned id, char *ret, size_t cap)
{
	char h1[GV_H1_LEN];

	h1_of(id, h1);
	snprintf(ret, cap,
		 MODULE "%u." PLATFORM " %s\n" MODULE "%u." PLATFORM "/go.mod %s\n", id,
		 h1, id, h1);
}

/* Puts `text` in the place of a record, NULL: what belongs there. */
static inline void set_record(struct history *h, unsigned id, const char *text)
{
	char own[512];

	text_of(id, own, sizeof(own));
	text = text ? text : own;
	h->level[0][id] = gv_merkle_leaf(text, strlen(text));
	for (unsigned k = 1; k < LEVELS && id >> k < N >> k; k++)
		h->level[k][id >> k] =
			gv_merkle_node(&h->level[k - 1][id >> k << 1],
				       &h->level[k - 1][(id >> k << 1) + 1]);
}

static inline void make_history(struct history *h)
{
	for (unsigned k = 0; k < LEVELS; k++) {
		h->level[k] = calloc((N >> k) + 1, sizeof(struct gv_hash));
		need(h->level[k] != NULL, "memory");
	}
	for (unsigned i = 0; i < N; i++) {
		char text[512];

		text_of(i, text, sizeof(text));
		h->level[0][i] = gv_merkle_leaf(text, strlen(text));
	}
	for (unsigned k = 1; k < LEVELS; k++)
		for (unsigned i = 0; i < N >> k; i++)
			h->level[k][i] = gv_merkle_node(&h->level[k - 1][2 * i],
							&h->level[k - 1][2 * i + 1]);
}

/* MTH of RFC 6962 over the first `size` records: complete subtrees, from the right. */
static inline struct gv_hash root_of(const struct history *h, unsigned size)
{
	struct gv_hash root = {{0}};
	bool any = false;

	for (unsigned k = 0; k < LEVELS; k++) {
		if (!(size >> k & 1))
			continue;
		root = any ? gv_merkle_node(&h->level[k][(size >> k) - 1], &root)
			   : h->level[k][(size >> k) - 1];
		any = true;
	}
	return root;
}

/* -- notes --------------------------------------------------------------------------- */

/* "— name base64" without a newline: a signature of `text` by a key, as said. */
static inline void add_signature(struct gv_buf *b, const struct signer *s,
				 const char *name, const unsigned char hash[4],
				 const char *text, size_t n)
{
	unsigned char raw[4 + crypto_sign_BYTES];
	char base64[128];

	memcpy(raw, hash, 4);
	crypto_sign_detached(raw + 4, NULL, (const unsigned char *)text, n, s->secret);
	gv_base64_encode(raw, sizeof(raw), base64);
	gv_buf_format(b, DASH "%s %s", name, base64);
}

static inline void head_text(const struct history *h, unsigned size, struct gv_buf *ret)
{
	struct gv_hash root = root_of(h, size);
	char base64[GV_HASH_BASE64];

	gv_hash_to_base64(&root, base64);
	gv_buf_format(ret, "go.sum database tree\n%u\n%s\n", size, base64);
}

/* A note over any text, by our key. */
static inline void sign_note(const char *text, struct gv_buf *ret)
{
	gv_buf_format(ret, "%s\n", text);
	add_signature(ret, &ours, NAME, ours.hash, text, strlen(text));
	gv_buf_add_str(ret, "\n");
}

static inline void make_note(const struct history *h, unsigned size, struct gv_buf *ret)
{
	struct gv_buf text = GV_BUF_INIT(0);

	head_text(h, size, &text);
	sign_note(text.data, ret);
	gv_buf_release(&text);
}

/* -- the server ---------------------------------------------------------------------- */

enum lie {
	HONEST,
	ONE_HASH,    /* hash number `at` of the victim changed */
	ALL_HASHES,  /* each one */
	ZEROS,	     /* nothing but 0 */
	EMPTY,	     /* no byte */
	SHORT,	     /* a byte less */
	SHORT_HASH,  /* a hash less */
	LONG,	     /* a byte more */
	LONG_HASH,   /* a hash more */
	OTHER_WIDTH, /* a partial tile as long as a full one, a full one as a partial */
	SHIFTED,     /* beginning one hash later */
	NEIGHBOUR,   /* another tile's hashes */
	SWAPPED,     /* first and last hash exchanged */
	LIES,
};

struct request {
	unsigned level, index, width;
};

struct liar {
	const struct history *tiles; /* of what history */
	const struct history *heads;
	unsigned size; /* of the head that comes with answers */
	const char *answer;
	size_t answer_len;
	enum lie lie;
	struct request victim;
	unsigned at;
	bool no_partial; /* 404 for partial tiles */
	struct request asked[64];
	unsigned n_asked;
	/* the client */
	int heads_dir, cache_dir;
	bool read_only;
	void (*before_tile)(struct liar *l);
	unsigned meanwhile;
};

static inline bool same_tile(const struct request *a, const struct request *b)
{
	return a->level == b->level && a->index == b->index;
}

static inline bool parse_tile(const char *path, struct request *ret)
{
	unsigned n = 0, width = TILE;
	int used = 0;
	const char *p;

	if (sscanf(path, "/tile/8/%u/%n", &ret->level, &used) != 1)
		return false;
	for (p = path + used; *p == 'x'; p += 5)
		n = n * 1000 + (unsigned)strtoul((char[]){p[1], p[2], p[3], 0}, NULL, 10);
	n = n * 1000 + (unsigned)strtoul((char[]){p[0], p[1], p[2], 0}, NULL, 10);
	if (p[3] && sscanf(p + 3, ".p/%u", &width) != 1)
		return false;
	ret->index = n;
	ret->width = width;
	return true;
}

static inline void tell_lie(const struct liar *l, const struct request *q,
			    struct gv_hash *tile, size_t *n)
{
	struct gv_hash first = tile[0];

	switch (l->lie) {
	case ONE_HASH:
		tile[l->at].b[l->at % 32] ^= (uint8_t)(1 << l->at % 8);
		break;
	case ALL_HASHES:
		for (unsigned i = 0; i < q->width; i++)
			tile[i].b[i % 32] ^= 1;
		break;
	case ZEROS:
		memset(tile, 0, *n);
		break;
	case EMPTY:
		*n = 0;
		break;
	case SHORT:
		--*n;
		break;
	case SHORT_HASH:
		*n -= sizeof(*tile);
		break;
	case LONG:
		++*n;
		break;
	case LONG_HASH:
		*n += sizeof(*tile);
		break;
	case OTHER_WIDTH:
		*n = q->width == TILE ? TILE / 2 * sizeof(*tile) : TILE * sizeof(*tile);
		break;
	case SHIFTED:
		memmove(tile, tile + 1, *n);
		break;
	case NEIGHBOUR:
		for (unsigned i = 0; i < q->width; i++)
			tile[i] = l->tiles->level[(q->level * 8 + 1) % 16]
						 [(q->index * TILE + i + 7) %
						  (N >> (q->level * 8 + 1) % 16)];
		break;
	case SWAPPED:
		tile[0] = tile[q->width - 1];
		tile[q->width - 1] = first;
		break;
	case HONEST:
	case LIES:
		break;
	}
}

static inline int serve_tile(struct liar *l, const struct request *q, struct gv_buf *ret)
{
	struct gv_hash tile[TILE + 1];
	unsigned first = q->index * TILE;
	unsigned have = q->level < WIDE ? N >> (8 * q->level) : 0;
	size_t n = q->width * sizeof(*tile);

	if (first >= have || q->width > have - first ||
	    (q->width < TILE && l->no_partial))
		return -GV_EGONE;
	memset(tile, 0xaa, sizeof(tile));
	memcpy(tile, &l->tiles->level[8 * q->level][first], n);
	if (l->lie && same_tile(q, &l->victim))
		tell_lie(l, q, tile, &n);
	/* No more than the client wants to hear: core/worker/fetcher.h. */
	if (ret->max && n > ret->max)
		return -EFBIG;
	return gv_buf_add(ret, tile, n);
}

static inline int serve(void *arg, const char *path, struct gv_buf *ret,
			struct gv_err *err)
{
	struct liar *l = arg;
	struct gv_buf note = GV_BUF_INIT(0);
	char text[512];
	unsigned id;
	struct request q;
	int r;

	if (parse_tile(path, &q)) {
		if (l->before_tile)
			l->before_tile(l);
		if (l->n_asked < 64)
			l->asked[l->n_asked++] = q;
		r = serve_tile(l, &q, ret);
		return r < 0 ? gv_err_set(err, r, "no %s", path) : 0;
	}
	if (l->answer)
		return gv_buf_add(ret, l->answer, l->answer_len);
	if (sscanf(path, "/lookup/golang.org/toolchain@v0.0.1-go1.22.%u", &id) != 1)
		return gv_err_set(err, -GV_EGONE, "no %s", path);
	text_of(id, text, sizeof(text));
	make_note(l->heads, l->size, &note);
	gv_buf_format(ret, "%u\n%s\n%s", id, text, note.data);
	gv_buf_release(&note);
	return gv_buf_error(ret);
}

/* -- the client ---------------------------------------------------------------------- */

/* Returns what the client did; what it accepted has to be true and to prove itself. */
static inline int ask(struct liar *l, unsigned id, struct gv_err *err)
{
	struct gv_sumdb db = {
		.key = &key,
		.get = serve,
		.get_arg = l,
		.heads_dir = l->heads_dir,
		.cache_dir = l->cache_dir,
		.read_only = l->read_only,
	};
	struct gv_record record;
	char version[32], h1[GV_H1_LEN], is[GV_H1_LEN], again[GV_H1_LEN];
	int r;

	*err = GV_ERR_INIT;
	l->n_asked = 0;
	snprintf(version, sizeof(version), "go1.22.%u", id);
	r = gv_sumdb_lookup(&db, version, PLATFORM, &record, h1, err);
	if (r < 0)
		return r;
	h1_of(id, is);
	if (strcmp(h1, is) != 0)
		wrong("record %u: a wrong h1 was believed", id);
	if (gv_record_check(&record, &key, version, PLATFORM, again, err) < 0)
		wrong("record %u: accepted, and does not prove itself", id);
	gv_record_release(&record);
	return 0;
}

static inline void must_hold(struct liar *l, unsigned id, const char *what)
{
	struct gv_err err;

	tried++;
	if (ask(l, id, &err) < 0)
		wrong("honest, and refused: %s, size %u, record %u: %s", what, l->size,
		      id, err.message);
}

static inline void must_fail(struct liar *l, unsigned id, const char *what)
{
	struct gv_err err;

	tried++;
	if (ask(l, id, &err) >= 0)
		wrong("accepted: %s, size %u, record %u", what, l->size, id);
	else if (!err.message[0] || strchr(err.message, '\n'))
		wrong("no message of one line: %s", what);
}

static char top[PATH_MAX];

static inline int open_dir(const char *name)
{
	char path[PATH_MAX + 64];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	need(mkdir(path, 0777) == 0 || errno == EEXIST, path);
	fd = gv_open_dir(AT_FDCWD, path);
	need(fd >= 0, path);
	return fd;
}

static inline void remember(int heads, const struct history *h, unsigned size)
{
	struct gv_buf note = GV_BUF_INIT(0);

	(void)unlinkat(heads, NAME, 0);
	if (size) {
		make_note(h, size, &note);
		need(gv_save_file(heads, NAME, note.data, note.len, 0666) == 0, "a head");
	}
	gv_buf_release(&note);
}

static inline bool is_remembered(int heads, const struct history *h, unsigned size)
{
	struct gv_buf note = GV_BUF_INIT(0), is = GV_BUF_INIT(0);
	bool same;

	make_note(h, size, &note);
	same = gv_read_file(heads, NAME, &is) == 0 && is.len == note.len &&
	       memcmp(is.data, note.data, is.len) == 0;
	gv_buf_release(&note);
	gv_buf_release(&is);
	return same;
}

/* Takes away what tells of forks; returns how many there were. */
static inline unsigned take_forks(int heads)
{
	struct gv_list names = GV_LIST_INIT;
	unsigned n = 0;

	need(gv_list_dir(heads, ".", &names) == 0, "log-heads");
	for (size_t i = 0; i < names.n; i++)
		if (strstr(names.items[i], ".fork-") &&
		    unlinkat(heads, names.items[i], 0) == 0)
			n++;
	gv_list_release(&names);
	return n;
}

/* -- sizes --------------------------------------------------------------------------- */

static unsigned sizes[128], n_sizes;

static inline void make_sizes(void)
{
	static const unsigned ranges[][2] = {
		{1, 40}, {255, 260}, {511, 520}, {65535, 65540}};

	for (size_t i = 0; i < GV_COUNT(ranges); i++)
		for (unsigned n = ranges[i][0]; n <= ranges[i][1]; n++)
			sizes[n_sizes++] = n;
}

static inline unsigned ids_of(unsigned size, unsigned ret[64])
{
	const unsigned some[] = {0,   1,   2,	     127,      128,	 255,
				 256, 257, size / 2, size - 3, size - 2, size - 1};
	unsigned n = 0;

	if (size <= 40) {
		for (; n < size; n++)
			ret[n] = n;
		return n;
	}
	for (size_t i = 0; i < GV_COUNT(some); i++)
		if (some[i] < size)
			ret[n++] = some[i];
	return n;
}

/* -- beginning and end --------------------------------------------------------------- */

static inline void set_up(void)
{
	const char *torture = getenv("TORTURE"), *tmp = getenv("TMPDIR");

	full = torture && strcmp(torture, "full") == 0;
	need(sodium_init() >= 0, "libsodium");
	make_signer(&ours, NAME, 7);
	make_signer(&other, "witness.example", 9);
	need(gv_vkey_parse(ours.vkey, &key) == 0, "the key");
	snprintf(top, sizeof(top), "%s/loglies.XXXXXX", tmp ? tmp : "/tmp");
	need(mkdtemp(top) != NULL, top);
	make_sizes();
}

static inline int tear_down(struct history *a, struct history *b)
{
	need(gv_tree_remove(AT_FDCWD, top) == 0, "cleaning up");
	for (unsigned k = 0; k < LEVELS; k++) {
		free(a->level[k]);
		if (b)
			free(b->level[k]);
	}
	return failures ? 1 : 0;
}

#endif
