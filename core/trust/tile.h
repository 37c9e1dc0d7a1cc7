// SPDX-License-Identifier: Apache-2.0
/*
 * Tiles: how a checksum database hands out the hashes that proofs are built from
 * (https://pkg.go.dev/golang.org/x/mod/sumdb/tlog, Tile;
 * https://research.swtch.com/tlog).
 *
 * Tile `index` of `level` holds the hashes of the complete subtrees of 2^(8 level)
 * records numbered 256 index to 256 index + width - 1.  Width 256 is a full tile, which
 * never changes; a narrower one is the right edge of a tree of some size.
 *
 * Nothing here is checked against anything: see core/trust/merkle.h.
 */
#ifndef GV_TRUST_TILE_H
#define GV_TRUST_TILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/trust/sumdb.h"

#define GV_TILE_HASHES 256
#define GV_TILE_BYTES  (GV_TILE_HASHES * sizeof(struct gv_hash))
/* Longest "/tile/8/L/xNNN/…/NNN.p/W" and a NUL. */
#define GV_TILE_PATH_MAX 64

struct gv_tile {
	unsigned level;
	uint64_t index;
	unsigned width; /* 1 to 256 */
};

/* The tile that has the hash of the subtree (level, index) of a tree of `size` records,
 * as wide as such a tree makes it, and where in it: *ret_count hashes from *ret_at on, to
 * be folded to one.  -GV_EVERIFY when that tree has no such subtree. */
int gv_tile_for(uint64_t size, unsigned level, uint64_t index, struct gv_tile *ret,
		unsigned *ret_at, unsigned *ret_count) GV_MUST GV_NONNULL(4, 5, 6);

void gv_tile_path(const struct gv_tile *t, char ret[GV_TILE_PATH_MAX]) GV_NONNULL(1, 2);

/*
 * The tiles of one look-up: read from the cache or from the log when first asked for,
 * kept in memory.  gv_tiles_read() is a gv_merkle_read over them.
 *
 * When a proof does not hold, gv_tiles_distrust() drops what came from the cache; true:
 * it is worth another try, by the log alone.  When all proofs hold, gv_tiles_save() puts
 * the full tiles that came from the log into the cache.
 */
struct gv_tiles {
	const struct gv_sumdb *db;
	struct gv_err *err; /* set when reading fails */
	struct gv_kept_tile *kept;
	size_t n;
	bool without_cache;
};

struct gv_tiles gv_tiles_of(const struct gv_sumdb *db, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2);
int gv_tiles_read(void *tiles, uint64_t size, unsigned level, uint64_t index,
		  struct gv_hash *ret) GV_MUST;
bool gv_tiles_distrust(struct gv_tiles *t) GV_MUST GV_NONNULL(1);
void gv_tiles_save(struct gv_tiles *t) GV_NONNULL(1);
void gv_tiles_release(struct gv_tiles *t);

#endif
