// SPDX-License-Identifier: Apache-2.0
/* What --source names, and whether something was built from it. */
#include "plugins/build/build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/install/url.h"

enum { CHUNK = 64 << 10 };

/* -- what it is ---------------------------------------------------------------------- */

/* "go1.22.5.src.tar.gz", as the release page has it. */
static char *usual_path(const struct gv_build *build, const char *below)
{
	char name[GV_NAME_MAX + 16];
	struct gv_text t = gv_text_in(name, sizeof(name));

	gv_text_format(&t, "%s.src.tar.gz", build->base.name);
	return gv_url_join(below, name);
}

static bool names_archive(const char *s)
{
	return gv_has_suffix(s, ".tar.gz") || gv_has_suffix(s, ".tgz") ||
	       gv_has_suffix(s, ".zip");
}

static int find_path(const struct gv_build *build, const char *path,
		     enum gv_build_given *ret, char **ret_at, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int dir = -1;
	GV_CLEANUP(gv_free_str) char *at = NULL;
	enum gv_build_given kind = GV_BUILD_GIVEN_ARCHIVE;
	struct stat st;

	if (stat(path, &st) < 0)
		return gv_err_sys(err, -errno, "cannot open '%s'", path);
	if (S_ISDIR(st.st_mode)) {
		dir = gv_open_dir(AT_FDCWD, path);
		if (dir < 0)
			return gv_err_sys(err, dir, "cannot open '%s'", path);
		if (faccessat(dir, "src/make.bash", F_OK, 0) == 0)
			kind = GV_BUILD_GIVEN_TREE;
	}
	at = S_ISDIR(st.st_mode) && kind == GV_BUILD_GIVEN_ARCHIVE
		     ? usual_path(build, path)
		     : strdup(path);
	if (!at)
		return gv_err_sys(err, -ENOMEM, "cannot open '%s'", path);
	if (access(at, F_OK) < 0)
		return gv_err_set(err, -GV_ENOTFOUND,
				  "'%s' has neither src/make.bash nor %s.src.tar.gz",
				  path, build->base.name);
	*ret = kind;
	*ret_at = at;
	at = NULL;
	return 0;
}

int gv_build_find_given(const struct gv_build *build, enum gv_build_given *ret,
			char **ret_at, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *path = NULL;
	const char *given = build->from;

	if (!gv_is_url(given))
		return find_path(build, given, ret, ret_at, err);
	if (gv_after_prefix(given, "file://")) {
		if (gv_url_file_path(given, &path) == 0)
			return find_path(build, path, ret, ret_at, err);
		return gv_err_set(err, -GV_EUSAGE,
				  "'%s' is not file:// with an absolute path", given);
	}
	path = names_archive(given) ? strdup(given) : usual_path(build, given);
	if (!path)
		return gv_err_sys(err, -ENOMEM, "cannot use a URL");
	*ret = GV_BUILD_GIVEN_URL;
	*ret_at = path;
	path = NULL;
	return 0;
}

/* -- whether something was built from it --------------------------------------------- */

static int digest_of(const char *path, char ret[GV_SHA256_HEX], struct gv_err *err)
{
	GV_CLEANUP(gv_close) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	GV_CLEANUP(gv_free_str) char *room = malloc(CHUNK);
	uint8_t digest[GV_SHA256_BYTES];
	struct gv_sha256 h;
	ssize_t n = 1;

	if (fd < 0 || !room)
		return gv_err_sys(err, fd < 0 ? -errno : -ENOMEM, "cannot open '%s'",
				  path);
	gv_sha256_init(&h);
	while (n != 0) {
		n = read(fd, room, CHUNK);
		if (n < 0 && errno != EINTR)
			return gv_err_sys(err, -errno, "cannot read '%s'", path);
		if (n > 0)
			gv_sha256_add(&h, room, (size_t)n);
	}
	gv_sha256_done(&h, digest);
	gv_sha256_to_hex(digest, ret);
	return 0;
}

/* A tree that was built since from another source has another hash. */
static int is_from_store(const struct gv_store *s, const struct gv_build *b,
			 const struct gv_receipt_build *built)
{
	GV_CLEANUP(gv_receipt_release) struct gv_receipt base = {0};
	struct gv_err unused = GV_ERR_INIT;

	if (!built->source_h1)
		return GV_BUILD_ANOTHER;
	if (gv_receipt_load(s, b->base.name, &base, &unused) < 0 || !base.h1)
		return GV_BUILD_SAME; /* that of the release, when it is here again */
	return strcmp(base.h1, built->source_h1) == 0 ? GV_BUILD_SAME : GV_BUILD_ANOTHER;
}

int gv_build_is_from(const struct gv_store *s, const struct gv_build *b,
		     const struct gv_receipt *receipt, struct gv_err *err)
{
	const struct gv_receipt_build *built = &receipt->build;
	GV_CLEANUP(gv_free_str) char *at = NULL;
	char digest[GV_SHA256_HEX];
	enum gv_build_given kind;
	int r;

	if (!b->from)
		return is_from_store(s, b, built);
	r = gv_build_find_given(b, &kind, &at, err);
	if (r < 0)
		return r;
	if (built->source_h1 || (kind == GV_BUILD_GIVEN_TREE) != !built->source_sha256)
		return GV_BUILD_ANOTHER;
	if (kind != GV_BUILD_GIVEN_ARCHIVE)
		return GV_BUILD_NOT_KNOWN;
	r = digest_of(at, digest, err);
	if (r < 0)
		return r;
	return strcmp(digest, built->source_sha256) == 0 ? GV_BUILD_SAME
							 : GV_BUILD_ANOTHER;
}
