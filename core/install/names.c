// SPDX-License-Identifier: Apache-2.0
#include "core/install/names.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "core/trust/module.h"

#define MODULE_PREFIX "v0.0.1-"

const char *gv_platform_in_archives(const char *platform)
{
	return strcmp(platform, "linux-arm") == 0 ? "linux-armv6l" : platform;
}

void gv_archive_name(const struct gv_version *v, const char *platform,
		     char ret[GV_ARCHIVE_NAME_MAX])
{
	struct gv_text t = gv_text_in(ret, GV_ARCHIVE_NAME_MAX);
	const char *ext = gv_after_prefix(platform, "windows-") ? "zip" : "tar.gz";

	gv_text_format(&t, "%s.%s.%s", v->name, gv_platform_in_archives(platform), ext);
}

void gv_module_path(const struct gv_version *v, const char *platform,
		    char ret[GV_ARCHIVE_NAME_MAX])
{
	struct gv_text t = gv_text_in(ret, GV_ARCHIVE_NAME_MAX);

	gv_text_add(&t, GV_MODULE_PATH "/@v/" MODULE_PREFIX);
	for (const char *p = v->name; *p; p++) {
		char c = (char)tolower((unsigned char)*p);

		if (c != *p)
			gv_text_add(&t, "!");
		gv_text_add_n(&t, &c, 1);
	}
	gv_text_format(&t, ".%s.zip", platform);
}

/* "go1.22.5.linux-amd64": the platform begins behind the last dot. */
static int parse_stem(const char *s, size_t n, const char *platform,
		      struct gv_version *ret)
{
	const char *dot = memrchr(s, '.', n);
	struct gv_version v;
	size_t n_platform;
	const char *tail;

	if (!dot)
		return -EINVAL;
	tail = dot + 1;
	n_platform = (size_t)(s + n - tail);
	if (!memchr(tail, '-', n_platform))
		return -EINVAL;
	if (gv_version_parse(s, (size_t)(dot - s), &v) < 0)
		return -EINVAL;
	if (n_platform == strlen("linux-armv6l") &&
	    memcmp(tail, "linux-armv6l", n_platform) == 0)
		n_platform -= 3, tail = "linux-arm";
	if (n_platform != strlen(platform) || memcmp(tail, platform, n_platform) != 0)
		return -ENOENT;
	*ret = v;
	return 0;
}

int gv_module_version_parse(const char *s, size_t n, const char *platform,
			    struct gv_version *ret)
{
	size_t skip = strlen(MODULE_PREFIX);

	if (n <= skip || memcmp(s, MODULE_PREFIX, skip) != 0)
		return -EINVAL;
	return parse_stem(s + skip, n - skip, platform, ret);
}

int gv_archive_name_parse(const char *name, const char *platform, struct gv_version *ret)
{
	static const char *const ends[] = {".tar.gz", ".tgz", ".zip"};

	for (size_t i = 0; i < GV_COUNT(ends); i++) {
		size_t n = strlen(name);

		if (!gv_has_suffix(name, ends[i]))
			continue;
		n -= strlen(ends[i]);
		if (gv_after_prefix(name, MODULE_PREFIX))
			return gv_module_version_parse(name, n, platform, ret);
		return parse_stem(name, n, platform, ret);
	}
	return -EINVAL;
}
