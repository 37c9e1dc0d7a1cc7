// SPDX-License-Identifier: Apache-2.0
/*
 * An extract.c that believes the archive: it makes whatever libarchive makes of it,
 * links, devices, owners and all, wherever that is.  With the rest of `unpack` around it
 * this is the program of tests/archives/hostile.t that shows what Landlock alone holds
 * back.
 */
#include "core/worker/unpack/extract.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <unistd.h>

#include "core/worker/unpack/answer.h"

static la_ssize_t next_block(struct archive *a, void *arg, const void **ret)
{
	struct gv_err err = GV_ERR_INIT;
	size_t n;

	if (gv_input_block(arg, ret, &n, &err) < 0) {
		archive_set_error(a, EIO, "%s", err.message);
		return -1;
	}
	return (la_ssize_t)n;
}

static void copy_content(struct archive *from, struct archive *to)
{
	const void *data;
	la_int64_t at;
	size_t n;

	while (archive_read_data_block(from, &data, &n, &at) == ARCHIVE_OK)
		if (archive_write_data_block(to, data, n, at) < ARCHIVE_WARN)
			return;
}

int gv_extract(enum gv_format format, struct gv_input *in, struct gv_output *out,
	       struct gv_err *err)
{
	struct archive *from = archive_read_new(), *to = archive_write_disk_new();
	struct archive_entry *e;
	int r = 0;

	(void)out;
	/* libarchive works from the working directory. */
	if (!from || !to || fchdir(GV_UNPACK_TREE_FD) < 0)
		return gv_err_set(err, -errno, "cannot start to believe");
	if (format == GV_FORMAT_TAR)
		r = archive_read_support_format_tar(from);
	else
		r = archive_read_support_format_zip_streamable(from);
	if (r == ARCHIVE_OK)
		r = archive_write_disk_set_options(
			to, ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME |
				    ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_ACL |
				    ARCHIVE_EXTRACT_XATTR | ARCHIVE_EXTRACT_FFLAGS |
				    ARCHIVE_EXTRACT_UNLINK);
	if (r == ARCHIVE_OK)
		r = archive_read_open(from, in, NULL, next_block, NULL);
	while (r >= ARCHIVE_WARN) {
		r = archive_read_next_header(from, &e);
		if (r == ARCHIVE_EOF || r < ARCHIVE_WARN)
			break;
		/* What cannot be made is passed over: there may be worse to come. */
		if (archive_write_header(to, e) >= ARCHIVE_WARN)
			copy_content(from, to);
	}
	(void)archive_read_free(from);
	(void)archive_write_free(to); /* sets the modes and times of directories */
	return 0;
}
