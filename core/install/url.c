// SPDX-License-Identifier: Apache-2.0
#include "core/install/url.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/num.h"
#include "core/base/text.h"

bool gv_is_url(const char *s)
{
	const char *p = strstr(s, "://");

	if (!p || p == s || !isalpha((unsigned char)*s))
		return false;
	for (; s < p; s++)
		if (!isalnum((unsigned char)*s) && !strchr("+-.", *s))
			return false;
	return true;
}

bool gv_url_is_https(const char *url)
{
	return strncasecmp(url, "https://", 8) == 0;
}

bool gv_url_is_http(const char *url)
{
	return strncasecmp(url, "http://", 7) == 0;
}

/* The part between "://" and the path; *ret_rest is what follows it. */
static const char *authority(const char *url, const char **ret_rest)
{
	const char *p = strstr(url, "://");

	p = p ? p + 3 : url + strlen(url);
	*ret_rest = p + strcspn(p, "/?#\\");
	return p;
}

/* Behind "user:password@"; the last "@" counts. */
static const char *behind_user(const char *from, const char *end)
{
	const char *at = memrchr(from, '@', (size_t)(end - from));

	return at ? at + 1 : from;
}

void gv_url_host(const char *url, char *ret, size_t cap)
{
	const char *end;
	const char *p = authority(url, &end);
	const char *stop;
	size_t n;

	ret[0] = '\0';
	p = behind_user(p, end);
	if (p < end && *p == '[') {
		p++;
		stop = memchr(p, ']', (size_t)(end - p));
	} else {
		stop = memchr(p, ':', (size_t)(end - p));
	}
	n = (size_t)((stop ? stop : end) - p);
	if (n >= cap)
		return;
	for (size_t i = 0; i < n; i++)
		ret[i] = (char)tolower((unsigned char)p[i]);
	ret[n] = '\0';
}

char *gv_url_public(const char *url)
{
	const char *rest;
	const char *p = authority(url, &rest);
	const char *host = behind_user(p, rest);
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);

	gv_buf_add(&b, url, (size_t)(p - url));
	gv_buf_add(&b, host, (size_t)(rest - host));
	gv_buf_add(&b, rest, strcspn(rest, "?#"));
	return gv_buf_take(&b);
}

char *gv_url_join(const char *base, const char *name)
{
	size_t n = strlen(base);
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);

	while (n > 0 && base[n - 1] == '/')
		n--;
	while (*name == '/')
		name++;
	gv_buf_add(&b, base, n);
	gv_buf_add_str(&b, "/");
	gv_buf_add_str(&b, name);
	return gv_buf_take(&b);
}

int gv_url_file_path(const char *url, char **ret)
{
	char *out, *w;

	if (strncasecmp(url, "file://", 7) != 0 || url[7] != '/' || strpbrk(url, "?#"))
		return -EINVAL;
	out = w = strdup(url + 7);
	if (!out)
		return -ENOMEM;
	for (const char *p = out; *p; p++) {
		int high, low;

		if (*p != '%') {
			*w++ = *p;
			continue;
		}
		high = gv_hex_digit(p[1]);
		low = high < 0 ? -1 : gv_hex_digit(p[2]);
		if (low < 0 || high * 16 + low == 0) {
			free(out);
			return -EINVAL;
		}
		*w++ = (char)(high * 16 + low);
		p += 2;
	}
	*w = '\0';
	*ret = out;
	return 0;
}
