// SPDX-License-Identifier: Apache-2.0
/*
 * The vectors: a small log of 1,000 records at eleven sizes, made by another
 * implementation.  Every file below vectors/ is read and compared with what we compute.
 *
 *   vkey                 the log's verifier key
 *   latest.N             the signed head of the tree of N records
 *   lookup/N/I           the answer about record I with that head
 *   proof/N/I            its inclusion in that tree, one base64 hash a line
 *   treeproof/N/O        the consistency of the tree of O records with it
 *   tile/8/...           as the log serves them
 */
#include "tests/unit/trust/log.h"

#include "core/trust/tile.h"

#define VECTORS "tests/unit/trust/vectors"

static int vectors = -1;
static struct gv_vkey key;

static struct gv_buf load(const char *path)
{
	struct gv_buf b = GV_BUF_INIT(64 << 10);

	if (gv_read_file(vectors, path, &b) < 0)
		fail_msg("no %s/%s", VECTORS, path);
	return b;
}

static struct gv_head load_head(uint64_t size)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_head head;
	struct gv_buf note;
	char path[64];

	snprintf(path, sizeof(path), "latest.%llu", (unsigned long long)size);
	note = load(path);
	assert_int_equal(gv_head_open(note.data, note.len, &key, &head, &err), 0);
	assert_int_equal(head.size, size);
	gv_buf_release(&note);
	return head;
}

static struct gv_proof load_proof(const char *path)
{
	struct gv_buf text = load(path);
	struct gv_proof p = {.n = 0};

	for (size_t at = 0; at < text.len; at += GV_HASH_BASE64) {
		assert_in_range(p.n, 0, GV_PROOF_MAX - 1);
		assert_int_equal(text.data[at + GV_HASH_BASE64 - 1], '\n');
		assert_int_equal(gv_hash_from_base64(text.data + at, GV_HASH_BASE64 - 1,
						     &p.hashes[p.n++]),
				 0);
	}
	gv_buf_release(&text);
	return p;
}

static void assert_same_proof(const struct gv_proof *a, const struct gv_proof *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_true(gv_hash_equal(&a->hashes[i], &b->hashes[i]));
}

/* Tiles from the vectors, as a log serves them. */
static int get_vector(void *arg, const char *path, struct gv_buf *ret, struct gv_err *err)
{
	(void)arg;
	return gv_read_file(vectors, path + 1, ret) < 0
		       ? gv_err_set(err, -GV_EGONE, "no %s", path)
		       : 0;
}

static const struct gv_sumdb db = {
	.key = &key,
	.get = get_vector,
	.heads_dir = -1,
	.cache_dir = -1,
};

/* Every single change to a proof, to the sizes or to a hash must break it. */
static void assert_brittle_inclusion(const struct gv_proof *p, const struct gv_head *h,
				     uint64_t id, const struct gv_hash *leaf)
{
	struct gv_head other = *h;
	struct gv_hash wrong = *leaf;
	struct gv_proof q = *p;

	for (size_t i = 0; i < p->n; i++) {
		q.hashes[i].b[i % 32] ^= 1;
		assert_int_equal(
			gv_merkle_check_inclusion(&q, h->size, &h->root, id, leaf),
			-GV_EVERIFY);
		q = *p;
	}
	wrong.b[31] ^= 128;
	other.root.b[0] ^= 1;
	assert_int_equal(gv_merkle_check_inclusion(p, h->size, &h->root, id, &wrong),
			 -GV_EVERIFY);
	assert_int_equal(gv_merkle_check_inclusion(p, h->size, &other.root, id, leaf),
			 -GV_EVERIFY);
	if (id ^ 1)
		assert_int_equal(
			gv_merkle_check_inclusion(p, h->size, &h->root, id ^ 1, leaf),
			-GV_EVERIFY);
	assert_int_equal(gv_merkle_check_inclusion(p, h->size, &h->root, h->size, leaf),
			 -GV_EVERIFY);
	q.n++;
	assert_int_equal(gv_merkle_check_inclusion(&q, h->size, &h->root, id, leaf),
			 -GV_EVERIFY);
	if (p->n) {
		q.n = p->n - 1;
		assert_int_equal(
			gv_merkle_check_inclusion(&q, h->size, &h->root, id, leaf),
			-GV_EVERIFY);
	}
}

