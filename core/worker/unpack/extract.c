// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpack/extract.h"

#include <errno.h>
#include <sys/stat.h>

#include <archive.h>
#include <archive_entry.h>

#include "core/worker/unpack/tar.h"
#include "core/worker/unpack/zip.h"

struct extraction {
	struct gv_input *in;
	struct gv_output *out;
	struct archive *a;
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
	r = archive_read_support_format_tar(x->a);
	if (r == ARCHIVE_OK)
		r = archive_read_open(x->a, x, NULL, next_block, NULL);
	return r == ARCHIVE_OK ? 0 : refuse(x, err);
}

static const char *not_allowed(struct archive_entry *e)
{
#ifdef GV_WITHOUT_ARCHIVE_POLICY /* a control: tests/archives/hostile.t must see it */
	return NULL;
#endif
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
static int check_header(struct extraction *x, struct archive_entry *e, struct gv_err *err)
{
#ifdef GV_WITHOUT_ARCHIVE_POLICY
	return 0;
#endif
	return gv_tar_header(x->in, (uint64_t)archive_read_header_position(x->a),
			     archive_entry_filetype(e) == AE_IFDIR,
			     (uint64_t)archive_entry_size(e), err);
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
			return gv_output_end_entry(x->out, 0, 0, err);
		r = gv_output_filled(x->out, (size_t)got, err);
		if (r < 0)
			return r;
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
	why = not_allowed(e);
	if (why)
		return gv_err_set(err, -GV_EVERIFY, "the archive's entry '%s' %s", name,
				  why);
	r = check_header(x, e, err);
	if (r < 0)
		return r;
	r = gv_output_entry(x->out, name, archive_entry_filetype(e) == AE_IFDIR,
			    GV_PACKING_NONE, err);
	return r < 0 ? r : copy_content(x, err);
}

static int extract_tar(struct gv_input *in, struct gv_output *out, struct gv_err *err)
{
	struct extraction x = {.in = in, .out = out};
	struct archive_entry *e;
	int r = open_archive(&x, err);

	while (r == 0) {
		int got = archive_read_next_header(x.a, &e);

		if (got == ARCHIVE_EOF) {
			uint64_t at = (uint64_t)archive_read_header_position(x.a);

			r = gv_tar_end(in, at, err);
			break;
		}
		r = got == ARCHIVE_OK ? extract_entry(&x, e, err) : refuse(&x, err);
	}
	(void)archive_read_free(x.a); /* it only frees */
	return r;
}

int gv_extract(enum gv_format format, struct gv_input *in, struct gv_output *out,
	       struct gv_err *err)
{
	return format == GV_FORMAT_ZIP ? gv_zip_read(in, out, err)
				       : extract_tar(in, out, err);
}
