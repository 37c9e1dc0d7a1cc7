// SPDX-License-Identifier: Apache-2.0
#include "core/trust/tile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"

enum { TILE_HEIGHT = 8 };

/* -- which, and where ---------------------------------------------------------------- */

int gv_tile_for(uint64_t size, unsigned level, uint64_t index, struct gv_tile *ret,
		unsigned *ret_at, unsigned *ret_count)
{
	unsigned tile_level = level / TILE_HEIGHT, height = level % TILE_HEIGHT;
	uint64_t hashes, first, left;

	if (level > 62 || index >= size >> level)
		return -GV_EVERIFY;
	hashes = size >> (tile_level * TILE_HEIGHT); /* of the tile's level in the tree */
	first = index << height;
	left = hashes - first / GV_TILE_HASHES * GV_TILE_HASHES;
	*ret = (struct gv_tile){
		.level = tile_level,
		.index = first / GV_TILE_HASHES,
		.width = left < GV_TILE_HASHES ? (unsigned)left : GV_TILE_HASHES,
	};
	*ret_at = (unsigned)(first % GV_TILE_HASHES);
	*ret_count = 1u << height;
	return 0;
}

/* Three digits a component, all but the last after an "x": 1234067 is x001/x234/067. */
static void add_index(struct gv_text *t, uint64_t index)
{
	uint64_t unit = 1;
	char group[] = "x000/";

	while (index / unit >= 1000)
		unit *= 1000;
	for (; unit; unit /= 1000) {
		unsigned value = (unsigned)(index / unit % 1000);

		group[1] = (char)('0' + value / 100);
		group[2] = (char)('0' + value / 10 % 10);
		group[3] = (char)('0' + value % 10);
		if (unit > 1)
			gv_text_add(t, group);
		else
			gv_text_add_n(t, group + 1, 3);
	}
}

void gv_tile_path(const struct gv_tile *tile, char ret[GV_TILE_PATH_MAX])
{
	struct gv_text t = gv_text_in(ret, GV_TILE_PATH_MAX);

	gv_text_format(&t, "/tile/%d/%u/", TILE_HEIGHT, tile->level);
	add_index(&t, tile->index);
	if (tile->width < GV_TILE_HASHES)
		gv_text_format(&t, ".p/%u", tile->width);
}

/* -- reading ------------------------------------------------------------------------- */

struct gv_kept_tile {
	struct gv_tile tile;
	bool from_cache;
	struct gv_hash hashes[GV_TILE_HASHES]; /* tile.width of them */
};

struct gv_tiles gv_tiles_of(const struct gv_sumdb *db, struct gv_err *err)
{
	return (struct gv_tiles){.db = db, .err = err};
}

void gv_tiles_release(struct gv_tiles *t)
{
	if (!t)
		return;
	free(t->kept);
	t->kept = NULL;
	t->n = 0;
}

/* In the cache a full tile has the path that it has at the log. */
static int cache_path(const struct gv_tiles *t, const struct gv_tile *tile, char *ret,
		      size_t cap)
{
	struct gv_tile full = *tile;
	struct gv_text text = gv_text_in(ret, cap);
	char path[GV_TILE_PATH_MAX];

	full.width = GV_TILE_HASHES;
	gv_tile_path(&full, path);
	gv_text_add(&text, t->db->key->file);
	gv_text_add(&text, path);
	return text.cut ? -ENAMETOOLONG : 0;
}

static bool read_cached(const struct gv_tiles *t, struct gv_kept_tile *kept)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf bytes = GV_BUF_INIT(GV_TILE_BYTES);
	char path[GV_TILE_PATH_MAX + sizeof(t->db->key->file)];

	if (t->db->cache_dir < 0 || t->without_cache ||
	    cache_path(t, &kept->tile, path, sizeof(path)) < 0 ||
	    gv_read_file(t->db->cache_dir, path, &bytes) < 0 ||
	    bytes.len != GV_TILE_BYTES)
		return false;
	memcpy(kept->hashes, bytes.data, GV_TILE_BYTES);
	kept->tile.width = GV_TILE_HASHES;
	kept->from_cache = true;
	return true;
}

