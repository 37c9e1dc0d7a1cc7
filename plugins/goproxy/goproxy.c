// SPDX-License-Identifier: Apache-2.0
/*
 * Toolchain modules from module proxies (https://go.dev/ref/mod#goproxy-protocol).
 *
 * `list` serves for choosing only: real proxies leave out versions that they have, so a
 * version is located without asking.
 */
#include "core/install/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/install/cached.h"
#include "core/install/names.h"
#include "core/install/proxies.h"
#include "core/install/url.h"
#include "core/trust/module.h"

#define LIST_MAX  (4u << 20)
#define LIST_PATH GV_MODULE_PATH "/@v/list"

static int parse_list(const struct gv_buf *text, const char *platform,
		      struct gv_releases *ret)
{
	const char *at = text->data ? text->data : "";
	const char *end = at + text->len;

	while (at < end) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		const char *stop = nl ? nl : end;
		size_t n = strcspn(at, " \t\r\n");
		struct gv_version v;

		if (n > (size_t)(stop - at))
			n = (size_t)(stop - at);
		if (gv_module_version_parse(at, n, platform, &v) == 0 &&
		    gv_releases_add(ret, &v) < 0)
			return -ENOMEM;
		at = nl ? nl + 1 : end;
	}
	return 0;
}

/* All of it, when any platform's toolchain is in it. */
static int condense(const char *text, size_t n, struct gv_buf *ret, struct gv_err *err)
{
	static const char start[] = "v0.0.1-go";
	int r = memmem(text, n, start, sizeof(start) - 1) ? gv_buf_add(ret, text, n) : 0;

	return r < 0 ? gv_err_sys(err, r, "cannot keep a list of releases") : 0;
}

static int list_of(const struct gv_source_env *env, const struct gv_proxy *p,
		   struct gv_buf *text, struct gv_cached_info *info, struct gv_err *err)
{
	struct gv_cached what = {.dir = GV_CACHED_LISTS, .condense = condense};
	char *url;
	int r;

	if (p->kind == GV_PROXY_FILE)
		return gv_proxy_get(p, env->fetcher, LIST_PATH, text, err);
	url = gv_url_join(p->url, LIST_PATH);
	if (!url)
		return gv_err_sys(err, -ENOMEM, "cannot ask a proxy for its list");
	what.url = url;
	what.allow_http = gv_url_is_http(p->url);
	r = gv_cached_get(env, &what, text, info, err);
	free(url);
	return r;
}

static int refuse_off(struct gv_err *err)
{
	gv_err_set(err, -GV_EPOLICY,
		   "downloads of modules are switched off by GOPROXY=off");
	return gv_err_hint(err, "set another GOPROXY, or use --from");
}

static int goproxy_list(const struct gv_source_env *env, const char *platform,
			struct gv_releases *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(LIST_MAX);
	struct gv_cached_info info = {0};
	struct gv_proxies proxies;
	int r = -GV_EGONE;

	if (!env->goproxy || !*env->goproxy)
		return 1;
	r = gv_proxies_parse(env->goproxy, &proxies, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < proxies.n; i++) {
		const struct gv_proxy *p = &proxies.items[i];

		if (p->kind == GV_PROXY_OFF) {
			r = refuse_off(err);
			break;
		}
		gv_buf_clear(&text);
		r = list_of(env, p, &text, &info, err);
		if (r == 0 || !gv_proxy_go_on(p, r))
			break;
	}
	gv_proxies_release(&proxies);
	if (r < 0)
		return r;
	r = parse_list(&text, platform, ret);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read the list of a proxy");
	ret->fetched_at = info.at;
	ret->stale = info.stale;
	return 0;
}

static int goproxy_locate(const struct gv_source_env *env, const struct gv_version *v,
			  const char *platform, struct gv_candidates *ret,
			  struct gv_err *err)
{
	char path[GV_ARCHIVE_NAME_MAX];
	struct gv_proxies proxies;
	int r;

	if (!env->goproxy || !*env->goproxy)
		return 1;
	r = gv_proxies_parse(env->goproxy, &proxies, err);
	if (r < 0)
		return r;
	gv_module_path(v, platform, path);
	for (size_t i = 0; i < proxies.n && r == 0; i++) {
		const struct gv_proxy *p = &proxies.items[i];
		struct gv_candidate c = {
			.kind = GV_ARCHIVE_MODULE_ZIP,
			.off = p->kind == GV_PROXY_OFF,
			.try_next_on_any_error = p->next_on_any_error,
		};
		char *where = NULL;

		if (!c.off) {
			where = gv_url_join(p->path ? p->path : p->url, path);
			if (!where)
				r = -ENOMEM;
		}
		if (p->path)
			c.path = where;
		else
			c.url = where;
		c.allow_http = c.url && gv_url_is_http(c.url);
		if (r == 0)
			r = gv_candidates_add(ret, &c);
		free(where);
	}
	gv_proxies_release(&proxies);
	if (r < 0)
		return gv_err_sys(err, r, "cannot name the archive of '%s'", v->name);
	return 0;
}

/* A version that was chosen from a list may not be there. */
static void goproxy_doubt(const struct gv_source_env *env)
{
	struct gv_proxies proxies;
	struct gv_err ignored = GV_ERR_INIT;

	if (!env->goproxy || gv_proxies_parse(env->goproxy, &proxies, &ignored) < 0)
		return;
	for (size_t i = 0; i < proxies.n; i++) {
		GV_CLEANUP(gv_free_str)
		char *url = proxies.items[i].url
				    ? gv_url_join(proxies.items[i].url, LIST_PATH)
				    : NULL;
		struct gv_cached what = {.dir = GV_CACHED_LISTS, .url = url};

		if (url)
			gv_cached_doubt(env, &what);
	}
	gv_proxies_release(&proxies);
}

const struct gv_source gv_source_goproxy = {
	.name = "goproxy",
	.list = goproxy_list,
	.locate = goproxy_locate,
	.doubt = goproxy_doubt,
};
