// SPDX-License-Identifier: Apache-2.0
#include "core/worker/fetch/handle.h"

#include <errno.h>
#include <string.h>

#include "core/worker/fetch/address.h"

int gv_handle_open(const struct gv_places *places, struct gv_handle *ret)
{
	*ret = (struct gv_handle){.places = *places};
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	ret->curl = curl_easy_init();
	return ret->curl ? 0 : -ENOMEM;
}

void gv_handle_close(struct gv_handle *h)
{
	if (!h)
		return;
	curl_easy_cleanup(h->curl);
	h->curl = NULL;
	curl_global_cleanup();
}

/* Every setopt is checked: the first that fails is remembered, and no request is made. */

static void set_long(struct gv_handle *h, CURLoption option, long value)
{
	if (h->set == CURLE_OK)
		h->set = curl_easy_setopt(h->curl, option, value);
}

static void set_str(struct gv_handle *h, CURLoption option, const char *value)
{
	if (h->set == CURLE_OK && value)
		h->set = curl_easy_setopt(h->curl, option, value);
}

static void set_arg(struct gv_handle *h, CURLoption option, void *value)
{
	if (h->set == CURLE_OK)
		h->set = curl_easy_setopt(h->curl, option, value);
}

static void set_protocols(struct gv_handle *h, bool http)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	set_str(h, CURLOPT_PROTOCOLS_STR, http ? "http" : "https");
	set_str(h, CURLOPT_REDIR_PROTOCOLS_STR, "https");
#else
	set_long(h, CURLOPT_PROTOCOLS, http ? CURLPROTO_HTTP : CURLPROTO_HTTPS);
	set_long(h, CURLOPT_REDIR_PROTOCOLS, CURLPROTO_HTTPS);
#endif
	/* Redirects are followed in transfer.c, where the rules about them are. */
	set_long(h, CURLOPT_FOLLOWLOCATION, 0);
	/* One request at a time gains nothing from HTTP/2, whose parser is another one to
	 * be attacked. */
	set_long(h, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	set_long(h, CURLOPT_HTTP09_ALLOWED, 0);
	/* Never CURLOPT_ACCEPT_ENCODING: the bytes are hashed as they are. */
}

static void set_tls(struct gv_handle *h)
{
	set_long(h, CURLOPT_SSL_VERIFYPEER, 1);
	set_long(h, CURLOPT_SSL_VERIFYHOST, 2);
	set_long(h, CURLOPT_PROXY_SSL_VERIFYPEER, 1);
	set_long(h, CURLOPT_PROXY_SSL_VERIFYHOST, 2);
	set_long(h, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	set_long(h, CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	set_str(h, CURLOPT_CAINFO, h->places.ca_file);
	set_str(h, CURLOPT_PROXY_CAINFO, h->places.ca_file);
	set_str(h, CURLOPT_CAPATH, h->places.ca_dir);
	set_str(h, CURLOPT_PROXY_CAPATH, h->places.ca_dir);
#ifdef GV_WITHOUT_CERTIFICATES /* tests/controls: whoever answers is believed */
	set_long(h, CURLOPT_SSL_VERIFYPEER, 0);
	set_long(h, CURLOPT_SSL_VERIFYHOST, 0);
#endif
}

static void set_credentials(struct gv_handle *h, const struct gv_handle_request *r)
{
	const struct gv_target *t = r->credentials;

	set_long(h, CURLOPT_UNRESTRICTED_AUTH, 0);
	set_long(h, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	set_long(h, CURLOPT_NETRC, CURL_NETRC_IGNORED);
	set_long(h, CURLOPT_DISALLOW_USERNAME_IN_URL, 1);
	if (!t)
		return;
	if (t->user) {
		set_str(h, CURLOPT_USERNAME, t->user);
		set_str(h, CURLOPT_PASSWORD, t->password ? t->password : "");
	} else if (h->places.netrc &&
		   (!gv_target_is_http(t) || gv_host_is_loopback(t->host))) {
		set_long(h, CURLOPT_NETRC, CURL_NETRC_OPTIONAL);
		set_str(h, CURLOPT_NETRC_FILE, h->places.netrc);
	}
}

static void set_limits(struct gv_handle *h, const struct gv_wire_request *want)
{
	set_long(h, CURLOPT_CONNECTTIMEOUT, (long)want->connect_timeout);
#ifndef GV_WITHOUT_LOW_SPEED /* tests/controls: wait for ever */
	set_long(h, CURLOPT_LOW_SPEED_LIMIT, (long)want->low_speed_limit);
	set_long(h, CURLOPT_LOW_SPEED_TIME, (long)want->low_speed_time);
#endif
	set_long(h, CURLOPT_MAXCONNECTS, 4);
	/* Saves a third of what a fast transfer costs; 7.88 refuses it after a
	 * transfer that failed, and then it is only slower. */
	(void)curl_easy_setopt(h->curl, CURLOPT_BUFFERSIZE, 128L << 10);
	set_long(h, CURLOPT_TCP_KEEPALIVE, 1);
	set_long(h, CURLOPT_NOSIGNAL, 1);
}

static void set_callbacks(struct gv_handle *h, const struct gv_handle_request *r)
{
	if (h->set == CURLE_OK)
		h->set = curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, r->on_body);
	if (h->set == CURLE_OK)
		h->set = curl_easy_setopt(h->curl, CURLOPT_HEADERFUNCTION, r->on_head);
	if (h->set == CURLE_OK)
		h->set = curl_easy_setopt(h->curl, CURLOPT_PREREQFUNCTION,
					  r->before_request);
	set_arg(h, CURLOPT_WRITEDATA, r->arg);
	set_arg(h, CURLOPT_HEADERDATA, r->arg);
	set_arg(h, CURLOPT_PREREQDATA, r->arg);
	set_arg(h, CURLOPT_HTTPHEADER, r->headers);
	set_arg(h, CURLOPT_ERRORBUFFER, h->error);
}

CURLcode gv_handle_prepare(struct gv_handle *h, const struct gv_handle_request *r)
{
	curl_easy_reset(h->curl);
	h->set = CURLE_OK;
	memset(h->error, 0, sizeof(h->error));
	set_str(h, CURLOPT_URL, r->target->url);
	set_str(h, CURLOPT_USERAGENT, "govern/" GV_VERSION);
	set_protocols(h, gv_target_is_http(r->target));
	set_tls(h);
	set_credentials(h, r);
	set_limits(h, r->want);
	set_callbacks(h, r);
	/* The answer to CONNECT is the proxy's, not the server's. */
	set_long(h, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
	/* As Go does: this machine is reached directly, whatever the proxy variables say.
	 */
	if (gv_host_is_loopback(r->target->host))
		set_str(h, CURLOPT_PROXY, "");
	return h->set;
}
