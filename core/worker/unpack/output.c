// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/worker/unpack/names.h"
#include "core/worker/unpack/writer.h"

struct gv_output {
	int tree_fd;
	const struct gv_layout *layout;
	struct gv_names names;
	struct gv_entry entry;
	enum gv_packing packing;
	char parent[GV_ENTRY_PATH + 1]; /* of the entry before, known to be there */
	size_t parent_len;
	bool neighbour; /* the present entry lies beside the one before */
	bool top_seen;	/* the prefix had its own entry */
	uint32_t entries;
	unsigned who;		/* the writer of the present file */
	struct gv_piece *piece; /* being filled; NULL: none */
	bool begun;		/* a piece of the present file was sent */
	unsigned char none[16]; /* for the content of a directory */
	struct gv_writers writers;
};

int gv_output_open(int tree_fd, const struct gv_layout *layout,
		   const struct gv_input_fd *raw, struct gv_output **ret,
		   struct gv_err *err)
{
	struct gv_output *out = calloc(1, sizeof(*out));
	int r;

	if (!out)
		return gv_err_set(err, -ENOMEM, "cannot start to unpack");
	out->tree_fd = tree_fd;
	out->layout = layout;
	r = gv_writers_start(&out->writers, tree_fd, layout->prefix, raw);
	if (r < 0) {
		gv_output_free(out);
		return gv_err_set(err, r, "cannot start a thread");
	}
	*ret = out;
	return 0;
}

void gv_output_free(struct gv_output *out)
{
	if (!out)
		return;
	gv_writers_release(&out->writers);
	gv_names_release(&out->names);
	free(out);
}

static int refuse(struct gv_output *out, struct gv_err *err, const char *why)
{
	return gv_err_set(err, -GV_EVERIFY, "the archive's entry '%s%s' %s",
			  out->layout->prefix, out->entry.path, why);
}

/* GV_NAME_NEW or GV_NAME_KNOWN, or an error. */
static int take_name(struct gv_output *out, size_t len, enum gv_name_kind kind,
		     struct gv_err *err)
{
	int r = gv_names_put(&out->names, out->entry.path, len, kind);

	switch (r) {
	case GV_NAME_NEW:
	case GV_NAME_KNOWN:
		return r;
	case GV_NAME_TWICE:
		return refuse(out, err, "is there twice");
	case GV_NAME_TWIN:
		return refuse(out, err, "differs only in case from another one");
	case GV_NAME_CLASH:
		return refuse(out, err, "is a file and a directory");
	case -EFBIG:
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive's names are too long altogether");
	default:
		return gv_err_set(err, r, "cannot note the archive's names");
	}
}

