// SPDX-License-Identifier: Apache-2.0
#include "core/cli/uri.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

void gv_uri_add(struct gv_buf *to, const char *s, const char *also)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (is_plain(*s) || strchr(also, *s))
			gv_buf_add(to, s, 1);
		else
			gv_buf_add(to, (char[]){'%', digits[c >> 4], digits[c & 15]}, 3);
	}
}

/* In a relative one a colon in the first segment would make a scheme of it. */
char *gv_uri_of_path(const char *path)
{
	struct gv_buf uri = GV_BUF_INIT(0);

	if (path[0] == '/')
		gv_buf_add_str(&uri, "file://");
	gv_uri_add(&uri, path, "/");
	return gv_buf_take(&uri);
}

char *gv_purl_of_module(const char *path, const char *version)
{
	struct gv_buf purl = GV_BUF_INIT(0);
	GV_CLEANUP(gv_free_str) char *lower = strdup(path);

	if (!lower || !path[0] || strchr("./", path[0]))
		return NULL;
	for (char *p = lower; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	gv_buf_add_str(&purl, "pkg:golang/");
	gv_uri_add(&purl, lower, "/");
	if (version[0] && version[0] != '(') { /* "(devel)" is none */
		gv_buf_add_str(&purl, "@");
		gv_uri_add(&purl, version, "");
	}
	return gv_buf_take(&purl);
}
