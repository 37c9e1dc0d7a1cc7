// SPDX-License-Identifier: Apache-2.0
/*
 * The parent's side of `unpack`: a confined child that reads an archive from a pipe and
 * writes a GOROOT below one directory, which is all it can write.  It has no network.
 *
 * Archive policy (docs/SECURITY.md): only regular files and directories; exact prefix;
 * names that are valid UTF-8, no control characters, no combining marks and none of the
 * characters that Unicode has twice (with them one visible name has two spellings), no
 * backslash, no "." or ".." component, component <= 255 bytes, path <= 1024, depth <= 64,
 * no duplicates, no twins by case (Unicode's simple folding); at most 2 GiB, 512 MiB a
 * file, 100,000 entries, 16 MiB of names, ratio 20:1 after 64 MiB; nothing before,
 * between or behind; zip: local headers and central directory agree, no zip64, no
 * comments; gzip: one member, right trailer; tar: no headers but pax (x) and GNU long
 * names (L).  Modes are set by rule, 0755 or 0644, whatever the umask.  The tarball's
 * api, doc, misc, test and .github are checked and not written.  _go.mod of a module zip
 * becomes go.mod; go.mod there, and _go.mod elsewhere, are refused, since the module hash
 * cannot tell them apart.
 *
 * SIGPIPE must be ignored (core/base/interrupt.h).  The tree is not synced to disk here.
 */
#ifndef GV_WORKER_UNPACKER_H
#define GV_WORKER_UNPACKER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

enum gv_archive { GV_ARCHIVE_TAR_GZ, GV_ARCHIVE_MODULE_ZIP, GV_ARCHIVE_ZIP };

struct gv_unpack {
	const char *libexec;
	enum gv_archive kind;
	const char *version;  /* "go1.22.5" */
	const char *platform; /* "linux-amd64" */
	int tree_fd;	      /* empty directory to fill */
};

struct gv_unpacked {
	uint64_t entries;
	uint64_t bytes;
	bool confined; /* Landlock held */
};

struct gv_unpacker;

int gv_unpacker_start(const struct gv_unpack *what, struct gv_unpacker **ret,
		      struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);
/* The other way round, by the same calls: what is written is packed by gzip and comes out
 * at `to`, a file (where it stands) or a pipe; `bytes` at the end is how many. */
int gv_packer_start(const char *libexec, int to, struct gv_unpacker **ret,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4);
/* Hands on archive bytes.  When the child has refused the archive this fails, with the
 * child's reason in err. */
int gv_unpacker_write(struct gv_unpacker *u, const void *data, size_t n,
		      struct gv_err *err) GV_MUST GV_NONNULL(1, 4);
/* End of the archive: waits for the child's answer.  -GV_EVERIFY: refused by the policy
 * or damaged; -errno for the disk. */
int gv_unpacker_finish(struct gv_unpacker *u, struct gv_unpacked *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* In any case, last; kills a child that still runs. */
void gv_unpacker_close(struct gv_unpacker *u);

#endif
