// SPDX-License-Identifier: Apache-2.0
#include "plugins/godev/feed.h"

#include <errno.h>
#include <string.h>

#include "core/base/num.h"
#include "core/base/text.h"
#include "core/install/names.h"
#include "core/json/json.h"
#include "core/trust/sha256.h"

enum { LINE_MAX_BYTES = 512 }; /* bytes; a name has up to 255 */

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

/* A word that can stand in a line. */
static bool plain_word(const char *s)
{
	size_t n = s ? strlen(s) : 0;

	return n > 0 && n < GV_PLATFORM_MAX &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789") == n;
}

static bool is_digest(const char *s, size_t n)
{
	uint8_t digest[GV_SHA256_BYTES];

	return gv_sha256_from_hex(s, n, digest) == 0;
}

static void condense_file(const char *version, const struct gv_json *file,
			  struct gv_buf *ret)
{
	const char *kind = gv_json_str(file, "kind"), *os = gv_json_str(file, "os");
	const char *arch = gv_json_str(file, "arch");
	const char *name = gv_json_str(file, "filename");
	const char *sha256 = gv_json_str(file, "sha256");
	int64_t size = gv_json_int(file, "size", 0);

	if (!kind || strcmp(kind, "archive") != 0 || !plain_word(os) ||
	    !plain_word(arch) || !name || !plain_name(name))
		return;
	gv_buf_format(ret, "%s %s-%s %s %s %lld\n", version, os, arch, name,
		      sha256 && is_digest(sha256, strlen(sha256)) ? sha256 : "-",
		      size > 0 ? (long long)size : 0);
}

int gv_feed_condense(const char *json, size_t n, struct gv_buf *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *feed = NULL;
	int r = parse(json, n, &feed, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < gv_json_count(feed); i++) {
		const struct gv_json *release = gv_json_at(feed, i);
		const struct gv_json *files = gv_json_get(release, "files");
		const char *name = gv_json_str(release, "version");
		struct gv_version v;

		if (!name || gv_version_parse(name, strlen(name), &v) < 0)
			continue;
		for (size_t j = 0; j < gv_json_count(files); j++)
			condense_file(v.name, gv_json_at(files, j), ret);
	}
	r = gv_buf_error(ret);
	return r < 0 ? gv_err_sys(err, r, "cannot read the release feed") : 0;
}

/* -- lines --------------------------------------------------------------------------- */

struct line {
	char *version, *platform, *name, *sha256, *size;
};

/* Takes the next line off the front of [*at, end), split in `buf`.  A line that is not
 * whole, in a cache that was damaged, says nothing: all of it is empty. */
static bool next_line(const char **at, const char *end, char *buf, size_t cap,
		      struct line *ret)
{
	const char *nl = memchr(*at, '\n', (size_t)(end - *at));
	size_t n = nl ? (size_t)(nl - *at) : 0;
	char *field[5], *rest = buf;

	if (!nl)
		return false;
	n = n < cap ? n : 0;
	memcpy(buf, *at, n);
	buf[n] = '\0';
	*at = nl + 1;
	for (size_t i = 0; i < GV_COUNT(field); i++)
		field[i] = rest ? strsep(&rest, " ") : NULL;
	if (!field[GV_COUNT(field) - 1] || rest)
		for (size_t i = 0; i < GV_COUNT(field); i++)
			field[i] = buf + n;
	*ret = (struct line){field[0], field[1], field[2], field[3], field[4]};
	return true;
}

static bool is_for(const struct line *l, const char *platform)
{
	return strcmp(l->platform, gv_platform_in_archives(platform)) == 0 &&
	       plain_name(l->name);
}

int gv_feed_releases(const char *lines, size_t n, const char *platform,
		     struct gv_releases *ret, struct gv_err *err)
{
	char buf[LINE_MAX_BYTES];
	struct line l;

	for (const char *at = lines; next_line(&at, lines + n, buf, sizeof(buf), &l);) {
		struct gv_version v;

		/* Only by the name that gv_feed_find() will be asked for. */
		if (!is_for(&l, platform) ||
		    gv_version_parse(l.version, strlen(l.version), &v) < 0 ||
		    strcmp(v.name, l.version) != 0)
			continue;
		if (gv_releases_add(ret, &v) < 0)
			return gv_err_sys(err, -ENOMEM, "cannot read the release feed");
	}
	return 0;
}

static void describe(const struct line *l, struct gv_feed_file *ret)
{
	struct gv_text name = gv_text_in(ret->name, sizeof(ret->name));
	struct gv_text sha256 = gv_text_in(ret->sha256, sizeof(ret->sha256));

	gv_text_add(&name, l->name);
	gv_text_add(&sha256, is_digest(l->sha256, strlen(l->sha256)) ? l->sha256 : "");
	if (gv_num_parse(l->size, strlen(l->size), INT64_MAX, &ret->size) < 0)
		ret->size = 0;
}

int gv_feed_find(const char *lines, size_t n, const struct gv_version *v,
		 const char *platform, struct gv_feed_file *ret, struct gv_err *err)
{
	char buf[LINE_MAX_BYTES], usual[GV_ARCHIVE_NAME_MAX];
	bool found = false;
	struct line l;

	gv_archive_name(v, platform, usual);
	for (const char *at = lines; next_line(&at, lines + n, buf, sizeof(buf), &l);) {
		if (strcmp(l.version, v->name) != 0 || !is_for(&l, platform))
			continue;
		describe(&l, ret);
		found = true;
		/* Where a platform has several (darwin up to 1.4), the usual name
		 * wins. */
		if (strcmp(l.name, usual) == 0)
			break;
	}
	if (found)
		return 0;
	return gv_err_set(err, -GV_ENOTFOUND, "the release feed has no %s for %s",
			  v->name, platform);
}