static void check_lookup(const char *rel, uint64_t size, uint64_t id)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_tiles tiles = gv_tiles_of(&db, &err);
	struct gv_head head, latest = load_head(size);
	struct gv_buf answer = load(rel);
	struct gv_proof built, given;
	struct gv_answer a;
	struct gv_hash leaf;
	char path[64];

	assert_int_equal(gv_answer_parse(answer.data, answer.len, &a), 0);
	assert_int_equal(a.id, id);
	assert_int_equal(gv_head_open(a.note, a.note_len, &key, &head, &err), 0);
	assert_int_equal(head.size, size);
	assert_true(gv_hash_equal(&head.root, &latest.root));

	snprintf(path, sizeof(path), "proof%s", rel + strlen("lookup"));
	given = load_proof(path);
	assert_int_equal(
		gv_merkle_prove_inclusion(gv_tiles_read, &tiles, size, id, &built), 0);
	assert_same_proof(&built, &given);
	leaf = gv_merkle_leaf(a.text, a.text_len);
	assert_int_equal(gv_merkle_check_inclusion(&given, size, &head.root, id, &leaf),
			 0);
	assert_brittle_inclusion(&given, &head, id, &leaf);
	gv_tiles_release(&tiles);
	gv_buf_release(&answer);
}

static void check_treeproof(const char *rel, uint64_t size, uint64_t old_size)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_tiles tiles = gv_tiles_of(&db, &err);
	struct gv_head new = load_head(size), old = load_head(old_size);
	struct gv_proof built, given = load_proof(rel), q = given;
	struct gv_hash wrong = old.root;

	assert_int_equal(gv_merkle_prove_consistency(gv_tiles_read, &tiles, size,
						     old_size, &built),
			 0);
	assert_same_proof(&built, &given);
	assert_int_equal(
		gv_merkle_check_consistency(&given, size, &new.root, old_size, &old.root),
		0);
	for (size_t i = 0; i < given.n; i++) {
		q.hashes[i].b[i % 32] ^= 1;
		assert_int_equal(gv_merkle_check_consistency(&q, size, &new.root,
							     old_size, &old.root),
				 -GV_EVERIFY);
		q = given;
	}
	wrong.b[7] ^= 1;
	assert_int_equal(
		gv_merkle_check_consistency(&given, size, &new.root, old_size, &wrong),
		-GV_EVERIFY);
	assert_int_equal(
		gv_merkle_check_consistency(&given, size, &wrong, old_size, &old.root),
		-GV_EVERIFY);
	q.n++;
	assert_int_equal(
		gv_merkle_check_consistency(&q, size, &new.root, old_size, &old.root),
		-GV_EVERIFY);
	if (given.n) {
		q.n = given.n - 1;
		assert_int_equal(gv_merkle_check_consistency(&q, size, &new.root,
							     old_size, &old.root),
				 -GV_EVERIFY);
	}
	gv_tiles_release(&tiles);
}

/* A partial tile is the beginning of the full one; level 1 is folded from level 0. */
static void check_tile(const char *rel)
{
	struct gv_buf tile = load(rel);
	unsigned level = strtoul(rel + strlen("tile/8/"), NULL, 10);
	const char *partial = strstr(rel, ".p/");
	size_t width = partial ? strtoul(partial + 3, NULL, 10) : 256;
	char path[64];

	assert_int_equal(tile.len, width * 32);
	if (level == 0 && partial) {
		struct gv_buf full;

		snprintf(path, sizeof(path), "%.*s", (int)(partial - rel), rel);
		full = load(path);
		assert_memory_equal(tile.data, full.data, tile.len);
		gv_buf_release(&full);
	}
	for (size_t i = 0; level == 1 && i < width && i < 4; i++) {
		struct gv_err err = GV_ERR_INIT;
		struct gv_tiles tiles = gv_tiles_of(&db, &err);
		struct gv_hash a, b, node;

		assert_int_equal(gv_tiles_read(&tiles, 1024, 7, 2 * i, &a), 0);
		assert_int_equal(gv_tiles_read(&tiles, 1024, 7, 2 * i + 1, &b), 0);
		node = gv_merkle_node(&a, &b);
		assert_memory_equal(node.b, tile.data + 32 * i, 32);
		gv_tiles_release(&tiles);
	}
	gv_buf_release(&tile);
}

struct counts {
	unsigned heads, lookups, proofs, treeproofs, tiles, others;
};

static int check_file(void *arg, int parentfd, const char *name, const char *rel,
		      const struct stat *st)
{
	struct counts *c = arg;
	unsigned long long size, part;
	char kind[16];

	(void)parentfd, (void)name;
	if (S_ISDIR(st->st_mode))
		return GV_TREE_ON;
	if (sscanf(rel, "latest.%llu", &size) == 1) {
		(void)load_head(size);
		c->heads++;
	} else if (strncmp(rel, "tile/", 5) == 0) {
		check_tile(rel);
		c->tiles++;
	} else if (sscanf(rel, "%15[a-z]/%llu/%llu", kind, &size, &part) == 3) {
		if (strcmp(kind, "lookup") == 0) {
			check_lookup(rel, size, part);
			c->lookups++;
		} else if (strcmp(kind, "treeproof") == 0) {
			check_treeproof(rel, size, part);
			c->treeproofs++;
		} else {
			assert_string_equal(kind, "proof"); /* read with its look-up */
			c->proofs++;
		}
	} else {
		c->others++;
	}
	return GV_TREE_ON;
}

