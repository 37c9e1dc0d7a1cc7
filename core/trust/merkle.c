// SPDX-License-Identifier: Apache-2.0
#include "core/trust/merkle.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/err.h"
#include "core/trust/base64.h"
#include "core/trust/sha256.h"

_Static_assert(sizeof(struct gv_hash) == GV_SHA256_BYTES, "a hash is a SHA-256");
_Static_assert(GV_BASE64_LEN(GV_SHA256_BYTES) + 1 == GV_HASH_BASE64, "and 44 characters");

/* -- hashes -------------------------------------------------------------------------- */

struct gv_hash gv_merkle_leaf(const void *record, size_t n)
{
	struct gv_sha256 h;
	struct gv_hash ret;

	gv_sha256_init(&h);
	gv_sha256_add(&h, "\x00", 1);
	gv_sha256_add(&h, record, n);
	gv_sha256_done(&h, ret.b);
	return ret;
}

struct gv_hash gv_merkle_node(const struct gv_hash *left, const struct gv_hash *right)
{
	uint8_t both[1 + 2 * GV_SHA256_BYTES] = {0x01};
	struct gv_hash ret;

	memcpy(both + 1, left->b, GV_SHA256_BYTES);
	memcpy(both + 1 + GV_SHA256_BYTES, right->b, GV_SHA256_BYTES);
	gv_sha256_of(both, sizeof(both), ret.b);
	return ret;
}

bool gv_hash_equal(const struct gv_hash *a, const struct gv_hash *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0; /* nothing here is secret */
}

void gv_hash_to_base64(const struct gv_hash *h, char ret[GV_HASH_BASE64])
{
	gv_base64_encode(h->b, sizeof(h->b), ret);
}

int gv_hash_from_base64(const char *s, size_t n, struct gv_hash *ret)
{
	struct gv_hash h;
	int r = gv_base64_decode(s, n, h.b, sizeof(h.b));

	if (r == 0)
		*ret = h;
	return r;
}

/* -- checking ------------------------------------------------------------------------ */

/*
 * RFC 9162 sections 2.1.3.2 and 2.1.4.2.  Both go up from a node to the root: `node` is
 * its number on its level, `last` the number of the rightmost node there.  A node that is
 * last and has an even number has no sibling: it moves up unchanged until it gets one.
 */
struct climb {
	uint64_t node, last;
};

static void step_up(struct climb *c)
{
	c->node >>= 1;
	c->last >>= 1;
}

/* Whether the next sibling is on the left; moves to the level where it is. */
static bool sibling_is_left(struct climb *c)
{
	if (!(c->node & 1) && c->node != c->last)
		return false;
	while (c->node && !(c->node & 1))
		step_up(c);
	return true;
}

int gv_merkle_check_inclusion(const struct gv_proof *proof, uint64_t size,
			      const struct gv_hash *root, uint64_t id,
			      const struct gv_hash *leaf)
{
	struct climb c = {.node = id, .last = size - 1};
	struct gv_hash h = *leaf;

	if (id >= size)
		return -GV_EVERIFY;
	for (size_t i = 0; i < proof->n; i++) {
		const struct gv_hash *p = &proof->hashes[i];

		if (c.last == 0)
			return -GV_EVERIFY;
		h = sibling_is_left(&c) ? gv_merkle_node(p, &h) : gv_merkle_node(&h, p);
		step_up(&c);
	}
	return c.last == 0 && gv_hash_equal(&h, root) ? 0 : -GV_EVERIFY;
}

/* Both trees of a consistency proof, hashed from the leaf side up. */
struct both {
	struct gv_hash old, new;
};

/*
 * Where the proof of old_size < size leads, from `start` on: the hash of the largest
 * complete subtree that the old tree ends with, whose number on its level is c->node.
 */
static int climb_both(struct climb *c, const struct gv_hash *start,
		      const struct gv_hash *hashes, size_t n, struct both *ret)
{
	struct both h = {*start, *start};

	for (size_t i = 0; i < n; i++) {
		const struct gv_hash *p = &hashes[i];

		if (c->last == 0)
			return -GV_EVERIFY;
		if (sibling_is_left(c)) {
			h.old = gv_merkle_node(p, &h.old);
			h.new = gv_merkle_node(p, &h.new);
		} else {
			h.new = gv_merkle_node(&h.new, p);
		}
		step_up(c);
	}
	if (c->last != 0)
		return -GV_EVERIFY;
	*ret = h;
	return 0;
}

/* `whole` is the old tree's hash where it is one complete subtree: then it is not in the
 * proof. */
static int lead_up(const struct gv_proof *proof, uint64_t size, uint64_t old_size,
		   const struct gv_hash *whole, struct both *ret)
{
	struct climb c = {.node = old_size - 1, .last = size - 1};

	while (c.node & 1)
		step_up(&c);
	if (c.node == 0)
		return climb_both(&c, whole, proof->hashes, proof->n, ret);
	return proof->n ? climb_both(&c, &proof->hashes[0], proof->hashes + 1,
				     proof->n - 1, ret)
			: -GV_EVERIFY;
}

