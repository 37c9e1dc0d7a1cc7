// SPDX-License-Identifier: Apache-2.0
/*
 * Where the source comes from: the toolchain of that version in the store, whose hash is
 * the one that the checksum database has, so that nobody has to be asked or believed; or
 * what --source names.
 */
#include "plugins/build/build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/install/talk.h"
#include "core/install/url.h"
#include "core/worker/unpacker.h"

enum {
	ARCHIVE_BYTES_MAX = 512 << 20,
	CHUNK = 256 << 10,
	VERSION_BYTES_MAX = 4096,
};

/* -- the installed toolchain --------------------------------------------------------- */

static int from_store(const struct gv_source_env *env, int tree_fd, struct gv_err *err)
{
	/* By what is known here: that it is proven was seen to before. */
	struct gv_install in = *env->in;
	struct gv_build *build = env->in->build;
	const char *name = build->base.name;
	struct gv_verified now;
	GV_CLEANUP(gv_close) int from = -1;
	int r;

	in.build = NULL;
	in.offline = true;
	r = gv_verify_one(&in, name, NULL, NULL, &now, err);
	if (r == 0)
		r = from = gv_store_open_toolchain(in.store, name, err);
	if (r < 0)
		return r;
	memcpy(build->source_h1, now.h1, sizeof(build->source_h1));
	gv_talk(env->in, "the source is that of %s (%s, %s)", name,
		gv_trust_name(now.trust), now.h1);
	return gv_build_copy(from, name, tree_fd, err);
}

/* -- an archive ---------------------------------------------------------------------- */

struct unpacking {
	struct gv_unpacker *unpacker;
	struct gv_sha256 sha256;
	struct gv_err *err;
};

static int feed(void *arg, const void *data, size_t n)
{
	struct unpacking *u = arg;

	if (gv_interrupted())
		return gv_err_set(u->err, -GV_EINTERRUPTED, "interrupted");
	gv_sha256_add(&u->sha256, data, n);
	return gv_unpacker_write(u->unpacker, data, n, u->err);
}

static int read_archive(const char *path, struct unpacking *u)
{
	GV_CLEANUP(gv_close) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	GV_CLEANUP(gv_free_str) char *room = malloc(CHUNK);
	ssize_t n = 1;
	int r = 0;

	if (fd < 0 || !room)
		return gv_err_sys(u->err, fd < 0 ? -errno : -ENOMEM, "cannot open '%s'",
				  path);
	while (r == 0 && n != 0) {
		n = read(fd, room, CHUNK);
		if (n < 0 && errno != EINTR)
			return gv_err_sys(u->err, -errno, "cannot read '%s'", path);
		if (n > 0)
			r = feed(u, room, (size_t)n);
	}
	return r;
}

static int fetch_archive(const struct gv_source_env *env, const char *url,
			 struct unpacking *u)
{
	struct gv_fetched unused;
	struct gv_fetch get = {
		.url = url,
		.max = ARCHIVE_BYTES_MAX,
		.allow_http = gv_url_is_http(url),
		.sink = feed,
		.arg = u,
	};

	gv_step(env->in, GV_STEP_FETCH, 0, 0);
	return gv_fetcher_get(env->fetcher, &get, &unused, u->err);
}

/* `at`: a path, or a URL.  A module zip is a source, too: it has all of src/. */
static int from_archive(const struct gv_source_env *env, const char *at, bool is_url,
			int tree_fd, struct gv_err *err)
{
	struct gv_build *build = env->in->build;
	struct unpacking u = {.err = err};
	struct gv_unpack what = {
		.libexec = env->libexec,
		.kind = gv_has_suffix(at, ".zip") ? GV_ARCHIVE_MODULE_ZIP
						  : GV_ARCHIVE_TAR_GZ,
		.version = build->base.name,
		.platform = env->in->store->platform,
		.tree_fd = tree_fd,
	};
	uint8_t digest[GV_SHA256_BYTES];
	struct gv_unpacked unused;
	int r = gv_unpacker_start(&what, &u.unpacker, err);

	if (r < 0)
		return r;
	gv_sha256_init(&u.sha256);
	r = is_url ? fetch_archive(env, at, &u) : read_archive(at, &u);
	if (r == 0)
		r = gv_unpacker_finish(u.unpacker, &unused, err);
	gv_unpacker_close(u.unpacker);
	if (r < 0)
		return r;
	gv_sha256_done(&u.sha256, digest);
	gv_sha256_to_hex(digest, build->source_sha256);
	/* What an archive of a whole toolchain has of what is to be built. */
	r = gv_tree_remove(tree_fd, "bin");
	if (r == 0)
		r = gv_tree_remove(tree_fd, "pkg");
	return r < 0 ? gv_err_sys(err, r, "cannot lay out the source") : 0;
}

/* -- whatever --source names --------------------------------------------------------- */

static int from_tree(const char *path, int tree_fd, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int dir = gv_open_dir(AT_FDCWD, path);

	return dir < 0 ? gv_err_sys(err, dir, "cannot open '%s'", path)
		       : gv_build_copy(dir, path, tree_fd, err);
}

static int from_given(const struct gv_source_env *env, int tree_fd, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *at = NULL;
	enum gv_build_given kind;
	int r = gv_build_find_given(env->in->build, &kind, &at, err);

	if (r < 0)
		return r;
	return kind == GV_BUILD_GIVEN_TREE
		       ? from_tree(at, tree_fd, err)
		       : from_archive(env, at, kind == GV_BUILD_GIVEN_URL, tree_fd, err);
}

/* It is what was asked for, and can be built. */
static int check(const struct gv_source_env *env, int tree_fd, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(VERSION_BYTES_MAX);
	const char *want = env->in->build->base.name;
	struct gv_version v;
	size_t n;
	int r = faccessat(tree_fd, "src/make.bash", F_OK, 0) < 0 ? -errno : 0;

	if (r == -ENOENT || r == -ENOTDIR)
		return gv_err_set(err, -GV_EVERIFY,
				  "the source of %s has no src/make.bash", want);
	if (r == 0)
		r = gv_read_file(tree_fd, "VERSION", &text);
	if (r == -ENOENT || r == -EFBIG || r == -EINVAL || r == -EISDIR ||
	    (r == 0 && !text.data))
		return gv_err_set(err, -GV_EVERIFY,
				  "the source of %s has no VERSION file", want);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read the source of %s", want);
	n = strcspn(text.data, " \t\r\n");
	if (gv_version_parse(text.data, n, &v) == 0 && strcmp(v.name, want) == 0)
		return 0;
	return gv_err_set(err, -GV_EVERIFY, "the source of %s is that of '%.*s'", want,
			  (int)(n < GV_WORD_MAX ? n : GV_WORD_MAX), text.data);
}

int gv_build_lay_out(const struct gv_source_env *env, int tree_fd, struct gv_err *err)
{
	int r = env->in->build->from ? from_given(env, tree_fd, err)
				     : from_store(env, tree_fd, err);

	return r < 0 ? r : check(env, tree_fd, err);
}
