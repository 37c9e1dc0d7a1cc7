// SPDX-License-Identifier: Apache-2.0
/*
 * A toolchain from source, as `govern build` makes it (core/install/build.h).
 *
 *	gv_build_oldest()	which Go can compile it
 *	gv_patch_load()		each patch, read and looked at
 *	gv_source_build		is asked for an archive: the source is laid out in the
 *				installation's scratch directory, patched, named, and built
 *				there by its own make.bash -distpack
 *
 * What is built there are programs of others, or of the user's patches, run as the user:
 * they get an environment of their own, no network where the kernel lets us, and a time
 * limit, and none of them is left when the build ends.  That is no boundary
 * (docs/SECURITY.md).
 *
 * https://go.dev/doc/install/source, https://go.dev/rebuild
 */
#ifndef GV_PLUGINS_BUILD_BUILD_H
#define GV_PLUGINS_BUILD_BUILD_H

#include "core/install/build.h"
#include "core/install/install.h"

/* What lies in the scratch directory of a build. */
#define GV_BUILD_TREE "go" /* the GOROOT that is built */
#define GV_BUILD_LOG  "log"

/*
 * The oldest Go that compiles `v`.  -GV_EPOLICY: one that old (before 1.21) cannot make
 * an archive of itself.
 */
int gv_build_oldest(const struct gv_version *v, struct gv_version *ret,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);

/*
 * Reads a patch and adds it.  -GV_EFORMAT: it is none; -GV_EPOLICY: it names a file
 * outside of the tree, or makes a link; -errno.
 */
int gv_patch_load(const char *path, struct gv_build *b, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/* -- the parts of a build, for plugins/build/ ---------------------------------------- */

/* One program of it, run in a directory below the scratch directory, and heard. */
struct gv_build_run {
	const struct gv_source_env *env;
	char *const *argv; /* found in PATH */
	const char *directory;
	const struct gv_list *set; /* more for its environment; or NULL */
	long limit_ms;
	int log; /* gets all that it says */
};

/* *ret_last is its last line, for a message.  *ret_status as of gv_child_wait();
 * -ETIMEDOUT, -GV_EINTERRUPTED, -errno. */
int gv_build_run(const struct gv_build_run *what, char ret_last[GV_WORD_MAX * 8],
		 int *ret_status) GV_MUST GV_NONNULL(1, 2, 3);

/* Lays out the source in <scratch>/go, which is there and empty: all but what a build
 * makes. */
int gv_build_lay_out(const struct gv_source_env *env, int tree_fd, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3);
/* Copies what makes up the source of a GOROOT: regular files and directories only. */
int gv_build_copy(int from_fd, const char *from, int tree_fd, struct gv_err *err)
	GV_MUST GV_NONNULL(2, 4);
/* Applies all patches, in order, without fuzz. */
int gv_patches_apply(const struct gv_source_env *env, int log, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3);
/* Runs make.bash -distpack for the toolchain `name`. */
int gv_build_make(const struct gv_source_env *env, const char *name, int log,
		  struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4);

#endif