int gv_merkle_check_consistency(const struct gv_proof *proof, uint64_t size,
				const struct gv_hash *root, uint64_t old_size,
				const struct gv_hash *old_root)
{
	struct both found;

	if (old_size == 0 || old_size > size)
		return -GV_EVERIFY;
	if (old_size == size)
		return proof->n == 0 && gv_hash_equal(old_root, root) ? 0 : -GV_EVERIFY;
	if (lead_up(proof, size, old_size, old_root, &found) < 0)
		return -GV_EVERIFY;
	return gv_hash_equal(&found.new, root) && gv_hash_equal(&found.old, old_root)
		       ? 0
		       : -GV_EVERIFY;
}

/* -- building ------------------------------------------------------------------------ */

struct tree {
	gv_merkle_read *read;
	void *arg;
	uint64_t size;
};

/* The hash over records lo to hi, which are whole subtrees from left to right. */
static int range_hash(const struct tree *t, uint64_t lo, uint64_t hi, struct gv_hash *ret)
{
	struct gv_hash parts[64], h;
	size_t n = 0;
	int r;

	while (lo < hi) {
		unsigned level = 63 - (unsigned)__builtin_clzll(hi - lo);

		r = t->read(t->arg, t->size, level, lo >> level, &parts[n++]);
		if (r < 0)
			return r;
		lo += UINT64_C(1) << level;
	}
	h = parts[--n];
	while (n)
		h = gv_merkle_node(&parts[--n], &h);
	*ret = h;
	return 0;
}

static int add_range(const struct tree *t, uint64_t lo, uint64_t hi, struct gv_proof *p)
{
	int r = p->n < GV_PROOF_MAX ? range_hash(t, lo, hi, &p->hashes[p->n])
				    : -GV_EVERIFY;

	if (r == 0)
		p->n++;
	return r;
}

/* Proofs are built from the root down and read from the leaf up. */
static void reverse(struct gv_proof *p)
{
	for (size_t i = 0, j = p->n; i + 1 < j; i++) {
		struct gv_hash h = p->hashes[i];

		p->hashes[i] = p->hashes[--j];
		p->hashes[j] = h;
	}
}

/* Where a tree over records lo to hi, at least two, splits: at the largest power of two
 * below its size. */
static uint64_t middle_of(uint64_t lo, uint64_t hi)
{
	return lo + (UINT64_C(1) << (63 - __builtin_clzll(hi - lo - 1)));
}

/* Goes down to one side of the split, and adds the other to the proof. */
static int step_down(const struct tree *t, bool left, uint64_t *lo, uint64_t *hi,
		     struct gv_proof *p)
{
	uint64_t middle = middle_of(*lo, *hi);
	int r = left ? add_range(t, middle, *hi, p) : add_range(t, *lo, middle, p);

	if (left)
		*hi = middle;
	else
		*lo = middle;
	return r;
}

int gv_merkle_prove_inclusion(gv_merkle_read *read, void *arg, uint64_t size, uint64_t id,
			      struct gv_proof *ret)
{
	struct tree t = {.read = read, .arg = arg, .size = size};
	struct gv_proof p = {.n = 0};
	uint64_t lo = 0, hi = size;
	int r = 0;

	if (id >= size || size > INT64_MAX)
		return -GV_EVERIFY;
	while (r == 0 && hi - lo > 1)
		r = step_down(&t, id < middle_of(lo, hi), &lo, &hi, &p);
	if (r < 0)
		return r;
	reverse(&p);
	*ret = p;
	return 0;
}

int gv_merkle_prove_consistency(gv_merkle_read *read, void *arg, uint64_t size,
				uint64_t old_size, struct gv_proof *ret)
{
	struct tree t = {.read = read, .arg = arg, .size = size};
	struct gv_proof p = {.n = 0};
	uint64_t lo = 0, hi = size;
	int r = 0;

	if (old_size == 0 || old_size > size || size > INT64_MAX)
		return -GV_EVERIFY;
	while (r == 0 && hi != old_size)
		r = step_down(&t, old_size <= middle_of(lo, hi), &lo, &hi, &p);
	if (r == 0 && lo != 0)
		r = add_range(&t, lo, hi, &p);
	if (r < 0)
		return r;
	reverse(&p);
	*ret = p;
	return 0;
}

int gv_merkle_root_before(gv_merkle_read *read, void *arg, uint64_t size,
			  const struct gv_hash *root, uint64_t old_size,
			  struct gv_hash *ret)
{
	struct gv_hash whole = {{0}};
	struct gv_proof proof;
	struct both found;
	int r;

	if (old_size == size) {
		*ret = *root;
		return 0;
	}
	r = gv_merkle_prove_consistency(read, arg, size, old_size, &proof);
	/* Of an old tree that is one complete subtree the proof says nothing: what it was
	 * has to come from where the proof came from. */
	if (r == 0 && (old_size & (old_size - 1)) == 0)
		r = read(arg, size, 63 - (unsigned)__builtin_clzll(old_size), 0, &whole);
	if (r == 0)
		r = lead_up(&proof, size, old_size, &whole, &found);
	if (r < 0)
		return r;
#ifndef GV_WITHOUT_LARGER_ROOT /* tests/controls: a wrong tile passes for a fork */
	if (!gv_hash_equal(&found.new, root))
		return -GV_EVERIFY;
#endif
	*ret = found.old;
	return 0;
}
