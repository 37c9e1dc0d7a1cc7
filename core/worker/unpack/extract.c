// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/extract.h"

#include <errno.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

#include "core/worker/unpack/central.h"
#include "core/worker/unpack/tar.h"

struct extraction {
	enum gv_format format;
	struct gv_input *in;
	const struct gv_input_fd *raw;
	struct gv_output *out;
	struct archive *a;
	struct gv_central central;
	struct gv_err input_err; /* what went wrong below libarchive */
};

static la_ssize_t next_block(struct archive *a, void *arg, const void **ret)
{
	struct extraction *x = arg;
	size_t n;

	if (gv_input_block(x->in, ret, &n, &x->input_err) < 0) {
		archive_set_error(a, EIO, "cannot read");
		return -1;
	}
	return (la_ssize_t)n;
}

/* libarchive gave something else than OK or EOF; warnings count. */
static int refuse(struct extraction *x, struct gv_err *err)
{
	const char *why = archive_error_string(x->a);

	if (x->input_err.code != 0) {
		*err = x->input_err;
		return err->code;
	}
	if (archive_errno(x->a) == ENOMEM)
		return gv_err_set(err, -ENOMEM, "cannot read the archive");
	return gv_err_set(err, -GV_EVERIFY, "the archive is damaged: %s",
			  why ? why : "?");
}

static int open_archive(struct extraction *x, struct gv_err *err)
{
	int r;

	x->a = archive_read_new();
	if (!x->a)
		return gv_err_set(err, -ENOMEM, "cannot start to read the archive");
	/* One format, no filter: what the archive is was decided before it was looked at.
	 */
	r = x->format == GV_FORMAT_TAR ? archive_read_support_format_tar(x->a)
				       : archive_read_support_format_zip_streamable(x->a);
	if (r == ARCHIVE_OK)
		r = archive_read_open(x->a, x, NULL, next_block, NULL);
	return r == ARCHIVE_OK ? 0 : refuse(x, err);
}

static const char *not_allowed(struct archive_entry *e)
{
	if (archive_entry_hardlink(e))
		return "is a hard link";
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
	case AE_IFDIR:
		break;
	case AE_IFLNK:
		return "is a symbolic link";
	default:
		return "is neither a file nor a directory";
	}
	if (archive_entry_sparse_count(e) > 0)
		return "is sparse";
	if (archive_entry_xattr_count(e) > 0 || archive_entry_acl_types(e) != 0)
		return "has attributes beside its content";
	return NULL;
}

/* The second look at the header, at the bytes themselves. */
static int check_header(struct extraction *x, struct archive_entry *e, const char *name,
			struct gv_err *err)
{
	uint64_t at = (uint64_t)archive_read_header_position(x->a);
	bool dir = archive_entry_filetype(e) == AE_IFDIR;

	if (x->format == GV_FORMAT_ZIP)
		return gv_central_local(&x->central, x->in, at, name, dir, err);
#ifdef GV_WITHOUT_ARCHIVE_POLICY /* a zip's headers are noted all the same */
	return 0;
#endif
	return gv_tar_header(x->in, at, dir, (uint64_t)archive_entry_size(e), err);
}

static int copy_content(struct extraction *x, struct gv_err *err)
{
	for (;;) {
		la_ssize_t got;
		size_t room;
		void *to;
		int r = gv_output_room(x->out, &to, &room, err);

		if (r < 0)
			return r;
		got = archive_read_data(x->a, to, room);
		if (got < 0)
			return refuse(x, err);
		if (got == 0)
			return gv_output_end_entry(x->out, err);
		r = gv_output_filled(x->out, (size_t)got, err);
		if (r < 0)
			return r;
		if (gv_entry_bomb(x->raw->bytes, gv_output_bytes(x->out)))
			return gv_err_set(
				err, -GV_EVERIFY,
				"the archive inflates to more than %d times its size",
				GV_INFLATE_RATIO);
	}
}

static int extract_entry(struct extraction *x, struct archive_entry *e,
			 struct gv_err *err)
{
	const char *name = archive_entry_pathname(e), *why;
	int r;

	if (!name)
		return gv_err_set(err, -GV_EVERIFY,
				  "the archive has an entry without a name");
#ifndef GV_WITHOUT_ARCHIVE_POLICY /* a control: tests/archives/hostile.t must see it */
	why = not_allowed(e);
	if (why)
		return gv_err_set(err, -GV_EVERIFY, "the archive's entry '%s' %s", name,
				  why);
#endif
	r = check_header(x, e, name, err);
	if (r < 0)
		return r;
	r = gv_output_entry(x->out, name, archive_entry_filetype(e) == AE_IFDIR, err);
	if (r < 0)
		return r;
	r = copy_content(x, err);
	if (r < 0)
		return r;
	if (x->format == GV_FORMAT_ZIP)
		gv_central_content(&x->central, gv_output_entry_bytes(x->out));
	return 0;
}

static int check_end(struct extraction *x, struct gv_err *err)
{
	uint64_t at = (uint64_t)archive_read_header_position(x->a);

	if (x->format == GV_FORMAT_ZIP)
		return gv_central_check(&x->central, x->in, at, err);
	return gv_tar_end(x->in, at, err);
}

int gv_extract(enum gv_format format, struct gv_input *in, const struct gv_input_fd *raw,
	       struct gv_output *out, struct gv_err *err)
{
	struct extraction x = {.format = format,
			       .in = in,
			       .raw = raw,
			       .out = out,
			       .central = GV_CENTRAL_INIT};
	struct archive_entry *e;
	int r = open_archive(&x, err);

	while (r == 0) {
		int got = archive_read_next_header(x.a, &e);

		if (got == ARCHIVE_EOF) {
			r = check_end(&x, err);
			break;
		}
		r = got == ARCHIVE_OK ? extract_entry(&x, e, err) : refuse(&x, err);
	}
	(void)archive_read_free(x.a); /* it only frees */
	gv_central_release(&x.central);
	return r;
}
