// SPDX-License-Identifier: Apache-2.0
/*
 * Merkle trees as in RFC 6962 section 2.1, with 64-bit sizes.
 *
 * Tiles are proof material and nothing more: a proof is *built* from whatever tiles came,
 * then *checked* against a tree head that was signed, and only the check decides.  A forged
 * tile can make a proof fail; it cannot make one hold.
 */
#ifndef GV_TRUST_MERKLE_H
#define GV_TRUST_MERKLE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

struct gv_hash {
	uint8_t b[32];
};

/* A proof in a tree of 2^63 records has at most 63 hashes for inclusion, 64 for
 * consistency. */
#define GV_PROOF_MAX 64

struct gv_proof {
	struct gv_hash hashes[GV_PROOF_MAX];
	size_t n;
};

struct gv_hash gv_merkle_leaf(const void *record, size_t n);
struct gv_hash gv_merkle_node(const struct gv_hash *left, const struct gv_hash *right);
int gv_hash_equal(const struct gv_hash *a, const struct gv_hash *b) GV_NONNULL(1, 2);

/*
 * Checks (0: it holds; -GV_EVERIFY: it does not).
 * Inclusion: the record with hash `leaf` has number `id` (from 0) in the tree of `size`
 * records with hash `root`.  Consistency: the tree (old_size, old_root) is the beginning of
 * the tree (size, root); old_size >= 1.
 */
int gv_merkle_check_inclusion(const struct gv_proof *proof, uint64_t size,
			      const struct gv_hash *root, uint64_t id,
			      const struct gv_hash *leaf) GV_MUST;
int gv_merkle_check_consistency(const struct gv_proof *proof, uint64_t size,
				const struct gv_hash *root, uint64_t old_size,
				const struct gv_hash *old_root) GV_MUST;

/*
 * Reads the hash of the complete subtree number `index` at `level` (2^level records) of
 * a tree of `size` records into *ret.  -errno or a private code.
 */
typedef int gv_merkle_read(void *arg, uint64_t size, unsigned level, uint64_t index,
			   struct gv_hash *ret);

/* Build a proof by reading hashes. */
int gv_merkle_prove_inclusion(gv_merkle_read *read, void *arg, uint64_t size, uint64_t id,
			      struct gv_proof *ret) GV_MUST;
int gv_merkle_prove_consistency(gv_merkle_read *read, void *arg, uint64_t size,
				uint64_t old_size, struct gv_proof *ret) GV_MUST;

#endif
