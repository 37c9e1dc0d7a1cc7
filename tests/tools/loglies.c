// SPDX-License-Identifier: Apache-2.0
/*
 * A checksum database of its own key, in memory, that lies in every way it can, and the
 * client of core/trust/ against it.  Writes TAP; TORTURE=full tries every case, otherwise
 * a part of them, the same each time.
 *
 * Record i of the log is that of go1.22.<i>, so that each place of the tree can be looked
 * up.  What may be accepted is decided by code of its own: which hashes a proof needs is
 * computed from the definitions of RFC 6962 section 2.1, and a changed hash has to be
 * refused exactly when it is one of them.
 */
#include <dirent.h>
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

/* -- results ---------------------------------------------------------------------- */

static bool full;
static unsigned test_number, failures;
static unsigned long tried, bad;
static unsigned long counter;

static void begin(void)
{
	tried = bad = counter = 0;
}

__attribute__((format(printf, 1, 2))) static void wrong(const char *fmt, ...)
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

static void end(const char *what)
{
	printf("# tried %lu cases of %s, bad states: %lu\n", tried, what, bad);
	printf("%sok %u - %s\n", bad || !tried ? "not " : "", ++test_number, what);
	failures += bad || !tried;
	fflush(stdout);
}

/* One of `n`, where not everything is tried. */
static bool chosen(unsigned n)
{
	return full || n <= 1 || counter++ * 2654435761u % 4294967296u < 4294967296u / n;
}

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

/* -- the log ---------------------------------------------------------------------- */

struct signer {
	unsigned char secret[crypto_sign_SECRETKEYBYTES];
	unsigned char hash[4];
	char vkey[256];
};

static struct signer ours, other;
static struct gv_vkey key;

static void make_signer(struct signer *s, const char *name, unsigned char seed_byte)
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

static void h1_of(unsigned id, char ret[GV_H1_LEN])
{
	unsigned char digest[32];

	crypto_hash_sha256(digest, (unsigned char *)&id, sizeof(id));
	memcpy(ret, "h1:", 3);
	gv_base64_encode(digest, sizeof(digest), ret + 3);
}

static void text_of(unsigned id, char *ret, size_t cap)
{
	char h1[GV_H1_LEN];

	h1_of(id, h1);
	snprintf(ret, cap,
		 MODULE "%u." PLATFORM " %s\n" MODULE "%u." PLATFORM "/go.mod %s\n", id,
		 h1, id, h1);
}

/* Puts `text` in the place of a record, NULL: what belongs there. */
static void set_record(struct history *h, unsigned id, const char *text)
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

static void make_history(struct history *h)
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
static struct gv_hash root_of(const struct history *h, unsigned size)
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

/* -- notes ------------------------------------------------------------------------ */

/* "— name base64" without a newline: a signature of `text` by a key, as said. */
static void add_signature(struct gv_buf *b, const struct signer *s, const char *name,
			  const unsigned char hash[4], const char *text, size_t n)
{
	unsigned char raw[4 + crypto_sign_BYTES];
	char base64[128];

	memcpy(raw, hash, 4);
	crypto_sign_detached(raw + 4, NULL, (const unsigned char *)text, n, s->secret);
	gv_base64_encode(raw, sizeof(raw), base64);
	gv_buf_format(b, DASH "%s %s", name, base64);
}

static void head_text(const struct history *h, unsigned size, struct gv_buf *ret)
{
	struct gv_hash root = root_of(h, size);
	char base64[GV_HASH_BASE64];

	gv_hash_to_base64(&root, base64);
	gv_buf_format(ret, "go.sum database tree\n%u\n%s\n", size, base64);
}

/* A note over any text, by our key. */
static void sign_note(const char *text, struct gv_buf *ret)
{
	gv_buf_format(ret, "%s\n", text);
	add_signature(ret, &ours, NAME, ours.hash, text, strlen(text));
	gv_buf_add_str(ret, "\n");
}

static void make_note(const struct history *h, unsigned size, struct gv_buf *ret)
{
	struct gv_buf text = GV_BUF_INIT(0);

	head_text(h, size, &text);
	sign_note(text.data, ret);
	gv_buf_release(&text);
}

/* -- the server ------------------------------------------------------------------- */

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

static bool same_tile(const struct request *a, const struct request *b)
{
	return a->level == b->level && a->index == b->index;
}

static bool parse_tile(const char *path, struct request *ret)
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

static void tell_lie(const struct liar *l, const struct request *q, struct gv_hash *tile,
		     size_t *n)
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

