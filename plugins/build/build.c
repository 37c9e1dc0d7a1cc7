// SPDX-License-Identifier: Apache-2.0
/*
 * The source `build`: its archive is made when it is asked for.  All that it takes lies
 * in the scratch directory, which is the stage of the toolchain to be: so whatever ends
 * it, what is left goes with the stage.
 */
#include "plugins/build/build.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/isolate.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/install/talk.h"

/* A build takes so many times what its source does, at its largest: Go 1.24 has 141 MB of
 * it, 1390 MB with all that is made of it, and 250 MB that are unpacked from that. */
enum { TIMES_SOURCE = 12 };

struct building {
	const struct gv_source_env *env;
	const char *name;
	int scratch_fd, tree_fd, log;
};

static int check_space(const struct building *b, struct gv_err *err)
{
	uint64_t free, need = 0;
	struct statvfs fs;
	int r = gv_tree_bytes(b->tree_fd, &need);

	if (r < 0)
		return gv_err_sys(err, r, "cannot build %s", b->name);
	need *= TIMES_SOURCE - 1; /* it is there already */
	/* Of a file system that does not tell it is seen when it is full. */
	if (fstatvfs(b->scratch_fd, &fs) < 0 || fs.f_blocks == 0)
		return 0;
	free = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (free >= need)
		return 0;
	return gv_err_sys(
		err, -ENOSPC,
		"cannot build %s: it takes %llu MB in '%s', and %llu MB are free",
		b->name, (unsigned long long)(need / 1000000), b->env->in->store->root,
		(unsigned long long)(free / 1000000));
}

static int make_places(struct building *b, struct gv_err *err)
{
	static const char *const names[] = {GV_BUILD_TREE, "home", "tmp", "cache"};
	int r = b->scratch_fd = gv_open_dir(AT_FDCWD, b->env->scratch);

	for (size_t i = 0; i < GV_COUNT(names) && r >= 0; i++)
		r = gv_make_dir(b->scratch_fd, names[i], 0700);
	if (r >= 0)
		r = b->tree_fd = gv_open_dir(b->scratch_fd, GV_BUILD_TREE);
	if (r >= 0) {
		b->log = openat(b->scratch_fd, GV_BUILD_LOG,
				O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		r = b->log < 0 ? -errno : 0;
	}
	return r < 0 ? gv_err_sys(err, r, "cannot build %s", b->name) : 0;
}

/*
 * The name goes into VERSION: what is built calls itself by it, so that GOTOOLCHAIN finds
 * it, and Go's build cache, which knows a compiler by its version, never takes its output
 * for that of the release.
 */
static int name_it(const struct building *b, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(4096);
	GV_CLEANUP(gv_buf_release) struct gv_buf named = GV_BUF_INIT(0);
	const char *rest;
	int r;

	if (strcmp(b->name, b->env->in->build->base.name) == 0)
		return 0;
	r = gv_read_file(b->tree_fd, "VERSION", &text);
	rest = r == 0 && text.data ? strchr(text.data, '\n') : NULL;
	gv_buf_format(&named, "%s%s", b->name, rest ? rest : "\n");
	if (r == 0)
		r = gv_buf_error(&named);
	if (r == 0)
		r = gv_save_file(b->tree_fd, "VERSION", named.data, named.len, 0644);
	return r < 0 ? gv_err_sys(err, r, "cannot name %s in its source", b->name) : 0;
}

/* "pkg/distpack/v0.0.1-go1.22.5-corp.linux-amd64.zip", or one of our own. */
static int make_archive(const struct building *b, struct gv_candidate *ret,
			struct gv_buf *path, struct gv_err *err)
{
	int r;

	if (gv_build_is_reproducible(&b->env->in->build->base)) {
		ret->kind = GV_ARCHIVE_MODULE_ZIP;
		gv_buf_format(path, "%s/" GV_BUILD_TREE "/pkg/distpack/v0.0.1-%s.%s.zip",
			      b->env->scratch, b->name, b->env->in->store->platform);
	} else {
		ret->kind = GV_ARCHIVE_TAR_GZ;
		gv_buf_format(path, "%s/archive.tar.gz", b->env->scratch);
	}
	r = gv_buf_error(path);
	if (r < 0)
		return gv_err_sys(err, r, "cannot use what was built");
	ret->path = path->data;
	if (ret->kind == GV_ARCHIVE_TAR_GZ)
		return gv_build_pack(b->env, b->name, b->tree_fd, ret->path, err);
	if (access(ret->path, F_OK) < 0)
		return gv_err_set(err, -GV_EFAILED,
				  "%s could not be built: make.bash made no archive",
				  b->name);
	return 0;
}

static int add_archive(const struct building *b, struct gv_candidates *ret,
		       struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	struct gv_candidate c = {0};
	int r = make_archive(b, &c, &path, err);

	if (r < 0)
		return r;
	r = gv_candidates_add(ret, &c);
	return r < 0 ? gv_err_sys(err, r, "cannot use what was built") : 0;
}

/* What says why it failed outlives the scratch directory. */
static void keep_log(const struct building *b, struct gv_err *err)
{
	const char *to = b->env->in->build->log;
	struct gv_err cause = *err;

	if (!to || b->log < 0 || lseek(b->log, 0, SEEK_END) <= 0)
		return;
	if (gv_save_copy(AT_FDCWD, to, b->log, 0600) < 0)
		return;
	gv_err_set(err, cause.code, "%s (all of it: '%s')", cause.message, to);
	if (cause.hint[0])
		gv_err_hint(err, "%s", cause.hint);
}

static int build(struct building *b, struct gv_candidates *ret, struct gv_err *err)
{
	int r = make_places(b, err);

	gv_step(b->env->in, GV_STEP_BUILD, 0, 0);
	if (r == 0 && !gv_isolate_possible())
		gv_warn(b->env->in, GV_WARNING_NETWORK,
			"the kernel does not let us take the network away from the "
			"build");
	if (r == 0)
		r = gv_build_lay_out(b->env, b->tree_fd, err);
	if (r == 0)
		r = check_space(b, err);
	if (r < 0)
		return r;
	gv_step(b->env->in, GV_STEP_BUILD, 0, 0);
	r = gv_patches_apply(b->env, b->log, err);
	if (r == 0)
		r = name_it(b, err);
	if (r == 0)
		r = gv_build_make(b->env, b->name, b->log, err);
	if (r == 0)
		r = add_archive(b, ret, err);
	if (r < 0 && r != -GV_EINTERRUPTED)
		keep_log(b, err);
	return r;
}

static int build_locate(const struct gv_source_env *env, const struct gv_version *v,
			const char *platform, struct gv_candidates *ret,
			struct gv_err *err)
{
	struct building b = {
		.env = env,
		.name = v->name,
		.scratch_fd = -1,
		.tree_fd = -1,
		.log = -1,
	};
	int r = build(&b, ret, err);

	(void)platform;
	gv_close(&b.scratch_fd);
	gv_close(&b.tree_fd);
	gv_close(&b.log);
	return r;
}

static int build_list(const struct gv_source_env *env, const char *platform,
		      struct gv_releases *ret, struct gv_err *err)
{
	(void)env;
	(void)platform;
	(void)ret;
	(void)err;
	return 1; /* it has none of its own */
}

const struct gv_source gv_source_build = {
	.name = "build",
	.list = build_list,
	.locate = build_locate,
};