static int read_log(const struct gv_tiles *t, struct gv_kept_tile *kept)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf bytes = GV_BUF_INIT(GV_TILE_BYTES);
	struct gv_tile asked = kept->tile;
	struct gv_err gone = GV_ERR_INIT;
	char path[GV_TILE_PATH_MAX];
	int r;

	gv_tile_path(&asked, path);
	r = t->db->get(t->db->get_arg, path, &bytes, &gone);
	if (r == -GV_EGONE && asked.width < GV_TILE_HASHES) {
		/* The tree has grown since and the partial tile was given up: the full
		 * one begins with it. */
		asked.width = GV_TILE_HASHES;
		gv_tile_path(&asked, path);
		gv_buf_clear(&bytes);
		r = t->db->get(t->db->get_arg, path, &bytes, &gone);
	}
	if (r < 0) {
		*t->err = gone;
		return r;
	}
	if (bytes.len != asked.width * sizeof(struct gv_hash))
		return gv_err_set(t->err, -GV_EFORMAT,
				  "'%s' sent %zu bytes for %s, which has %zu",
				  t->db->key->name, bytes.len, path,
				  asked.width * sizeof(struct gv_hash));
	memcpy(kept->hashes, bytes.data, kept->tile.width * sizeof(struct gv_hash));
	return 0;
}

static struct gv_kept_tile *find_kept(const struct gv_tiles *t,
				      const struct gv_tile *tile)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct gv_tile *k = &t->kept[i].tile;

		if (k->level == tile->level && k->index == tile->index &&
		    k->width >= tile->width)
			return &t->kept[i];
	}
	return NULL;
}

static int keep(struct gv_tiles *t, const struct gv_tile *tile, struct gv_kept_tile **ret)
{
	struct gv_kept_tile *kept;
	int r;

	kept = reallocarray(t->kept, t->n + 1, sizeof(*kept));
	if (!kept)
		return gv_err_sys(t->err, -ENOMEM, "cannot keep a tile of '%s'",
				  t->db->key->name);
	t->kept = kept;
	kept += t->n;
	kept->tile = *tile;
	kept->from_cache = false;
	if (!read_cached(t, kept)) {
		r = read_log(t, kept);
		if (r < 0)
			return r;
	}
	t->n++;
	*ret = kept;
	return 0;
}

int gv_tiles_read(void *tiles, uint64_t size, unsigned level, uint64_t index,
		  struct gv_hash *ret)
{
	struct gv_tiles *t = tiles;
	struct gv_hash fold[GV_TILE_HASHES];
	struct gv_kept_tile *kept;
	struct gv_tile tile;
	unsigned at, n;
	int r = gv_tile_for(size, level, index, &tile, &at, &n);

	if (r < 0)
		return gv_err_set(t->err, r, "a tree of %llu records has no such part",
				  (unsigned long long)size);
	kept = find_kept(t, &tile);
	if (!kept) {
		r = keep(t, &tile, &kept);
		if (r < 0)
			return r;
	}
	memcpy(fold, kept->hashes + at, n * sizeof(fold[0]));
	for (; n > 1; n /= 2)
		for (unsigned i = 0; i < n / 2; i++)
			fold[i] = gv_merkle_node(&fold[2 * i], &fold[2 * i + 1]);
	*ret = fold[0];
	return 0;
}

/* -- the cache ----------------------------------------------------------------------- */

bool gv_tiles_distrust(struct gv_tiles *t)
{
	char path[GV_TILE_PATH_MAX + sizeof(t->db->key->file)];
	bool any = false;

#ifdef GV_WITHOUT_DISTRUST /* tests/controls: what is in the cache stays */
	return false;
#endif
	for (size_t i = 0; i < t->n; i++) {
		if (!t->kept[i].from_cache)
			continue;
		any = true;
		/* One that stays is overwritten by gv_tiles_save(), or distrusted again.
		 */
		if (cache_path(t, &t->kept[i].tile, path, sizeof(path)) == 0)
			(void)unlinkat(t->db->cache_dir, path, 0);
	}
	gv_tiles_release(t);
	t->without_cache = true;
	return any;
}

static int save_one(const struct gv_tiles *t, const struct gv_kept_tile *kept)
{
	char path[GV_TILE_PATH_MAX + sizeof(t->db->key->file)];
	char *slash;
	int r = cache_path(t, &kept->tile, path, sizeof(path));

	if (r < 0)
		return r;
	slash = strrchr(path, '/');
	*slash = '\0';
	r = gv_make_dirs(t->db->cache_dir, path, 0777);
	*slash = '/';
	if (r < 0)
		return r;
	return gv_save_file(t->db->cache_dir, path, kept->hashes, GV_TILE_BYTES, 0666);
}

void gv_tiles_save(struct gv_tiles *t)
{
	if (t->db->cache_dir < 0)
		return;
	for (size_t i = 0; i < t->n; i++)
		if (!t->kept[i].from_cache && t->kept[i].tile.width == GV_TILE_HASHES &&
		    save_one(t, &t->kept[i]) < 0)
			return; /* a cache that cannot be written costs requests, no more
				 */
}
