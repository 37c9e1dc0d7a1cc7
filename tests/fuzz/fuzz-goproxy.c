// SPDX-License-Identifier: Apache-2.0
/* The GOPROXY setting, and URLs: what is asked and what is shown of them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/install/proxies.h"
#include "core/install/url.h"
#include "core/worker/fetch/address.h"
#include "core/worker/fetch/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* What is this machine's or a neighbour's is never taken for public, however written. */
static void check_address(const char *text)
{
	static const char *const near[] = {"127.", "10.",   "192.168.", "169.254.",  "0.",
					   "::1",  "fe80:", "fc00:",	"::ffff:10."};

	if (!gv_address_is_public(text))
		return;
	check(!gv_host_is_loopback(text));
	for (size_t i = 0; i < GV_COUNT(near); i++)
		check(strncasecmp(text, near[i], strlen(near[i])) != 0);
}

/* The user and password of a URL never come out again. */
static void check_shown(const char *url)
{
	char *shown = gv_url_public(url);
	const char *host;

	check(shown != NULL && !strpbrk(shown, "?#"));
	host = strstr(shown, "://");
	if (host) {
		host += 3;
		check(!memchr(host, '@', strcspn(host, "/?#\\")));
	}
	free(shown);
}

static void check_url(const char *url)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_target first, next;
	char host[256], *path = NULL;

	if (gv_is_url(url))
		check_shown(url);
	gv_url_host(url, host, sizeof(host));
	check(!strpbrk(host, "/?#@"));
	if (gv_url_file_path(url, &path) == 0)
		check(path[0] == '/');
	free(path);
	if (gv_target_parse(url, true, &first, &err) < 0)
		return;
	check(strcmp(first.scheme, "https") == 0 || gv_target_is_http(&first));
	check(first.host[0] && first.port[0] && !strchr(first.shown, '?'));
	/* An answer that sends us to itself is the same origin, without the password. */
	err = GV_ERR_INIT;
	if (gv_target_redirect(&first, first.url, true, &next, &err) == 0) {
		check(!next.user && !next.password);
		check(gv_target_same_origin(&first, &next));
		gv_target_release(&next);
	}
	gv_target_release(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_proxies list;
	char *text = malloc(size + 1);

	check(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_url(text);
	check_address(text);
	if (gv_proxies_parse(text, &list, &err) == 0) {
		check(list.n > 0);
		for (size_t i = 0; i < list.n; i++) {
			const struct gv_proxy *p = &list.items[i];
			bool ends = p->kind == GV_PROXY_OFF || p->kind == GV_PROXY_DIRECT;

			check(!ends || i == list.n - 1);
			check(p->kind != GV_PROXY_FILE || p->path[0] == '/');
			check(p->kind != GV_PROXY_HTTP || gv_url_is_https(p->url) ||
			      gv_url_is_http(p->url));
		}
		gv_proxies_release(&list);
	} else {
		check(err.code == -GV_EUSAGE && err.message[0]);
	}
	free(text);
	return 0;
}
