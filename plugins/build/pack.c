// SPDX-License-Identifier: Apache-2.0
/*
 * The archive of a Go before 1.21, which makes none: what its make.bash leaves in the
 * tree, without what was there for the build only.
 */
#include "plugins/build/build.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/install/talk.h"
#include "core/install/tarball.h"
#include "core/trust/dirhash.h"

static int hand_on(void *arg, const void *data, size_t n, struct gv_err *err)
{
	return gv_unpacker_write(arg, data, n, err);
}

/*
 * The compilers on the way with their caches, and what the archives of that time leave
 * out, too: the packages that programs of Go's own consist of, and the program that
 * checks Go's own promises.
 */
static int drop_leftovers(const char *platform, int tree_fd)
{
	/* Before and behind "linux_amd64"; NULL: it is not in the name. */
	static const char *const names[][2] = {{"pkg/obj", NULL},
					       {"pkg/bootstrap", NULL},
					       {"pkg/", "/cmd"},
					       {"pkg/tool/", "/api"}};
	size_t os = strcspn(platform, "-");
	int r = 0;

	for (size_t i = 0; i < GV_COUNT(names) && r == 0; i++) {
		char path[GV_PLATFORM_MAX + sizeof("pkg/tool//api")];
		struct gv_text t = gv_text_in(path, sizeof(path));

		gv_text_add(&t, names[i][0]);
		if (names[i][1])
			gv_text_format(&t, "%.*s_%s%s", (int)os, platform,
				       platform + os + 1, names[i][1]);
		r = gv_tree_remove(tree_fd, path);
	}
	return r;
}

static int write_archive(const struct gv_source_env *env, const char *name, int tree_fd,
			 int to, struct gv_err *err)
{
	const struct gv_dirhash_opts opts = {.version = name,
					     .platform = env->in->store->platform};
	struct gv_unpacker *packer;
	struct gv_unpacked unused;
	struct gv_dirhash tree;
	int r = gv_dirhash_tree(tree_fd, &opts, &tree, err);

	if (r < 0)
		return r;
	r = gv_packer_start(env->libexec, to, &packer, err);
	if (r == 0) {
		r = gv_tarball_write(tree_fd, name, tree.manifest.data, tree.manifest.len,
				     hand_on, packer, err);
		if (r == 0)
			r = gv_unpacker_finish(packer, &unused, err);
		gv_unpacker_close(packer);
	}
	gv_dirhash_release(&tree);
	return r;
}

int gv_build_pack(const struct gv_source_env *env, const char *name, int tree_fd,
		  const char *path, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int to = -1;
	int r = drop_leftovers(env->in->store->platform, tree_fd);

	if (r == 0) {
		to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		r = to < 0 ? -errno : 0;
	}
	if (r < 0)
		return gv_err_sys(err, r, "cannot use what was built");
	return write_archive(env, name, tree_fd, to, err);
}
