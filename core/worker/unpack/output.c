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

enum { WRITERS = 2 };

struct gv_output {
	int tree_fd;
	const struct gv_layout *layout;
	struct gv_names names;
	struct gv_entry entry;
	char parent[GV_ENTRY_PATH + 1]; /* of the entry before, known to be there */
	size_t parent_len;
	bool top_seen; /* the prefix had its own entry */
	uint32_t entries;
	uint64_t bytes, entry_bytes;
	struct gv_writer *writer;	   /* of the present file and of its neighbours */
	struct gv_piece *piece;		   /* being filled; NULL: none */
	bool begun;			   /* a piece of the present file was sent */
	unsigned char unwritten[GV_PIECE]; /* for what is only checked */
	struct gv_writer writers[WRITERS];
};

int gv_output_open(int tree_fd, const struct gv_layout *layout, struct gv_output **ret,
		   struct gv_err *err)
{
	struct gv_output *out = calloc(1, sizeof(*out));

	if (!out)
		return gv_err_set(err, -ENOMEM, "cannot start to unpack");
	out->tree_fd = tree_fd;
	out->layout = layout;
	for (size_t i = 0; i < WRITERS; i++) {
		int r = gv_writer_start(&out->writers[i], tree_fd);

		if (r < 0) {
			gv_output_free(out);
			return gv_err_set(err, r, "cannot start a thread");
		}
	}
	out->writer = &out->writers[0];
	*ret = out;
	return 0;
}

void gv_output_free(struct gv_output *out)
{
	if (!out)
		return;
	for (size_t i = 0; i < WRITERS; i++)
		(void)gv_writer_stop(
			&out->writers[i]); /* whoever wanted to know has asked */
	gv_names_release(&out->names);
	free(out);
}

static int refuse(struct gv_output *out, struct gv_err *err, const char *why)
{
	return gv_err_set(err, -GV_EVERIFY, "the archive's entry '%s%s' %s",
			  out->layout->prefix, out->entry.path, why);
}

static int write_failed(const struct gv_writer *w, struct gv_err *err)
{
	return gv_err_set(err, w->error, "cannot write '%s'", w->failed);
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

/* The first `len` bytes of the entry's path are a directory that is not there yet. */
static int make_dir(struct gv_output *out, size_t len, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int fd = -1;
	char path[GV_ENTRY_PATH + 1];

	if (!out->entry.keep)
		return 0;
	memcpy(path, out->entry.path, len);
	path[len] = '\0';
	if (mkdirat(out->tree_fd, path, 0755) == 0)
		fd = openat(out->tree_fd, path,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* The mode is ours to say, not the umask's; by fd, see core/worker/confine.c. */
	if (fd < 0 || fchmod(fd, 0755) < 0)
		return gv_err_set(err, -errno, "cannot make the directory '%s'", path);
	return 0;
}

static int take_parents(struct gv_output *out, struct gv_err *err)
{
	const char *path = out->entry.path, *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	/* Neighbours share their directory: nothing to ask again. */
	if (len == out->parent_len && memcmp(path, out->parent, len) == 0)
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
	/* Two writers in one directory would wait for each other. */
	out->writer = &out->writers[0];
	for (size_t i = 1; i < WRITERS; i++)
		if (gv_writer_load(&out->writers[i]) < gv_writer_load(out->writer))
			out->writer = &out->writers[i];
	return 0;
}

static int take_top(struct gv_output *out, struct gv_err *err)
{
	if (out->top_seen)
		return refuse(out, err, "is there twice");
	out->top_seen = true;
	return 0;
}

int gv_output_entry(struct gv_output *out, const char *name, bool dir, struct gv_err *err)
{
	int r;

	out->entry_bytes = 0;
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
	return r == GV_NAME_NEW && dir ? make_dir(out, out->entry.len, err) : 0;
}

static bool is_written(const struct gv_output *out)
{
	return out->entry.keep && !out->entry.dir;
}

static int next_piece(struct gv_output *out, struct gv_err *err)
{
	if (gv_writer_piece(out->writer, &out->piece) < 0)
		return write_failed(out->writer, err);
	memcpy(out->piece->path, out->entry.path, out->entry.len + 1);
	out->piece->mode = out->entry.mode;
	out->piece->first = !out->begun;
	out->piece->last = false;
	out->piece->n = 0;
	return 0;
}

static void send_piece(struct gv_output *out)
{
	gv_writer_send(out->writer);
	out->piece = NULL;
	out->begun = true;
}

int gv_output_room(struct gv_output *out, void **ret, size_t *ret_n, struct gv_err *err)
{
	if (!is_written(out)) {
		*ret = out->unwritten;
		*ret_n = sizeof(out->unwritten);
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
	out->entry_bytes += n;
	out->bytes += n;
	if (n > 0 && out->entry.dir)
		return refuse(out, err, "is a directory with content");
	if (out->entry_bytes > GV_FILE_BYTES)
		return refuse(out, err, "is larger than 512 MiB");
	if (out->bytes > GV_TREE_BYTES)
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive unpacks to more than 2 GiB");
	if (out->piece)
		out->piece->n += n;
	return 0;
}

int gv_output_end_entry(struct gv_output *out, struct gv_err *err)
{
	if (!is_written(out))
		return 0;
	if (!out->piece) {
		int r = next_piece(out, err);

		if (r < 0)
			return r;
	}
	out->piece->last = true;
	send_piece(out);
	return 0;
}

int gv_output_finish(struct gv_output *out, struct gv_err *err)
{
	const struct gv_writer *failed = NULL;

	for (size_t i = 0; i < WRITERS; i++)
		if (gv_writer_stop(&out->writers[i]) < 0 && !failed)
			failed = &out->writers[i];
	if (failed)
		return write_failed(failed, err);
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
	return out->bytes;
}

uint64_t gv_output_entry_bytes(const struct gv_output *out)
{
	return out->entry_bytes;
}
