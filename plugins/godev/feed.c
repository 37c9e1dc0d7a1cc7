// SPDX-License-Identifier: Apache-2.0
#include "plugins/godev/feed.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "core/install/names.h"
#include "core/json/json.h"
#include "core/trust/sha256.h"

static int parse(const char *data, size_t n, struct gv_json **ret, struct gv_err *err)
{
	unsigned line = 0;
	struct gv_json *feed = gv_json_parse(data, n, &line);

	if (!feed)
		return gv_err_set(err, -GV_EFORMAT,
				  "the release feed is not JSON (line %u)", line);
	if (!gv_json_is_array(feed)) {
		gv_json_free(feed);
		return gv_err_set(err, -GV_EFORMAT, "the release feed is not a list");
	}
	*ret = feed;
	return 0;
}

bool gv_feed_is_one(const char *data, size_t n)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *feed = NULL;
	struct gv_err ignored = GV_ERR_INIT;

	return parse(data, n, &feed, &ignored) == 0 && gv_json_count(feed) > 0;
}

/* A name that can be appended to a base and taken for nothing else. */
static bool plain_name(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n >= sizeof(((struct gv_feed_file *)0)->name) || name[0] == '.')
		return false;
	for (const char *p = name; *p; p++) {
		bool digit = *p >= '0' && *p <= '9';
		bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');

		if (!digit && !letter && !strchr(".-_+", *p))
			return false;
	}
	return gv_has_suffix(name, ".tar.gz") || gv_has_suffix(name, ".zip");
}

static bool is_archive_for(const struct gv_json *file, const char *platform)
{
	const char *kind = gv_json_str(file, "kind");
	const char *os = gv_json_str(file, "os");
	const char *arch = gv_json_str(file, "arch");
	const char *name = gv_json_str(file, "filename");
	char both[GV_PLATFORM_MAX * 2];
	struct gv_text t = gv_text_in(both, sizeof(both));

	if (!kind || !os || !arch || !name || strcmp(kind, "archive") != 0)
		return false;
	gv_text_format(&t, "%s-%s", os, arch);
	return !t.cut && strcmp(both, gv_platform_in_archives(platform)) == 0 &&
	       plain_name(name);
}

/* Where a platform has several archives (darwin up to 1.4), the usual name wins. */
static const struct gv_json *archive_of(const struct gv_json *release,
					const struct gv_version *v, const char *platform)
{
	const struct gv_json *files = gv_json_get(release, "files");
	const struct gv_json *found = NULL;
	char usual[GV_ARCHIVE_NAME_MAX];

	gv_archive_name(v, platform, usual);
	for (size_t i = 0; i < gv_json_count(files); i++) {
		const struct gv_json *file = gv_json_at(files, i);

		if (!is_archive_for(file, platform))
			continue;
		found = file;
		if (strcmp(gv_json_str(file, "filename"), usual) == 0)
			break;
	}
	return found;
}

static int version_of(const struct gv_json *release, struct gv_version *ret)
{
	const char *name = gv_json_str(release, "version");

	return name ? gv_version_parse(name, strlen(name), ret) : -EINVAL;
}

int gv_feed_releases(const char *data, size_t n, const char *platform,
		     struct gv_releases *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *feed = NULL;
	int r = parse(data, n, &feed, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < gv_json_count(feed); i++) {
		const struct gv_json *release = gv_json_at(feed, i);
		struct gv_version v;

		if (version_of(release, &v) < 0 || !archive_of(release, &v, platform))
			continue;
		if (gv_releases_add(ret, &v) < 0)
			return gv_err_sys(err, -ENOMEM, "cannot read the release feed");
	}
	return 0;
}

static void describe(const struct gv_json *file, struct gv_feed_file *ret)
{
	const char *sha256 = gv_json_str(file, "sha256");
	int64_t size = gv_json_int(file, "size", 0);
	uint8_t digest[GV_SHA256_BYTES];
	struct gv_text t;

	*ret = (struct gv_feed_file){.size = size > 0 ? (uint64_t)size : 0};
	t = gv_text_in(ret->name, sizeof(ret->name));
	gv_text_add(&t, gv_json_str(file, "filename"));
	if (sha256 && gv_sha256_from_hex(sha256, strlen(sha256), digest) == 0)
		gv_sha256_to_hex(digest, ret->sha256);
}

int gv_feed_find(const char *data, size_t n, const struct gv_version *v,
		 const char *platform, struct gv_feed_file *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *feed = NULL;
	int r = parse(data, n, &feed, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < gv_json_count(feed); i++) {
		const struct gv_json *release = gv_json_at(feed, i);
		const struct gv_json *file;
		struct gv_version have;

		if (version_of(release, &have) < 0 || strcmp(have.name, v->name) != 0)
			continue;
		file = archive_of(release, v, platform);
		if (!file)
			continue;
		describe(file, ret);
		return 0;
	}
	return gv_err_set(err, -GV_ENOTFOUND, "the release feed has no %s for %s",
			  v->name, platform);
}
