// SPDX-License-Identifier: Apache-2.0
/*
 * Merkle trees as in RFC 6962 section 2.1, with 64-bit sizes.
 *
 * Tiles are proof material and nothing more: a proof is *built* from whatever tiles came,
 * then *checked* against a tree head that was signed, and only the check decides.  A
 * forged tile can make a proof fail; it cannot make one hold.
 */
#ifndef GV_TRUST_MERKLE_H
#define GV_TRUST_MERKLE_H

#include <stdbool.h>
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
bool gv_hash_equal(const struct gv_hash *a, const struct gv_hash *b) GV_NONNULL(1, 2);

/* As receipts and notes write a hash: standard base64, strict. */
#define GV_HASH_BASE64 45 /* 44 characters and a NUL */
void gv_hash_to_base64(const struct gv_hash *h, char ret[GV_HASH_BASE64]) GV_NONNULL(1);
/* -EINVAL for anything but the 44 characters of one hash in [s, s+n). */
int gv_hash_from_base64(const char *s, size_t n, struct gv_hash *ret)
	GV_MUST GV_NONNULL(1, 3);

/*
 * Checks (0: it holds; -GV_EVERIFY: it does not).
 * Inclusion: the record with hash `leaf` has number `id` (from 0) in the tree of `size`
 * records with hash `root`.  Consistency: the tree (old_size, old_root) is the beginning
 * of the tree (size, root); old_size >= 1.
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

/* Build a proof by reading hashes.  -GV_EVERIFY when there can be none (id >= size,
 * old_size > size, a size of 2^63 or more); else what `read` returned. */
int gv_merkle_prove_inclusion(gv_merkle_read *read, void *arg, uint64_t size, uint64_t id,
			      struct gv_proof *ret) GV_MUST;
int gv_merkle_prove_consistency(gv_merkle_read *read, void *arg, uint64_t size,
				uint64_t old_size, struct gv_proof *ret) GV_MUST;

/*
 * The root that the tree (size, root) had when it had old_size records.  It decides
 * between a fork and hashes that are wrong: -GV_EVERIFY when what was read does not lead
 * to `root`, and then it says nothing about the old tree; 0 when it does, and then *ret
 * is the only root that a beginning of this tree can have.
 */
int gv_merkle_root_before(gv_merkle_read *read, void *arg, uint64_t size,
			  const struct gv_hash *root, uint64_t old_size,
			  struct gv_hash *ret) GV_MUST;

#endif
