// SPDX-License-Identifier: Apache-2.0
/*
 * What a Go binary says of its own build: the version of Go, the modules, the settings.
 *
 * Read are ELF, PE and Mach-O (the first image of a universal file), of any platform,
 * from Go 1.13 on, with or without symbols.  Nothing of the file is executed or mapped,
 * each table must lie within it, and whatever is read of it is looked at a bounded number
 * of times: a damaged file is refused, and costs no more than a whole one of its size,
 * nor than to read 256 MiB.
 *
 * The formats: cmd/link writes the header and the strings (Link.buildinfo),
 * debug/buildinfo reads them, runtime/debug.ParseBuildInfo takes the text apart; where a
 * file is damaged, what these refuse is refused here too.
 *
 *	r = gv_buildinfo_read(fd, &info, &why);
 *	… info.go_version, info.deps[i].path …
 *	gv_buildinfo_release(&info);
 */
#ifndef GV_BUILDINFO_BUILDINFO_H
#define GV_BUILDINFO_BUILDINFO_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

/* Largest text that is read, in bytes: that of 2,000 modules takes 200 KB. */
#define GV_BUILDINFO_MAX (16u << 20)

enum gv_exe_format { GV_EXE_ELF, GV_EXE_PE, GV_EXE_MACHO };

const char *gv_exe_format_name(enum gv_exe_format format); /* "elf", "pe", "macho" */

/* Strings are never NULL but where it is said; "": it says nothing. */
struct gv_build_module {
	const char *path, *version;
	const char *sum; /* "h1:…" */
	/* The module that was built in its place; replaced_by NULL: none was. */
	const char *replaced_by, *replaced_version, *replaced_sum;
};

struct gv_build_setting {
	const char *key, *value; /* "GOOS", "linux"; "-ldflags", "-s -w" */
};

struct gv_buildinfo {
	enum gv_exe_format format;
	char *go_version; /* as it is: "go1.22.5", "go1.22.5 X:…", "devel go1.24-…" */
	const char *path; /* of the main package */
	struct gv_build_module main;
	struct gv_build_module *deps;
	size_t n_deps;
	struct gv_build_setting *settings; /* as they come, not sorted */
	size_t n_settings;
	char *text; /* what the strings lie in */
};

/*
 * Reads an open file that can be read at any offset.  0; else *ret_why is the reason, to
 * stand behind the file's name:
 *   -GV_ENOTFOUND  it is no executable that is known here, or was not made by Go ≥ 1.13
 *   -GV_EFORMAT    it is cut off or damaged, or there is too much to look through
 *   -GV_EINTERRUPTED
 *   -errno         it cannot be read
 */
int gv_buildinfo_read(int fd, struct gv_buildinfo *ret, const char **ret_why)
	GV_MUST GV_NONNULL(2, 3);
void gv_buildinfo_release(struct gv_buildinfo *info);

/* The value of a setting; NULL: there is none. */
const char *gv_buildinfo_setting(const struct gv_buildinfo *info, const char *key)
	GV_NONNULL(1, 2);

#endif
