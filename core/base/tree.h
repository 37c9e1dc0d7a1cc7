// SPDX-License-Identifier: Apache-2.0
/*
 * Whole directory trees, by fd and without following links.
 */
#ifndef GV_BASE_TREE_H
#define GV_BASE_TREE_H

#include <stdint.h>
#include <sys/stat.h>

#include "core/base/attr.h"

/*
 * Removes a file or a whole tree; directories that may not be written (Go's module cache
 * makes such) are made so first.  Absent is success.  Files that NFS keeps for somebody
 * who has them open (".nfs…") are left: then -EBUSY, and a later call finishes.
 */
int gv_tree_remove(int dirfd, const char *path) GV_MUST GV_NONNULL(2);

/*
 * Makes everything under the open directory durable, directories bottom-up: one
 * syncfs(2), where the file system is local; fsync of each file on NFS and where syncfs
 * is missing.
 */
int gv_tree_sync(int treefd) GV_MUST;

/*
 * Calls `visit` for everything below the open directory, depth first, in no order; `rel`
 * is relative to it ("bin/go").  A directory is visited before what it holds; when the
 * visitor returns GV_TREE_SKIP for a directory, that is passed over.  Any negative answer
 * ends the walk and is returned.  Paths over 4096 bytes: -ENAMETOOLONG.
 */
enum { GV_TREE_ON = 0, GV_TREE_SKIP = 1 };
typedef int gv_tree_visit(void *arg, int parentfd, const char *name, const char *rel,
			  const struct stat *st);
int gv_tree_walk(int treefd, gv_tree_visit *visit, void *arg) GV_MUST GV_NONNULL(2);

/* Bytes of all regular files below (st_size). */
int gv_tree_bytes(int treefd, uint64_t *ret) GV_MUST GV_NONNULL(2);

#endif
