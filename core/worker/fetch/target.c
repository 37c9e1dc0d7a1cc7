// SPDX-License-Identifier: Apache-2.0
#include "core/worker/fetch/target.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/worker/fetch/address.h"

static void free_url(CURLU **u)
{
	curl_url_cleanup(*u);
}

static void free_part(char **s)
{
	curl_free(*s);
}

/* A part that is not there is "". */
static bool get(CURLU *u, CURLUPart part, unsigned flags, char *ret, size_t cap)
{
	GV_CLEANUP(free_part) char *text = NULL;
	size_t n;

	*ret = '\0';
	if (curl_url_get(u, part, &text, flags) != CURLUE_OK)
		return true;
	n = strlen(text);
	if (n >= cap)
		return false;
	memcpy(ret, text, n + 1);
	return true;
}

static char *get_secret(CURLU *u, CURLUPart part)
{
	GV_CLEANUP(free_part) char *text = NULL;

	if (curl_url_get(u, part, &text, CURLU_URLDECODE) != CURLUE_OK)
		return NULL;
	return strdup(text);
}

static bool take_apart(CURLU *u, struct gv_target *t)
{
	t->user = get_secret(u, CURLUPART_USER);
	t->password = get_secret(u, CURLUPART_PASSWORD);
	(void)curl_url_set(u, CURLUPART_USER, NULL, 0); /* to remove a part cannot fail */
	(void)curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
	(void)curl_url_set(u, CURLUPART_OPTIONS, NULL, 0);
	(void)curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	if (!get(u, CURLUPART_URL, 0, t->url, sizeof(t->url)))
		return false;
	(void)curl_url_set(u, CURLUPART_QUERY, NULL, 0);
	return get(u, CURLUPART_URL, 0, t->shown, sizeof(t->shown)) &&
	       get(u, CURLUPART_SCHEME, 0, t->scheme, sizeof(t->scheme)) &&
	       get(u, CURLUPART_HOST, 0, t->host, sizeof(t->host)) &&
	       get(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, t->port, sizeof(t->port));
}

/* No rule but that it is a URL with a host. */
static int parse(const char *url, struct gv_target *ret)
{
	GV_CLEANUP(free_url) CURLU *u = curl_url();
	struct gv_target t = {.user = NULL};

	if (!u)
		return -GV_EFAILED;
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
		return -GV_EREMOTE;
	if (!take_apart(u, &t) || !t.url[0]) {
		gv_target_release(&t);
		return -GV_EREMOTE;
	}
	*ret = t;
	return 0;
}

int gv_target_parse(const char *url, bool allow_http, struct gv_target *ret,
		    struct gv_err *err)
{
	struct gv_target t;
	int r = parse(url, &t);

	/* Not shown: there may be a password in what could not be taken apart. */
	if (r < 0)
		return gv_err_set(err, r, "not a URL that can be fetched");
	if (strcmp(t.scheme, "https") != 0 && !gv_target_is_http(&t))
		r = gv_err_set(err, -GV_EREMOTE, "'%s' is neither https nor http",
			       t.shown);
	else if (gv_target_is_http(&t) && !allow_http)
		r = gv_err_set(err, -GV_EREMOTE, "'%s' is not https", t.shown);
	else if (gv_target_is_http(&t) && t.user && !gv_host_is_loopback(t.host))
		r = gv_err_set(err, -GV_EREMOTE,
			       "'%s': a password is not sent over plain http", t.shown);
	if (r < 0) {
		gv_target_release(&t);
		return r;
	}
	*ret = t;
	return 0;
}

int gv_target_redirect(const struct gv_target *from, const char *location,
		       bool allow_http, struct gv_target *ret, struct gv_err *err)
{
	struct gv_target t;
	int r = parse(location, &t);

	if (r < 0)
		return gv_err_set(err, r, "'%s' redirects to what is not a URL",
				  from->shown);
	free(t.user);
	free(t.password);
	t.user = t.password = NULL;
#ifdef GV_WITHOUT_HTTPS_ONLY /* tests/controls: redirects lead anywhere */
	*ret = t;
	return 0;
#endif
	if (strcmp(t.scheme, "https") != 0 &&
	    !(allow_http && gv_target_is_http(&t) && gv_target_is_http(from) &&
	      gv_target_same_host(from, &t))) {
		r = gv_err_set(err, -GV_EREMOTE,
			       "'%s' redirects to '%s', which is not https", from->shown,
			       t.shown);
		gv_target_release(&t);
		return r;
	}
	*ret = t;
	return 0;
}

void gv_target_release(struct gv_target *t)
{
	if (!t)
		return;
	free(t->user);
	free(t->password);
	*t = (struct gv_target){.user = NULL};
}

bool gv_target_is_http(const struct gv_target *t)
{
	return strcmp(t->scheme, "http") == 0;
}

bool gv_target_same_host(const struct gv_target *a, const struct gv_target *b)
{
	return strcasecmp(a->host, b->host) == 0;
}

bool gv_target_same_origin(const struct gv_target *a, const struct gv_target *b)
{
	return strcmp(a->scheme, b->scheme) == 0 && gv_target_same_host(a, b) &&
	       strcmp(a->port, b->port) == 0;
}