static void every_vector_holds(void **state)
{
	struct counts c = {0};

	(void)state;
	assert_int_equal(gv_tree_walk(vectors, check_file, &c), 0);
	assert_int_equal(c.heads, 11);
	assert_int_equal(c.lookups, c.proofs);
	assert_int_equal(c.lookups, 72);
	assert_int_equal(c.treeproofs, 66);
	assert_int_equal(c.tiles, 17);
	assert_int_equal(c.others, 1); /* vkey */
}

/* The check takes no proof of another pair of sizes. */
static void proofs_are_for_one_pair_of_sizes(void **state)
{
	static const uint64_t sizes[] = {1,   2,   3,	255, 256, 257,
					 300, 511, 512, 513, 1000};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(sizes); i++)
		for (size_t k = 0; k < i; k++) {
			struct gv_head new = load_head(sizes[i]),
				       old = load_head(sizes[k]);
			struct gv_proof p;
			char path[64];

			snprintf(path, sizeof(path), "treeproof/%llu/%llu",
				 (unsigned long long)sizes[i],
				 (unsigned long long)sizes[k]);
			p = load_proof(path);
			assert_int_equal(
				gv_merkle_check_consistency(&p, new.size, &new.root,
							    old.size + 1, &old.root),
				-GV_EVERIFY);
			assert_int_equal(gv_merkle_check_consistency(
						 &p, new.size, &new.root, 0, &old.root),
					 -GV_EVERIFY);
			assert_int_equal(gv_merkle_check_consistency(&p, old.size,
								     &old.root, new.size,
								     &new.root),
					 -GV_EVERIFY);
		}
}

/* A proof that is too short or too long fails even if it ends at the root. */
static void proofs_have_one_length(void **state)
{
	const struct gv_hash leaf = {{1}}, other = {{2}};
	const struct gv_hash left = gv_merkle_node(&other, &leaf);
	const struct gv_hash right = gv_merkle_node(&leaf, &other);
	struct gv_proof none = {.n = 0}, one = {.n = 1, .hashes = {other}};

	(void)state;
	assert_int_equal(gv_merkle_check_inclusion(&none, 1, &leaf, 0, &leaf), 0);
	assert_int_equal(gv_merkle_check_inclusion(&one, 2, &right, 0, &leaf), 0);
	assert_int_equal(gv_merkle_check_inclusion(&one, 2, &left, 1, &leaf), 0);
	assert_int_equal(gv_merkle_check_inclusion(&none, 2, &leaf, 0, &leaf),
			 -GV_EVERIFY);
	assert_int_equal(gv_merkle_check_inclusion(&none, 2, &leaf, 1, &leaf),
			 -GV_EVERIFY);
	assert_int_equal(gv_merkle_check_inclusion(&one, 1, &left, 0, &leaf),
			 -GV_EVERIFY);
	assert_int_equal(gv_merkle_check_inclusion(&one, 1, &right, 0, &leaf),
			 -GV_EVERIFY);
	assert_int_equal(gv_merkle_check_inclusion(&one, 4, &right, 0, &leaf),
			 -GV_EVERIFY);
	assert_int_equal(gv_merkle_check_inclusion(&none, 0, &leaf, 0, &leaf),
			 -GV_EVERIFY);

	assert_int_equal(gv_merkle_check_consistency(&one, 2, &right, 1, &leaf), 0);
	assert_int_equal(gv_merkle_check_consistency(&none, 2, &leaf, 1, &leaf),
			 -GV_EVERIFY);
	assert_int_equal(gv_merkle_check_consistency(&one, 4, &right, 1, &leaf),
			 -GV_EVERIFY);
	assert_int_equal(gv_merkle_check_consistency(&one, 1, &leaf, 1, &leaf),
			 -GV_EVERIFY);
	assert_int_equal(gv_merkle_check_consistency(&none, 1, &leaf, 0, &leaf),
			 -GV_EVERIFY);
	assert_int_equal(gv_merkle_check_consistency(&none, 0, &leaf, 0, &leaf),
			 -GV_EVERIFY);
}

static int open_vectors(void **state)
{
	struct gv_buf text;

	(void)state;
	vectors = gv_open_dir(AT_FDCWD, VECTORS);
	if (vectors < 0)
		return -1;
	text = load("vkey");
	text.data[strcspn(text.data, "\n")] = '\0';
	if (gv_vkey_parse(text.data, &key) < 0)
		return -1;
	gv_buf_release(&text);
	return 0;
}

static int close_vectors(void **state)
{
	(void)state;
	gv_close(&vectors);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_holds),
		cmocka_unit_test(proofs_are_for_one_pair_of_sizes),
		cmocka_unit_test(proofs_have_one_length),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_vectors, close_vectors);
}
