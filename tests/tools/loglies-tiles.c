// SPDX-License-Identifier: Apache-2.0
/* Tiles that are not the log's, of trees of many sizes.  Which hashes a proof needs is
 * computed from the definitions of RFC 6962 section 2.1: a changed one has to be refused
 * exactly when it is one of them. */
#include "tests/tools/loglies.h"

/* -- which hashes a proof needs ------------------------------------------------------ */

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

/* -- forged tiles -------------------------------------------------------------------- */

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

/* A forged record in a true tree, with all tiles to match: only the root is against
 * it. */
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

/* A tile in the cache that is wrong, whoever put it there, costs a request and no
 * more. */
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

int main(void)
{
	static struct history h;

	set_up();
	for (unsigned i = 0; i < WIDE; i++) {
		needed[i] = calloc(N + 1, 1);
		need(needed[i] != NULL, "memory");
	}
	make_history(&h);
	forged_tiles(&h);
	forged_records(&h);
	poisoned_cache(&h);
	for (unsigned i = 0; i < WIDE; i++)
		free(needed[i]);
	return tear_down(&h, NULL);
}
