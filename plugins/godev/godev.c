// SPDX-License-Identifier: Apache-2.0
/*
 * Archives of the release page: the feed says what there is, the file bases hold the
 * bytes. The two need not be the same host, and only then does the feed's digest say
 * anything about who sent the bytes.
 */
#include "core/install/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/text.h"
#include "core/config/config.h"
#include "core/install/cached.h"
#include "core/install/names.h"
#include "core/install/url.h"
#include "plugins/godev/feed.h"

/* A feed younger than this is not fetched anew because a version is not in it. */
#define YOUNG_S 60

static struct gv_cached feed_of(const struct gv_source_env *env)
{
	const char *url = gv_config_str(env->config, GV_SET_GODEV_FEED);

	return (struct gv_cached){
		.dir = GV_CACHED_RELEASES,
		.url = url,
		.allow_http = gv_url_is_http(url),
		.condense = gv_feed_condense,
	};
}

static int feed_get(const struct gv_source_env *env, struct gv_buf *text,
		    struct gv_cached_info *info, struct gv_err *err)
{
	struct gv_cached what = feed_of(env);
	int r = gv_cached_get(env, &what, text, info, err);

	/* The parsers below want a pointer. */
	return r == 0 && !text->data ? gv_buf_add(text, "", 0) : r;
}

static int godev_list(const struct gv_source_env *env, const char *platform,
		      struct gv_releases *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_FEED_MAX);
	struct gv_cached_info info;
	int r = feed_get(env, &text, &info, err);

	if (r == 0)
		r = gv_feed_releases(text.data, text.len, platform, ret, err);
	if (r < 0)
		return r;
	ret->fetched_at = info.at;
	ret->stale = info.stale;
	return 0;
}

/*
 * 0: found in the feed.  1: the feed cannot be had, or it says nothing about this version
 * and is old: then the archive's name is known all the same, without a digest.
 */
static int look_up(const struct gv_source_env *env, const struct gv_version *v,
		   const char *platform, struct gv_feed_file *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_FEED_MAX);
	struct gv_source_env anew = *env;
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_cached_info info;
	int r = feed_get(env, &text, &info, &ignored);

	if (r == 0)
		r = gv_feed_find(text.data, text.len, v, platform, ret, err);
	if (r == -GV_ENOTFOUND && !env->offline && time(NULL) - info.at > YOUNG_S) {
		anew.refresh = true;
		gv_buf_clear(&text);
		r = feed_get(&anew, &text, &info, &ignored);
		if (r == 0)
			r = gv_feed_find(text.data, text.len, v, platform, ret, err);
	}
	if (r == -GV_EINTERRUPTED || r == -ENOMEM)
		return gv_err_sys(err, r, "cannot read the release feed");
	if (r == 0 || (r == -GV_ENOTFOUND && !info.stale))
		return r;
	return 1;
}

static int add_base(const char *base, const struct gv_feed_file *file, const char *feed,
		    struct gv_candidates *ret)
{
	char feed_host[256], base_host[256];
	char *url = gv_url_join(base, file->name);
	struct gv_candidate c = {
		.kind = gv_has_suffix(file->name, ".zip") ? GV_ARCHIVE_ZIP
							  : GV_ARCHIVE_TAR_GZ,
		.url = url,
		.allow_http = gv_url_is_http(base),
		.size = file->size,
		.try_next_on_any_error = true,
	};
	int r;

	if (!url)
		return -ENOMEM;
	gv_url_host(feed, feed_host, sizeof(feed_host));
	gv_url_host(base, base_host, sizeof(base_host));
	if (file->sha256[0]) {
		memcpy(c.sha256, file->sha256, sizeof(c.sha256));
		c.digest_origin = feed_host;
		c.digest_counts =
			gv_url_is_https(feed) && strcmp(feed_host, base_host) != 0;
	}
	r = gv_candidates_add(ret, &c);
	free(url);
	return r;
}

static int godev_locate(const struct gv_source_env *env, const struct gv_version *v,
			const char *platform, struct gv_candidates *ret,
			struct gv_err *err)
{
	const char *feed = gv_config_str(env->config, GV_SET_GODEV_FEED);
	const char *at = gv_config_str(env->config, GV_SET_GODEV_FILES);
	struct gv_feed_file file = {0};
	int r = look_up(env, v, platform, &file, err);

	if (r < 0)
		return r;
	if (r == 1)
		gv_archive_name(v, platform, file.name);
	r = 0;
	while (r == 0 && *(at += strspn(at, " \t,"))) {
		size_t n = strcspn(at, " \t,");
		char *base = strndup(at, n);

		r = base ? add_base(base, &file, feed, ret) : -ENOMEM;
		free(base);
		at += n;
	}
	if (r < 0)
		return gv_err_sys(err, r, "cannot name the archive of '%s'", v->name);
	return ret->n ? 0 : 1;
}

static void godev_doubt(const struct gv_source_env *env)
{
	struct gv_cached what = feed_of(env);

	gv_cached_doubt(env, &what);
}

const struct gv_source gv_source_godev = {
	.name = "godev",
	.list = godev_list,
	.locate = godev_locate,
	.doubt = godev_doubt,
};
