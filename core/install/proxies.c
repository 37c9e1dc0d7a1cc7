// SPDX-License-Identifier: Apache-2.0
#include "core/install/proxies.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/file.h"
#include "core/install/url.h"

void gv_proxies_release(struct gv_proxies *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->items[i].url);
		free(p->items[i].path);
	}
	free(p->items);
	*p = (struct gv_proxies){0};
}

static int add(struct gv_proxies *l, const struct gv_proxy *p)
{
	struct gv_proxy *items = reallocarray(l->items, l->n + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	l->items = items;
	l->items[l->n++] = *p;
	return 0;
}

/* An entry without a scheme that looks like a host is meant as https, as in Go. */
static char *with_scheme(const char *s)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);

	if (strpbrk(s, ".:/") && !strstr(s, ":/") && s[0] != '/')
		gv_buf_add_str(&b, "https://");
	gv_buf_add_str(&b, s);
	return gv_buf_take(&b);
}

static int parse_entry(char *word, struct gv_proxy *p, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *shown = NULL;
	char host[256];

	if (strcmp(word, "off") == 0) {
		p->kind = GV_PROXY_OFF;
		return 0;
	}
	if (strcmp(word, "direct") == 0) {
		p->kind = GV_PROXY_DIRECT;
		p->url = strdup(GV_TOOLCHAIN_DIRECT);
		return p->url ? 0 : -ENOMEM;
	}
	p->url = with_scheme(word);
	if (!p->url)
		return -ENOMEM;
	if (strncasecmp(p->url, "file:", 5) == 0) {
		int r = gv_url_file_path(p->url, &p->path);

		p->kind = GV_PROXY_FILE;
		if (r != -EINVAL)
			return r;
		return gv_err_set(err, -GV_EUSAGE,
				  "GOPROXY: '%s' is not file:// with an absolute path",
				  word);
	}
	p->kind = GV_PROXY_HTTP;
	gv_url_host(p->url, host, sizeof(host));
	if ((gv_url_is_https(p->url) || gv_url_is_http(p->url)) && host[0])
		return 0;
	shown = gv_url_public(word);
	return gv_err_set(err, -GV_EUSAGE,
			  "GOPROXY: '%s' is not an https, http or file URL, 'direct' or "
			  "'off'",
			  shown ? shown : "?");
}

int gv_proxies_parse(const char *value, struct gv_proxies *ret, struct gv_err *err)
{
	struct gv_proxies list = {0};
	const char *at = value;
	int r = 0;

	while (*at && r == 0) {
		size_t n = strcspn(at, ",|");
		size_t from = strspn(at, " \t\r\n\v\f"), to = n;
		struct gv_proxy p = {.next_on_any_error = at[n] == '|'};
		char *word;
		bool last;

		while (to > from && strchr(" \t\r\n\v\f", at[to - 1]))
			to--;
		word = to > from ? strndup(at + from, to - from) : NULL;
		if (to > from && !word)
			r = -ENOMEM;
		at += n + (at[n] != '\0');
		if (!word)
			continue;
		r = parse_entry(word, &p, err);
		if (r == 0)
			r = add(&list, &p);
		free(word);
		if (r < 0) {
			free(p.url);
			free(p.path);
			break;
		}
		last = p.kind == GV_PROXY_OFF || p.kind == GV_PROXY_DIRECT;
		if (last)
			break;
	}
	if (r == 0 && list.n == 0)
		r = gv_err_set(err, -GV_EUSAGE,
			       "GOPROXY is not empty, but contains no entries");
	if (r == -ENOMEM)
		r = gv_err_sys(err, r, "cannot read GOPROXY");
	if (r < 0) {
		gv_proxies_release(&list);
		return r;
	}
	*ret = list;
	return 0;
}

bool gv_proxy_go_on(const struct gv_proxy *p, int r)
{
	if (r == -GV_EGONE)
		return true;
	return r == -GV_EREMOTE && p->next_on_any_error;
}

static int get_file(const char *path, struct gv_buf *ret, struct gv_err *err)
{
	int r = gv_read_file(AT_FDCWD, path, ret);

	if (r == -ENOENT || r == -ENOTDIR)
		return gv_err_set(err, -GV_EGONE, "there is no '%s'", path);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s'", path);
	return 0;
}

int gv_proxy_get(const struct gv_proxy *p, struct gv_fetcher *f, const char *name,
		 struct gv_buf *ret, struct gv_err *err)
{
	char *where;
	int r;

	if (p->kind == GV_PROXY_OFF)
		return gv_err_set(err, -GV_EGONE, "GOPROXY is 'off' here");
	where = gv_url_join(p->kind == GV_PROXY_FILE ? p->path : p->url, name);
	if (!where)
		return gv_err_sys(err, -ENOMEM, "cannot ask for '%s'", name);
	if (p->kind == GV_PROXY_FILE)
		r = get_file(where, ret, err);
	else
		r = gv_fetcher_get_all(f, where, gv_url_is_http(p->url), ret, NULL, err);
	free(where);
	return r;
}