/* The mode is ours to say, not the umask's; by fd, see core/worker/confine.c. */
static int set_mode(int tree_fd, const char *path)
{
	GV_CLEANUP(gv_close)
	int fd = openat(tree_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 || fchmod(fd, 0755) < 0 ? -errno : 0;
}

/* The first `len` bytes of the entry's path are a directory that is not there yet. */
static int make_dir(struct gv_output *out, size_t len, struct gv_err *err)
{
	char path[GV_ENTRY_PATH + 1];
	struct stat st;
	int r = 0;

	if (!out->entry.keep)
		return 0;
	memcpy(path, out->entry.path, len);
	path[len] = '\0';
	if (mkdirat(out->tree_fd, path, 0755) < 0 ||
	    fstatat(out->tree_fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		r = -errno;
	else if ((st.st_mode & 07777) != 0755)
		r = set_mode(out->tree_fd, path);
	return r < 0 ? gv_err_set(err, r, "cannot make the directory '%s'", path) : 0;
}

static int take_parents(struct gv_output *out, struct gv_err *err)
{
	const char *path = out->entry.path, *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	/* Neighbours share their directory: nothing to ask again. */
	out->neighbour = len == out->parent_len && memcmp(path, out->parent, len) == 0;
	if (out->neighbour)
		return 0;
	for (slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t n = (size_t)(slash - path);
		int r = take_name(out, n, GV_NAME_PARENT, err);

		if (r == GV_NAME_NEW)
			r = make_dir(out, n, err);
		if (r < 0)
			return r;
	}
	memcpy(out->parent, path, len);
	out->parent_len = len;
	return 0;
}

static int take_top(struct gv_output *out, struct gv_err *err)
{
	if (out->top_seen)
		return refuse(out, err, "is there twice");
	out->top_seen = true;
	return 0;
}

int gv_output_entry(struct gv_output *out, const char *name, bool dir,
		    enum gv_packing packing, struct gv_err *err)
{
	int r;

	out->packing = packing;
	out->begun = false;
	if (++out->entries > GV_ENTRIES)
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive has more than %d entries", GV_ENTRIES);
	r = gv_entry_parse(out->layout, name, dir, &out->entry, err);
	if (r < 0)
		return r;
	if (out->entry.len == 0)
		return take_top(out, err);
	r = take_parents(out, err);
	if (r < 0)
		return r;
	r = take_name(out, out->entry.len, dir ? GV_NAME_DIR : GV_NAME_FILE, err);
	if (r < 0)
		return r;
	if (!dir)
		out->who = gv_writers_choose(&out->writers, out->who, out->neighbour);
	return r == GV_NAME_NEW && dir ? make_dir(out, out->entry.len, err) : 0;
}

static int next_piece(struct gv_output *out, struct gv_err *err)
{
	struct gv_piece *p;
	int r = gv_writers_piece(&out->writers, &p, err);

	if (r < 0)
		return r;
	memcpy(p->path, out->entry.path, out->entry.len + 1);
	p->mode = out->entry.mode;
	p->write = out->entry.keep;
	p->packing = out->packing;
	p->first = !out->begun;
	p->last = false;
	p->n = 0;
	out->piece = p;
	return 0;
}

static void send_piece(struct gv_output *out)
{
	gv_writers_send(&out->writers, out->who, out->piece);
	out->piece = NULL;
	out->begun = true;
}

int gv_output_room(struct gv_output *out, void **ret, size_t *ret_n, struct gv_err *err)
{
	if (out->entry.dir) {
		*ret = out->none;
		*ret_n = sizeof(out->none);
		return 0;
	}
	if (out->piece && out->piece->n == GV_PIECE)
		send_piece(out);
	if (!out->piece) {
		int r = next_piece(out, err);

		if (r < 0)
			return r;
	}
	*ret = out->piece->data + out->piece->n;
	*ret_n = GV_PIECE - out->piece->n;
	return 0;
}

int gv_output_filled(struct gv_output *out, size_t n, struct gv_err *err)
{
	if (n > 0 && out->entry.dir)
		return refuse(out, err, "is a directory with content");
	if (out->piece)
		out->piece->n += n;
	return 0;
}

int gv_output_end_entry(struct gv_output *out, uint32_t crc, uint32_t size,
			struct gv_err *err)
{
	if (out->entry.dir)
		return size == 0 ? 0 : refuse(out, err, "is a directory with content");
	if (!out->piece) {
		int r = next_piece(out, err);

		if (r < 0)
			return r;
	}
	out->piece->crc = crc;
	out->piece->size = size;
	out->piece->last = true;
	send_piece(out);
	return 0;
}

int gv_output_finish(struct gv_output *out, struct gv_err *err)
{
	int r = gv_writers_stop(&out->writers, err);

	if (r < 0)
		return r;
	if (out->entries == 0)
		return gv_err_set(err, -GV_EVERIFY, "the archive is empty");
	return 0;
}

uint32_t gv_output_entries(const struct gv_output *out)
{
	return out->entries;
}

uint64_t gv_output_bytes(const struct gv_output *out)
{
	return atomic_load(&out->writers.bytes);
}
