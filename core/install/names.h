// SPDX-License-Identifier: Apache-2.0
/*
 * What a toolchain's archive is called:
 *
 *	go1.22.5.linux-amd64.tar.gz            an archive of the release page
 *	v0.0.1-go1.22.5.linux-amd64            a version of the module
 * golang.org/toolchain
 *
 * Archives for linux/arm are named linux-armv6l, modules linux-arm; Windows archives are
 * .zip.  Module paths in URLs write an upper-case letter as "!" and the lower-case one
 * (https://go.dev/ref/mod#goproxy-protocol).
 */
#ifndef GV_INSTALL_NAMES_H
#define GV_INSTALL_NAMES_H

#include <stddef.h>

#include "core/base/attr.h"
#include "core/version/version.h"

/* Room for each name below, and for a path of three short components around it. */
#define GV_ARCHIVE_NAME_MAX 256

/* "go1.22.5.linux-amd64.tar.gz" */
void gv_archive_name(const struct gv_version *v, const char *platform,
		     char ret[GV_ARCHIVE_NAME_MAX]) GV_NONNULL(1, 2, 3);
/* "golang.org/toolchain/@v/v0.0.1-go1.22.5.linux-amd64.zip", escaped */
void gv_module_path(const struct gv_version *v, const char *platform,
		    char ret[GV_ARCHIVE_NAME_MAX]) GV_NONNULL(1, 2, 3);
/* "linux-armv6l" for linux-arm, else the platform: as archives and the feed say it. */
const char *gv_platform_in_archives(const char *platform) GV_NONNULL(1);

/* The version that a module version (as in a proxy's list) or the name of an archive file
 * is for.  -EINVAL when it is neither; -ENOENT when it is for another platform. */
int gv_module_version_parse(const char *s, size_t n, const char *platform,
			    struct gv_version *ret) GV_MUST GV_NONNULL(1, 3, 4);
int gv_archive_name_parse(const char *name, const char *platform, struct gv_version *ret)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif
