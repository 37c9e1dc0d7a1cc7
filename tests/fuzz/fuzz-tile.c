// SPDX-License-Identifier: Apache-2.0
/*
 * Proofs from tiles of any content and length.  The first 24 bytes are two sizes and a
 * record's number; each tile that is asked for is cut from the rest.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/trust/tile.h"

struct source {
	const uint8_t *data;
	size_t left;
};

/* Two bytes of length, then so many bytes; 0xffff: there is no such tile. */
static int get(void *arg, const char *path, struct gv_buf *ret, struct gv_err *err)
{
	struct source *s = arg;
	size_t n;

	if (strncmp(path, "/tile/8/", 8) != 0 || strlen(path) >= GV_TILE_PATH_MAX)
		abort();
	if (s->left < 2)
		return gv_err_set(err, -GV_EREMOTE, "no more");
	n = (size_t)s->data[0] << 8 | s->data[1];
	s->data += 2;
	s->left -= 2;
	if (n == 0xffff)
		return gv_err_set(err, -GV_EGONE, "gone");
	if (n > s->left)
		n = s->left;
	gv_buf_add(ret, s->data, n);
	s->data += n;
	s->left -= n;
	return gv_buf_error(ret) < 0 ? gv_err_set(err, -GV_EREMOTE, "too much") : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source source;
	struct gv_sumdb_setting go;
	struct gv_err err = GV_ERR_INIT;
	struct gv_sumdb db = {
		.get = get, .get_arg = &source, .heads_dir = -1, .cache_dir = -1};
	const struct gv_hash root = {{1}}, leaf = {{2}};
	struct gv_hash before;
	struct gv_tiles tiles;
	struct gv_proof proof;
	uint64_t sizes[2], id;

	if (size < 24)
		return 0;
	memcpy(sizes, data, 16);
	memcpy(&id, data + 16, 8);
	source = (struct source){data + 24, size - 24};
	if (gv_sumdb_setting_parse("sum.golang.org", &go, &err) < 0)
		abort();
	db.key = &go.key;
	tiles = gv_tiles_of(&db, &err);
	/* Nobody finds bytes whose hash is one that was chosen before. */
	if (gv_merkle_prove_inclusion(gv_tiles_read, &tiles, sizes[0], id, &proof) == 0 &&
	    gv_merkle_check_inclusion(&proof, sizes[0], &root, id, &leaf) == 0)
		abort();
	if (gv_merkle_prove_consistency(gv_tiles_read, &tiles, sizes[0], sizes[1],
					&proof) == 0 &&
	    gv_merkle_check_consistency(&proof, sizes[0], &root, sizes[1], &leaf) == 0)
		abort();
	if (sizes[0] != sizes[1] && gv_merkle_root_before(gv_tiles_read, &tiles, sizes[0],
							  &root, sizes[1], &before) == 0)
		abort();
	gv_tiles_release(&tiles);
	return 0;
}
