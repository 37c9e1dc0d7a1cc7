// SPDX-License-Identifier: Apache-2.0
/*
 * A toolchain from source, as `govern build` makes it (core/install/build.h).
 *
 *	gv_build_compilers()	which Go can compile it
 *	gv_patch_load()		each patch, read and looked at
 *	gv_build_is_from()	whether what is there is that already
 *	gv_source_build		is asked for an archive: the source is laid out in the
 *				installation's scratch directory, patched, named, and built
 *				there by its own make.bash; since Go 1.21 that makes the
 *				archive as well, before it is made of what was built
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

/* Since Go 1.21: make.bash makes an archive of what it built, and everywhere the same. */
bool gv_build_is_reproducible(const struct gv_version *v) GV_NONNULL(1);

struct gv_build_compilers {
	struct gv_version oldest;
	unsigned newest; /* the last line that can, 1.<newest>; 0: all that came */
	char usual[GV_NAME_MAX]; /* a line that can, for who has none yet */
};

/* -GV_EPOLICY: one that old (before 1.5) takes a C compiler. */
int gv_build_compilers(const struct gv_version *v, struct gv_build_compilers *ret,
		       struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);

bool gv_build_can_compile(const struct gv_build_compilers *c, const struct gv_version *v)
	GV_NONNULL(1, 2);

/*
 * Reads a patch and adds it.  -GV_EFORMAT: it is none; -GV_EPOLICY: it names a file
 * outside of the tree, or makes a link; -errno.
 */
int gv_patch_load(const char *path, struct gv_build *b, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/*
 * Whether what a receipt tells of was built from the source that is asked for; the base
 * and the patches are gv_build_is_alike()'s.  A directory, and what would have to be
 * fetched, leave that open.  -GV_ENOTFOUND: --source names no source; -errno.
 */
enum { GV_BUILD_ANOTHER, GV_BUILD_SAME, GV_BUILD_NOT_KNOWN };
int gv_build_is_from(const struct gv_store *s, const struct gv_build *b,
		     const struct gv_receipt *receipt, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

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

/* What --source names: an archive to be fetched, one that is here (of a directory, that
 * of the release), or a tree.  *ret_at: its URL or path, freed by the caller. */
enum gv_build_given { GV_BUILD_GIVEN_URL, GV_BUILD_GIVEN_ARCHIVE, GV_BUILD_GIVEN_TREE };
int gv_build_find_given(const struct gv_build *build, enum gv_build_given *ret,
			char **ret_at, struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);
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
/* Whether there is such a program for what is run here. */
bool gv_build_has(const char *program) GV_NONNULL(1);
/* Runs make.bash, with -distpack where it knows that, for the toolchain `name`. */
int gv_build_make(const struct gv_source_env *env, const char *name, int log,
		  struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4);
/* Makes the archive `path` of what lies in the tree.  What is for the build only goes. */
int gv_build_pack(const struct gv_source_env *env, const char *name, int tree_fd,
		  const char *path, struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4, 5);

#endif