static int serve_tile(struct liar *l, const struct request *q, struct gv_buf *ret)
{
	struct gv_hash tile[TILE + 1];
	unsigned first = q->index * TILE, have = N >> (8 * q->level);
	size_t n = q->width * sizeof(*tile);

	if (q->level >= WIDE || first + q->width > have ||
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

static int serve(void *arg, const char *path, struct gv_buf *ret, struct gv_err *err)
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

/* -- the client ------------------------------------------------------------------- */

/* Returns what the client did; what it accepted has to be true and to prove itself. */
static int ask(struct liar *l, unsigned id, struct gv_err *err)
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

static void must_hold(struct liar *l, unsigned id, const char *what)
{
	struct gv_err err;

	tried++;
	if (ask(l, id, &err) < 0)
		wrong("honest, and refused: %s, size %u, record %u: %s", what, l->size,
		      id, err.message);
}

static void must_fail(struct liar *l, unsigned id, const char *what)
{
	struct gv_err err;

	tried++;
	if (ask(l, id, &err) >= 0)
		wrong("accepted: %s, size %u, record %u", what, l->size, id);
	else if (!err.message[0] || strchr(err.message, '\n'))
		wrong("no message of one line: %s", what);
}

static char top[PATH_MAX];

static int open_dir(const char *name)
{
	char path[PATH_MAX + 64];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	need(mkdir(path, 0777) == 0 || errno == EEXIST, path);
	fd = gv_open_dir(AT_FDCWD, path);
	need(fd >= 0, path);
	return fd;
}

static void remember(int heads, const struct history *h, unsigned size)
{
	struct gv_buf note = GV_BUF_INIT(0);

	(void)unlinkat(heads, NAME, 0);
	if (size) {
		make_note(h, size, &note);
		need(gv_save_file(heads, NAME, note.data, note.len, 0666) == 0, "a head");
	}
	gv_buf_release(&note);
}

static bool is_remembered(int heads, const struct history *h, unsigned size)
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
static unsigned take_forks(int heads)
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

/* -- which hashes a proof needs --------------------------------------------------- */

static unsigned char *needed[WIDE];

static void mark(unsigned lo, unsigned hi)
{
	while (lo < hi) {
		unsigned k = 0, level;

		while (lo % (2u << k) == 0 && (2u << k) <= hi - lo)
			k++;
		level = k / 8;
		memset(needed[level] + (lo >> (8 * level)), 1, 1u << k % 8);
		lo += 1u << k;
	}
}

static unsigned split(unsigned n)
{
	unsigned k = 1;

	while (k * 2 < n)
		k *= 2;
	return k;
}

static void mark_all(unsigned had, unsigned offered, unsigned id)
{
	unsigned size = had > offered ? had : offered;
	unsigned old = had < offered ? had : offered;
	unsigned lo = 0, hi = size;

	for (unsigned i = 0; i < WIDE; i++)
		memset(needed[i], 0, N);
	while (hi - lo > 1) {
		unsigned middle = lo + split(hi - lo);

		if (id < middle) {
			mark(middle, hi);
			hi = middle;
		} else {
			mark(lo, middle);
			lo = middle;
		}
	}
	if (!old || old == size)
		return;
	lo = 0;
	hi = size;
	while (hi != old) {
		unsigned middle = lo + split(hi - lo);

		if (old <= middle) {
			mark(middle, hi);
			hi = middle;
		} else {
			mark(lo, middle);
			lo = middle;
		}
	}
	mark(lo, hi);
}

/* -- forged tiles ----------------------------------------------------------------- */

static unsigned sizes[128], n_sizes;

static void make_sizes(void)
{
	static const unsigned ranges[][2] = {
		{1, 40}, {255, 260}, {511, 520}, {65535, 65540}};

	for (size_t i = 0; i < GV_COUNT(ranges); i++)
		for (unsigned n = ranges[i][0]; n <= ranges[i][1]; n++)
			sizes[n_sizes++] = n;
}

static unsigned ids_of(unsigned size, unsigned ret[64])
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

static void forge_hash(struct liar *l, unsigned had, unsigned id, const struct request *q)
{
	for (l->at = 0; l->at < q->width; l->at++) {
		bool matters = needed[q->level][q->index * TILE + l->at];
		struct gv_err err;
		int r;

		if (!chosen(matters ? 40 : 700))
			continue;
		tried++;
		l->lie = ONE_HASH;
		l->victim = *q;
		r = ask(l, id, &err);
		if (matters != (r < 0))
			wrong("hash %u of tile %u/%u.%u, remembered %u, offered %u, "
			      "record %u: %s",
			      l->at, q->level, q->index, q->width, had, l->size, id,
			      r < 0 ? err.message : "accepted");
		if (r < 0 && strstr(err.message, "contradicts itself"))
			wrong("a forged tile was taken for a fork: %u, %u, %u", had,
			      l->size, id);
	}
}

static void forge_tile(struct liar *l, unsigned had, unsigned id, const struct request *q)
{
	struct gv_err err;
	int r;

	for (l->lie = ALL_HASHES; l->lie < LIES; l->lie++) {
		if ((q->width == 1 && l->lie == SWAPPED) || !chosen(8))
			continue;
		/* Both ends may be hashes that nobody needs. */
		if (l->lie == SWAPPED && !needed[q->level][q->index * TILE] &&
		    !needed[q->level][q->index * TILE + q->width - 1])
			continue;
		tried++;
		l->victim = *q;
		r = ask(l, id, &err);
		if (r >= 0)
			wrong("lie %d about tile %u/%u.%u, remembered %u, offered %u, "
			      "record %u: accepted",
			      l->lie, q->level, q->index, q->width, had, l->size, id);
		else if (strstr(err.message, "contradicts itself"))
			wrong("lie %d about a tile was taken for a fork: %u, %u, %u",
			      l->lie, had, l->size, id);
	}
}

static void forge_tiles_of(struct liar *l, unsigned had, unsigned offered, unsigned id)
{
	struct request asked[64];
	unsigned n;

	l->size = offered;
	l->lie = HONEST;
	must_hold(l, id, "a look-up");
	n = l->n_asked;
	memcpy(asked, l->asked, sizeof(asked));
	mark_all(had, offered, id);
	for (unsigned i = 0; i < n; i++) {
		forge_tile(l, had, id, &asked[i]);
		forge_hash(l, had, id, &asked[i]);
	}
	l->lie = HONEST;
}

static void forged_tiles(struct history *h)
{
	struct liar l = {.tiles = h,
			 .heads = h,
			 .heads_dir = open_dir("forged"),
			 .cache_dir = -1,
			 .read_only = true};

	begin();
	for (unsigned s = 0; s < n_sizes; s++) {
		const unsigned size = sizes[s], half = size / 2 + 1;
		const unsigned pairs[][2] = {
			{0, size}, {size, size}, {half, size}, {size, half}, {1, size}};
		unsigned ids[64], n = ids_of(size, ids);

		for (size_t p = 0; p < GV_COUNT(pairs); p++) {
			remember(l.heads_dir, h, pairs[p][0]);
			for (unsigned i = 0; i < n; i++)
				if (chosen(12))
					forge_tiles_of(&l, pairs[p][0], pairs[p][1],
						       ids[i]);
		}
	}
	gv_close(&l.heads_dir);
	end("forged tiles (CVE-2026-56865)");
}

/* A forged record in a true tree, with all tiles to match: only the root is against it. */
static void forged_records(struct history *h)
{
	static const char evil[] = "h1:AAAAAPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0=";
	struct liar l = {.tiles = h, .heads = h, .heads_dir = -1, .cache_dir = -1};

	begin();
	for (unsigned s = 0; s < n_sizes; s++) {
		unsigned ids[64], n = ids_of(sizes[s], ids);

		for (unsigned i = 0; i < n; i++) {
			struct gv_buf note = GV_BUF_INIT(0), answer = GV_BUF_INIT(0);
			char text[512];

			if (!chosen(4))
				continue;
			l.size = sizes[s];
			make_note(h, l.size, &note);
			snprintf(text, sizeof(text), MODULE "%u." PLATFORM " %s\n",
				 ids[i], evil);
			gv_buf_format(&answer, "%u\n%s\n%s", ids[i], text, note.data);
			l.answer = answer.data;
			l.answer_len = answer.len;
			must_fail(&l, ids[i], "a forged record");
			set_record(h, ids[i], text);
			must_fail(&l, ids[i], "a forged record with its tiles");
			set_record(h, ids[i], NULL);
			l.answer = NULL;
			gv_buf_release(&note);
			gv_buf_release(&answer);
		}
	}
	end("forged records with forged tiles (CVE-2026-56865)");
}

/* A tile in the cache that is wrong, whoever put it there, costs a request and no more. */
static void poisoned_cache(struct history *h)
{
	static const char name[] = NAME "/tile/8/0/000";
	struct liar l = {.tiles = h, .heads = h, .size = 700, .heads_dir = -1};
	struct gv_buf good = GV_BUF_INIT(0), is = GV_BUF_INIT(0);

	begin();
	l.cache_dir = open_dir("cache");
	must_hold(&l, 3, "with an empty cache");
	need(gv_read_file(l.cache_dir, name, &good) == 0, "a tile in the cache");
	for (unsigned at = 0; at < TILE; at++) {
		if (!chosen(8))
			continue;
		good.data[at * 32 + at % 32] ^= 1;
		need(gv_save_file(l.cache_dir, name, good.data, good.len, 0666) == 0,
		     "damage");
		good.data[at * 32 + at % 32] ^= 1;
		must_hold(&l, at ^ 1, "a cache was poisoned");
		gv_buf_clear(&is);
		if (gv_read_file(l.cache_dir, name, &is) < 0 || is.len != good.len ||
		    memcmp(is.data, good.data, is.len) != 0)
			wrong("hash %u of a tile in the cache stays wrong", at);
		l.lie = ALL_HASHES;
		l.victim = (struct request){.level = 0, .index = 1};
		must_fail(&l, 300, "a forged tile, with a cache");
		l.lie = HONEST;
	}
	if (faccessat(l.cache_dir, NAME "/tile/8/0/001", F_OK, 0) == 0)
		wrong("a forged tile was kept");
	gv_buf_release(&good);
	gv_buf_release(&is);
	gv_close(&l.cache_dir);
	end("poisoned caches");
}

/* -- heads ------------------------------------------------------------------------ */

static void fork_at(struct history *a, struct history *b, int heads, unsigned had,
		    unsigned offered, unsigned at)
{
	static const char text[] = "example.org/other v1.0.0 h1:x\n";
	const unsigned less = had < offered ? had : offered;
	struct liar l = {.tiles = had > offered ? a : b,
			 .heads = b,
			 .size = offered,
			 .heads_dir = heads,
			 .cache_dir = -1};
	/* Record 0 where it is not the one that differs. */
	unsigned id = at == 0 ? 1 : 0, forks;
	struct gv_err err;
	int r;

	if (id >= less)
		return;
	tried++;
	set_record(b, at, text);
	remember(heads, a, had);
	r = ask(&l, id, &err);
	forks = take_forks(heads);
	if (at >= less) {
		if (r < 0 && had <= offered)
			wrong("%u continues %u (they differ from %u on), and is refused: "
			      "%s",
			      offered, had, at, err.message);
		if (!is_remembered(heads, had < offered ? b : a,
				   had < offered ? offered : had))
			wrong("%u after %u: the larger head is not remembered", offered,
			      had);
		if (forks)
			wrong("%u after %u: no fork, and evidence of one", offered, had);
	} else {
		if (r != -GV_EVERIFY || !strstr(err.message, "contradicts itself"))
			wrong("fork at %u, remembered %u, offered %u: %s", at, had,
			      offered, r < 0 ? err.message : "accepted");
		if (forks != 1)
			wrong("fork at %u, remembered %u, offered %u: %u files tell "
			      "of it",
			      at, had, offered, forks);
		if (!is_remembered(heads, a, had))
			wrong("fork at %u: the remembered head was overwritten", at);
		/* With tiles that fit neither it is refused as well. */
		l.tiles = had > offered ? b : a;
		must_fail(&l, id, "a fork with the other's tiles");
		if (!is_remembered(heads, a, had))
			wrong("fork at %u: the remembered head was overwritten", at);
		(void)take_forks(heads);
	}
	set_record(b, at, NULL);
}

static void forked_heads(struct history *a, struct history *b)
{
	static const unsigned few[] = {1,   2,	 3,   4,   7,	  8,	 15,   16,  31,
				       32,  39,	 40,  255, 256,	  257,	 260,  511, 512,
				       513, 520, 600, 700, 65535, 65536, 65540};
	int heads = open_dir("forks");

	begin();
	for (size_t i = 0; i < GV_COUNT(few); i++)
		for (size_t k = 0; k < GV_COUNT(few); k++) {
			const unsigned less = few[i] < few[k] ? few[i] : few[k];
			const unsigned places[] = {0, 1, less / 2, less - 1, less};

			for (size_t p = 0; p < GV_COUNT(places); p++)
				if (chosen(4) && places[p] < few[k])
					fork_at(a, b, heads, few[i], few[k], places[p]);
		}
	gv_close(&heads);
	end("forked heads");
}

static void rolled_back_heads(struct history *h)
{
	struct liar l = {.tiles = h, .heads = h, .cache_dir = -1};

	begin();
	l.heads_dir = open_dir("rolled-back");
	for (unsigned i = 0; i < n_sizes; i++)
		for (unsigned k = 0; k < i; k++) {
			if (!chosen(40))
				continue;
			remember(l.heads_dir, h, sizes[i]);
			l.size = sizes[k];
			must_hold(&l, sizes[k] - 1, "an older head of the same log");
			if (!is_remembered(l.heads_dir, h, sizes[i]))
				wrong("remembered %u, offered %u: it shrank", sizes[i],
				      sizes[k]);
			l.size = sizes[i];
			remember(l.heads_dir, h, sizes[k]);
			must_hold(&l, sizes[i] - 1, "a newer head of the same log");
			if (!is_remembered(l.heads_dir, h, sizes[i]))
				wrong("remembered %u, offered %u: it did not grow",
				      sizes[k], sizes[i]);
		}
	gv_close(&l.heads_dir);
	end("heads that go back and forth");
}

/* -- what happens meanwhile ------------------------------------------------------- */

/* Another process saves a head, or takes it away, while this one proves. */
static void change_head(struct liar *l)
{
	remember(l->heads_dir, l->tiles, l->meanwhile);
	l->before_tile = NULL;
}

static void changed_meanwhile(struct history *h)
{
	static const unsigned sizes_then[] = {0,   1,	100, 299, 300,
					      301, 499, 500, 501, 900};
	struct liar l = {.tiles = h, .heads = h, .cache_dir = -1};

	begin();
	l.heads_dir = open_dir("meanwhile");
	for (size_t i = 0; i < GV_COUNT(sizes_then); i++) {
		remember(l.heads_dir, h, 300);
		l.size = 500;
		l.meanwhile = sizes_then[i];
		l.before_tile = change_head;
		must_hold(&l, 7, "a head that changes meanwhile");
		if (!is_remembered(l.heads_dir, h,
				   sizes_then[i] > 500 ? sizes_then[i] : 500))
			wrong("meanwhile %u: the larger one is not what is remembered",
			      sizes_then[i]);
	}
	gv_close(&l.heads_dir);
	end("heads that change meanwhile");
}

/* Many at once, of two histories that part at record 50: those that end well are all of
 * one of them, and what is remembered is the largest head that any of those saw. */
static void one_race(struct history *a, struct history *b, int heads, unsigned round)
{
	enum { MANY = 12 };
	static const unsigned offered[MANY] = {60, 300, 299, 61,  512, 513,
					       70, 800, 256, 257, 258, 90};
	const struct history *of[MANY];
	pid_t pid[MANY];
	unsigned won[2] = {0}, largest = 0;

	remember(heads, a, round % 3 == 0 ? 0 : 40);
	for (unsigned i = 0; i < MANY; i++) {
		of[i] = round % 2 && i % 2 ? b : a;
		pid[i] = fork();
		need(pid[i] >= 0, "fork");
		if (pid[i] == 0) {
			struct liar l = {.tiles = of[i],
					 .heads = of[i],
					 .size = offered[(i + round) % MANY],
					 .heads_dir = heads,
					 .cache_dir = -1};
			struct gv_err err;

			_exit(ask(&l, 7, &err) == 0 ? 0 : 1);
		}
	}
	for (unsigned i = 0; i < MANY; i++) {
		int status;

		tried++;
		need(waitpid(pid[i], &status, 0) == pid[i], "waitpid");
		if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
			wrong("a client died: %d", status);
		else if (WEXITSTATUS(status) == 1 && of[i] == a && round % 2 == 0)
			wrong("an honest answer was refused");
		if (status != 0)
			continue;
		won[of[i] == b]++;
		if (offered[(i + round) % MANY] > largest)
			largest = offered[(i + round) % MANY];
	}
	if (won[0] && won[1])
		wrong("round %u: both histories were believed (%u, %u)", round, won[0],
		      won[1]);
	if (!is_remembered(heads, won[1] ? b : a, largest))
		wrong("round %u: not the largest head is remembered", round);
	(void)take_forks(heads);
}

static void races(struct history *a, struct history *b)
{
	int heads = open_dir("races");

	begin();
	set_record(b, 50, "example.org/other v1.0.0 h1:x\n");
	for (unsigned round = 0; round < (full ? 300 : 12); round++)
		one_race(a, b, heads, round);
	set_record(b, 50, NULL);
	gv_close(&heads);
	end("clients at once, with one log and with two");
}

static void read_only_store(struct history *a, struct history *b)
{
	struct liar l = {.tiles = a, .heads = a, .cache_dir = -1, .read_only = true};
	struct gv_list names = GV_LIST_INIT;

	begin();
	l.heads_dir = open_dir("read-only");
	l.size = 300;
	must_hold(&l, 7, "nothing remembered");
	remember(l.heads_dir, a, 200);
	must_hold(&l, 7, "a larger head");
	set_record(b, 50, "example.org/other v1.0.0 h1:x\n");
	l.tiles = l.heads = b;
	must_fail(&l, 7, "a fork");
	l.size = 200;
	must_fail(&l, 7, "a fork of the same size");
	set_record(b, 50, NULL);
	if (!is_remembered(l.heads_dir, a, 200))
		wrong("the head was written");
	need(gv_list_dir(l.heads_dir, ".", &names) == 0, "log-heads");
	if (names.n != 1)
		wrong("%zu files in a directory that is only read", names.n);
	gv_list_release(&names);
	gv_close(&l.heads_dir);
	end("a store that is only read");
}

/* -- answers ---------------------------------------------------------------------- */

/* The head that is damaged here is of 20 records, the record is number 7. */
enum { SIZE = 20, ID = 7 };

struct story {
	const char *what;
	const char *text; /* instead of the record */
	const char *gap;  /* behind the empty line */
	const char *extension;
	bool good;
};

#define OURS	MODULE "7." PLATFORM
#define H1	"h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0="
#define EVIL_H1 "h1:AAAAAPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0="

static const struct story stories[] = {
	{"a record of another module (CVE-2026-42501)",
	 "example.org/m v1.0.0 " H1 "\nexample.org/m v1.0.0/go.mod " H1 "\n", NULL, NULL,
	 false},
	{"another version's record (CVE-2026-42501)",
	 MODULE "8." PLATFORM " " H1 "\n" MODULE "8." PLATFORM "/go.mod " H1 "\n", NULL,
	 NULL, false},
	{"another platform's record", MODULE "7.linux-arm64 " H1 "\n", NULL, NULL, false},
	{"a longer version", MODULE "77." PLATFORM " " H1 "\n", NULL, NULL, false},
	{"a longer platform", OURS "v9 " H1 "\n", NULL, NULL, false},
	{"the line of go.mod alone (CVE-2026-42501)", OURS "/go.mod " H1 "\n", NULL, NULL,
	 false},
	{"one line twice", OURS " " H1 "\n" OURS " " H1 "\n", NULL, NULL, false},
	{"two lines that differ", OURS " " H1 "\n" OURS " " EVIL_H1 "\n", NULL, NULL,
	 false},
	{"a line within a line", "x " OURS " " H1 "\n", NULL, NULL, false},
	{"an indented line", " " OURS " " H1 "\n", NULL, NULL, false},
	{"two blanks", OURS "  " H1 "\n", NULL, NULL, false},
	{"a tab", OURS "\t" H1 "\n", NULL, NULL, false},
	{"something behind the hash", OURS " " H1 " x\n", NULL, NULL, false},
	{"a carriage return", OURS " " H1 "\r\n", NULL, NULL, false},
	{"another kind of hash", OURS " h2:" H1 "\n", NULL, NULL, false},
	{"no hash", OURS " h1:\n", NULL, NULL, false},
	{"a hash cut short", OURS " h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0\n",
	 NULL, NULL, false},
	{"a hash with bits beyond its end",
	 OURS " h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR1=\n", NULL, NULL, false},
	{"capitals", "Golang.org/toolchain v0.0.1-go1.22.7." PLATFORM " " H1 "\n", NULL,
	 NULL, false},
	{"the line signed, but with the head (CVE-2026-56864)",
	 "example.org/m v1.0.0 " H1 "\n", NULL, OURS " " H1 "\n", false},
	{"the same behind a line left empty (CVE-2026-56864)",
	 "example.org/m v1.0.0 " H1 "\n", NULL, "\n" OURS " " H1 "\n", false},
	{"the line behind the record (CVE-2026-56864)", "example.org/m v1.0.0 " H1 "\n",
	 OURS " " H1 "\n", NULL, false},
	{"and a second end (CVE-2026-56864)", "example.org/m v1.0.0 " H1 "\n",
	 OURS " " H1 "\n\n", NULL, false},
	{"a record, and something before the note", NULL, OURS " " EVIL_H1 "\n", NULL,
	 false},
	{"the head has more lines", NULL, NULL, OURS " " EVIL_H1 "\n", true},
	{"the head has lines of years to come", NULL, NULL, "x\ny\n", true},
};

static void set_answer(struct liar *l, const struct gv_buf *b)
{
	l->answer = b->data ? b->data : "";
	l->answer_len = b->len;
}

static void records(struct history *h)
{
	begin();
	for (size_t i = 0; i < GV_COUNT(stories); i++) {
		const struct story *s = &stories[i];
		struct gv_buf head = GV_BUF_INIT(0), answer = GV_BUF_INIT(0);
		struct liar l = {.tiles = h, .heads = h, .size = SIZE};
		char own[512];

		l.heads_dir = l.cache_dir = -1;
		text_of(ID, own, sizeof(own));
		/* It is in the log, signed and all: the log's owner is the liar. */
		set_record(h, ID, s->text);
		head_text(h, SIZE, &head);
		if (s->extension)
			gv_buf_add_str(&head, s->extension);
		gv_buf_format(&answer, "%u\n%s\n%s", ID, s->text ? s->text : own,
			      s->gap ? s->gap : "");
		sign_note(head.data, &answer);
		set_answer(&l, &answer);
		if (s->good)
			must_hold(&l, ID, s->what);
		else
			must_fail(&l, ID, s->what);
		set_record(h, ID, NULL);
		gv_buf_release(&head);
		gv_buf_release(&answer);
	}
	end("records that say something else");
}

/* Each number but the right one, small trees and large. */
static void numbers(struct history *h)
{
	static const char *const odd[] = {"-1",
					  "+7",
					  "07",
					  "7 ",
					  " 7",
					  "7.0",
					  "0x7",
					  "7\r",
					  "",
					  "7,7",
					  "9223372036854775807",
					  "9223372036854775808",
					  "18446744073709551623"};
	struct liar l = {.tiles = h, .heads = h, .heads_dir = -1, .cache_dir = -1};

	begin();
	for (unsigned s = 0; s < n_sizes; s++) {
		unsigned id = sizes[s] / 2, end_at = sizes[s] < 50 ? sizes[s] + 3 : 0;
		struct gv_buf note = GV_BUF_INIT(0), answer = GV_BUF_INIT(0);
		char text[512];

		l.size = sizes[s];
		text_of(id, text, sizeof(text));
		make_note(h, l.size, &note);
		for (unsigned n = 0; n < end_at + GV_COUNT(odd) + 3; n++) {
			const unsigned far[] = {sizes[s], sizes[s] + 1, sizes[s] * 2};

			if (n == id || !chosen(3))
				continue;
			gv_buf_clear(&answer);
			if (n < end_at)
				gv_buf_format(&answer, "%u\n", n);
			else if (n < end_at + 3)
				gv_buf_format(&answer, "%u\n", far[n - end_at]);
			else
				gv_buf_format(&answer, "%s\n", odd[n - end_at - 3]);
			gv_buf_format(&answer, "%s\n%s", text, note.data);
			set_answer(&l, &answer);
			must_fail(&l, id, "another number");
		}
		gv_buf_release(&note);
		gv_buf_release(&answer);
	}
	end("wrong numbers");
}

/* -- notes ------------------------------------------------------------------------ */

/* What is wrong, or only unusual, with a note: `head` is the text of the true head. */
struct note_story {
	const char *what;
	bool good;
	void (*make)(const char *head, struct gv_buf *ret);
};

static void add_ours(struct gv_buf *b, const char *head)
{
	add_signature(b, &ours, NAME, ours.hash, head, strlen(head));
}

static void add_theirs(struct gv_buf *b, const char *head, const char *name)
{
	add_signature(b, &other, name, other.hash, head, strlen(head));
}

#define NOTE(fn) static void fn(const char *head, struct gv_buf *b)

NOTE(plain)
{
	sign_note(head, b);
}
NOTE(no_newline)
{
	sign_note(head, b);
	b->len--;
}
NOTE(no_signature)
{
	gv_buf_format(b, "%s\n", head);
}
NOTE(no_empty_line)
{
	gv_buf_add_str(b, head);
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(signed_without_newline)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &ours, NAME, ours.hash, head, strlen(head) - 1);
	gv_buf_add_str(b, "\n");
}
NOTE(two_signatures)
{
	sign_note(head, b);
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(second_is_bad)
{
	sign_note(head, b);
	add_signature(b, &other, NAME, ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(first_is_bad)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &other, NAME, ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(unknown_first)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, "witness.example");
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(unknown_only)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, "witness.example");
	gv_buf_add_str(b, "\n");
}
NOTE(other_key_our_name)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, NAME);
	gv_buf_add_str(b, "\n");
}
NOTE(other_key_our_name_and_ours)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, NAME);
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(other_key_our_name_our_hash)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &other, NAME, ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(our_hash_other_name)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &ours, "other.example", ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(hash_collision_and_ours)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &other, "other.example", ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(wrong_hash)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &ours, NAME, other.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(name_in_capitals)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &ours, "SUM.TEST.EXAMPLE", ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(name_longer)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &ours, NAME ".", ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(name_with_plus)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, "wit+ness");
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(hyphen)
{
	sign_note(head, b);
	memcpy(strstr(b->data, DASH), "\xe2\x80\x93", 3); /* an en dash */
}
NOTE(two_blanks)
{
	struct gv_buf good = GV_BUF_INIT(0);
	size_t at;

	sign_note(head, &good);
	at = (size_t)(strstr(good.data, NAME " ") + strlen(NAME) - good.data);
	gv_buf_add(b, good.data, at);
	gv_buf_add_str(b, " ");
	gv_buf_add(b, good.data + at, good.len - at);
	gv_buf_release(&good);
}
/* The last characters of the signature's base64, replaced. */
static void with_ending(const char *head, struct gv_buf *b, size_t cut,
			const char *end_with)
{
	sign_note(head, b);
	b->len -= cut + 1;
	gv_buf_add_str(b, end_with);
	gv_buf_add_str(b, "\n");
}
NOTE(base64_blank)
{
	with_ending(head, b, 0, " ");
}
NOTE(base64_return)
{
	with_ending(head, b, 0, "\r");
}
NOTE(base64_more)
{
	with_ending(head, b, 0, "AAAA");
}
NOTE(base64_less)
{
	with_ending(head, b, 4, "");
}
NOTE(base64_padding)
{
	with_ending(head, b, 0, "=");
}
NOTE(base64_url)
{
	sign_note(head, b);
	for (char *p = strstr(b->data, DASH NAME); p < b->data + b->len; p++) {
		if (*p == '+')
			*p = '-';
		if (*p == '/')
			*p = '_';
	}
	/* Where it had neither it would be the same. */
	b->data[b->len - 2] = '_';
}
NOTE(control_in_name)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, "wit\x1b[31mness");
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(nul_behind)
{
	sign_note(head, b);
	gv_buf_add(b, "", 1);
}
NOTE(bad_utf8)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, "wit\xff");
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(hundred)
{
	gv_buf_format(b, "%s\n", head);
	for (int i = 0; i < 99; i++)
		gv_buf_add_str(b, DASH "w AAAAAAA=\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(hundred_and_one)
{
	gv_buf_format(b, "%s\n", head);
	for (int i = 0; i < 100; i++)
		gv_buf_add_str(b, DASH "w AAAAAAA=\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(long_signature)
{
	gv_buf_format(b, "%s\n" DASH "witness ", head);
	for (int i = 0; i < 2000; i++)
		gv_buf_add_str(b, "AAAA");
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(huge)
{
	gv_buf_format(b, "%s\n", head);
	while (b->len < 17000)
		gv_buf_add_str(b,
			       DASH "witness AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(signature_without_bytes)
{
	gv_buf_format(b, "%s\n" DASH "witness AAAAAA==\n", head);
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(empty_line_behind)
{
	sign_note(head, b);
	gv_buf_add_str(b, "\n");
}
NOTE(text_behind)
{
	sign_note(head, b);
	gv_buf_add_str(b, "and more\n");
}
NOTE(text_added)
{
	gv_buf_format(b, "%sadded\n\n", head);
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(text_before)
{
	gv_buf_add_str(b, "before\n\n");
	sign_note(head, b);
}

static const struct note_story notes[] = {
	{"as it should be", true, plain},
	{"no newline at the end", false, no_newline},
	{"no signature", false, no_signature},
	{"no empty line", false, no_empty_line},
	{"the last newline not signed", false, signed_without_newline},
	{"the same signature twice", true, two_signatures},
	{"a second signature that is bad", false, second_is_bad},
	{"a first signature that is bad", false, first_is_bad},
	{"an unknown key first", true, unknown_first},
	{"an unknown key alone", false, unknown_only},
	{"another key of our name", false, other_key_our_name},
	{"another key of our name, and ours", true, other_key_our_name_and_ours},
	{"another key of our name and hash", false, other_key_our_name_our_hash},
	{"our key under another name", false, our_hash_other_name},
	{"a key with our hash and another name, and ours", true, hash_collision_and_ours},
	{"our signature under a wrong key hash", false, wrong_hash},
	{"our name in capitals", false, name_in_capitals},
	{"our name and a dot", false, name_longer},
	{"a name with a plus", false, name_with_plus},
	{"another dash", false, hyphen},
	{"two blanks", false, two_blanks},
	{"base64 and a blank", false, base64_blank},
	{"base64 and a carriage return", false, base64_return},
	{"base64 with more bytes", false, base64_more},
	{"base64 with fewer bytes", false, base64_less},
	{"base64 with more padding", false, base64_padding},
	{"base64 of URLs", false, base64_url},
	{"control characters in another's name", false, control_in_name},
	{"a NUL at the end", false, nul_behind},
	{"another's name is not UTF-8", false, bad_utf8},
	{"a hundred signatures", true, hundred},
	{"a hundred and one", false, hundred_and_one},
	{"another's signature is long", true, long_signature},
	{"more than 16 KiB", false, huge},
	{"another's signature is empty", false, signature_without_bytes},
	{"an empty line behind", false, empty_line_behind},
	{"text behind", false, text_behind},
	{"text added after signing", false, text_added},
	{"text before", false, text_before},
};

/* Heads that our key has signed, and that are none. */
static const char *const heads[] = {
	"go.sum database tree\n020\n%s\n",
	"go.sum database tree\n+20\n%s\n",
	"go.sum database tree\n-20\n%s\n",
	"go.sum database tree\n 20\n%s\n",
	"go.sum database tree\n20 \n%s\n",
	"go.sum database tree\n0x14\n%s\n",
	"go.sum database tree\n\n%s\n",
	"go.sum database tree\n0\n%s\n",
	"go.sum database tree\n9223372036854775807\n%s\n",
	"go.sum database tree\n9223372036854775808\n%s\n",
	"go.sum database tree\n18446744073709551636\n%s\n",
	"go.sum database tree\n20\n%s=\n",
	"go.sum database tree\n20\n %s\n",
	"go.sum database tree\n20\n%s \n",
	"go.sum database tree\n20\n",
	"go.sum database tree\n20\n\n%s\n",
	"go.sum database tree 20\n%s\n",
	"go.sum database tree\n19\n%s\n",
	"go.sum database tree\n21\n%s\n",
	"go.sum database tree\n40\n%s\n",
	"Go.sum database tree\n20\n%s\n",
	"go.sum database forest\n20\n%s\n",
	"\ngo.sum database tree\n20\n%s\n",
	"20\n%s\n",
	"go.sum database tree\n20\nAAAA\n",
	"go.sum database tree\n20\nh1:%s\n",
};

static void one_note(struct history *h, const struct gv_buf *note, bool good,
		     const char *what)
{
	struct liar l = {.tiles = h, .heads = h, .size = SIZE};
	struct gv_buf answer = GV_BUF_INIT(0);
	char text[512];

	l.heads_dir = l.cache_dir = -1;
	text_of(ID, text, sizeof(text));
	gv_buf_format(&answer, "%u\n%s\n", ID, text);
	gv_buf_add(&answer, note->data, note->len);
	set_answer(&l, &answer);
	if (good)
		must_hold(&l, ID, what);
	else
		must_fail(&l, ID, what);
	gv_buf_release(&answer);
}

static void notes_and_heads(struct history *h)
{
	struct gv_hash root = root_of(h, SIZE);
	struct gv_buf head = GV_BUF_INIT(0);
	char base64[GV_HASH_BASE64];

	begin();
	gv_hash_to_base64(&root, base64);
	head_text(h, SIZE, &head);
	for (size_t i = 0; i < GV_COUNT(notes); i++) {
		struct gv_buf note = GV_BUF_INIT(0);

		notes[i].make(head.data, &note);
		one_note(h, &note, notes[i].good, notes[i].what);
		gv_buf_release(&note);
	}
	for (size_t i = 0; i < GV_COUNT(heads); i++) {
		struct gv_buf note = GV_BUF_INIT(0);
		const char *at = strstr(heads[i], "%s");
		char text[256];
		int n = at ? (int)(at - heads[i]) : (int)strlen(heads[i]);

		snprintf(text, sizeof(text), "%.*s%s%s", n, heads[i], at ? base64 : "",
			 at ? at + 2 : "");
		sign_note(text, &note);
		one_note(h, &note, false, heads[i]);
		gv_buf_release(&note);
	}
	gv_buf_release(&head);
	end("malformed notes and heads");
}

/* Every byte of an answer changed, left out, twice there; every length cut short. */
static void bytes(struct history *h)
{
	struct liar l = {.tiles = h, .heads = h, .size = SIZE};
	struct gv_buf note = GV_BUF_INIT(0), good = GV_BUF_INIT(0);
	char text[512], *copy;

	begin();
	l.heads_dir = l.cache_dir = -1;
	text_of(ID, text, sizeof(text));
	make_note(h, SIZE, &note);
	gv_buf_format(&good, "%u\n%s\n%s", ID, text, note.data);
	copy = malloc(good.len + 1);
	need(copy != NULL, "memory");
	l.answer = copy;
	for (size_t i = 0; i < good.len; i++) {
		l.answer_len = good.len;
		for (unsigned bit = 0; bit < 8; bit++) {
			if (!chosen(4))
				continue;
			memcpy(copy, good.data, good.len);
			copy[i] = (char)(copy[i] ^ 1 << bit);
			must_fail(&l, ID, "a bit of an answer changed");
		}
		memcpy(copy, good.data, good.len);
		l.answer_len = i;
		must_fail(&l, ID, "an answer cut short");
		memmove(copy + i, copy + i + 1, good.len - i - 1);
		l.answer_len = good.len - 1;
		must_fail(&l, ID, "a byte of an answer left out");
		memcpy(copy, good.data, i + 1);
		memcpy(copy + i + 1, good.data + i, good.len - i);
		l.answer_len = good.len + 1;
		must_fail(&l, ID, "a byte of an answer doubled");
	}
	memcpy(copy, good.data, good.len);
	l.answer_len = good.len;
	must_hold(&l, ID, "the answer itself");
	free(copy);
	gv_buf_release(&note);
	gv_buf_release(&good);
	end("bytes of an answer, one at a time");
}

/* -- GOSUMDB ---------------------------------------------------------------------- */

static void setting(const char *value, bool good)
{
	struct gv_sumdb_setting set = {.off = true};
	struct gv_err err = GV_ERR_INIT;
	int r = gv_sumdb_setting_parse(value, &set, &err);

	tried++;
	if (good != (r == 0))
		wrong("GOSUMDB '%s': %s", value, r == 0 ? "accepted" : err.message);
	if (r < 0 && (r != -GV_EUSAGE || !err.message[0]))
		wrong("GOSUMDB '%s': %d '%s'", value, r, err.message);
}

static void settings(void)
{
	static const char *const good[] = {
		"%s",
		" %s ",
		"%s https://example.com",
		"%s\thttps://example.com/a/b/",
		"%s http://127.0.0.1:80/x",
		"%s file:///srv/sumdb",
		"off",
		"sum.golang.org",
		"sum.golang.google.cn",
		"sum.golang.org https://sum.example",
	};
	static const char *const not_good[] = {
		"",
		" ",
		"%s https://a https://b",
		"%s ftp://example.com",
		"%s example.com",
		"%s https://",
		"%s https:///x",
		"%s https://example.com/?q",
		"%s https://example.com/#f",
		"%s file://relative",
		"%s,%s",
		"x%s",
		"%sx",
		"%s=",
		"sum.example.org",
		"sum.golang.orgx",
		"off https://example.com",
		"OFF",
		"sum.golang.org+033de0ae",
		"sum.golang.org+033de0ae+",
		"sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"sum.golang.orh+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"sum.golang.org+33de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"sum.golang.org+033de0ae+Ac4zctda0e5eza-HJyk9SxEdh-s3Ux18htTTAD8OuAn8",
		"sum.golang.org+033de0ae+As4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"../sum+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"direct",
		"https://sum.golang.org",
	};
	char value[1024];

	begin();
	for (size_t i = 0; i < GV_COUNT(good) + GV_COUNT(not_good); i++) {
		bool is_good = i < GV_COUNT(good);
		const char *s = is_good ? good[i] : not_good[i - GV_COUNT(good)];
		const char *at = strstr(s, "%s");

		snprintf(value, sizeof(value), "%.*s%s%s",
			 at ? (int)(at - s) : (int)strlen(s), s, at ? ours.vkey : "",
			 at ? at + 2 : "");
		setting(value, is_good);
	}
	/* Every character of a key counts. */
	for (size_t i = 0; ours.vkey[i]; i++) {
		snprintf(value, sizeof(value), "%s", ours.vkey);
		value[i] = value[i] == 'x' ? 'y' : 'x';
		setting(value, false);
	}
	end("values of GOSUMDB");
}

int main(void)
{
	static struct history a, b;
	const char *torture = getenv("TORTURE"), *tmp = getenv("TMPDIR");

	full = torture && strcmp(torture, "full") == 0;
	need(sodium_init() >= 0, "libsodium");
	make_signer(&ours, NAME, 7);
	make_signer(&other, "witness.example", 9);
	need(gv_vkey_parse(ours.vkey, &key) == 0, "the key");
	snprintf(top, sizeof(top), "%s/loglies.XXXXXX", tmp ? tmp : "/tmp");
	need(mkdtemp(top) != NULL, top);
	for (unsigned i = 0; i < WIDE; i++) {
		needed[i] = calloc(N + 1, 1);
		need(needed[i] != NULL, "memory");
	}
	make_sizes();
	make_history(&a);
	make_history(&b);

	puts("1..13");
	forged_tiles(&a);
	forged_records(&a);
	poisoned_cache(&a);
	forked_heads(&a, &b);
	rolled_back_heads(&a);
	changed_meanwhile(&a);
	races(&a, &b);
	read_only_store(&a, &b);
	records(&a);
	numbers(&a);
	notes_and_heads(&a);
	bytes(&a);
	settings();

	need(gv_tree_remove(AT_FDCWD, top) == 0, "cleaning up");
	for (unsigned k = 0; k < LEVELS; k++) {
		free(a.level[k]);
		free(b.level[k]);
	}
	for (unsigned i = 0; i < WIDE; i++)
		free(needed[i]);
	return failures ? 1 : 0;
}
