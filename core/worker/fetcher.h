// SPDX-License-Identifier: Apache-2.0
/*
 * The parent's side of `fetch`: a confined child that speaks HTTP, so that this process
 * never parses it.  One fetcher is one child and one connection pool; it does one request
 * at a time and keeps connections open between them.  Not shared between threads.
 *
 * Transport policy (docs/SECURITY.md): https, or http where the request allows it and for
 * that URL's own origin only; redirects to https only (http to http on the same host
 * where allowed), at most max_redirects, and from a public server never to a private,
 * loopback or link-local address; user and password (of the URL, else of NETRC or
 * ~/.netrc) only to the scheme, host and port that was asked for, never over plain http
 * except on this machine, never in a message; every answer bounded in bytes; a transfer
 * under low_speed_limit for low_speed_time is given up; 408, 429, 5xx and broken
 * connections are tried again with backoff, Retry-After honoured up to 60 s; certificates
 * are checked, and no switch turns that off.
 *
 * From the environment: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY (and in small
 * letters; this machine itself is never reached through a proxy, as in Go), SSL_CERT_FILE
 * (or CURL_CA_BUNDLE), SSL_CERT_DIR, NETRC, HOME; the child does not get the rest.
 *
 * The parent checks what it can without parsing: sizes, the order of messages, the cap. A
 * child that breaks off or breaks the protocol is an error of that request; the next one
 * starts another child.
 */
#ifndef GV_WORKER_FETCHER_H
#define GV_WORKER_FETCHER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

struct gv_net {
	unsigned connect_timeout; /* seconds */
	unsigned low_speed_limit; /* bytes a second */
	unsigned low_speed_time;  /* seconds */
	unsigned retries;
	unsigned max_redirects;
	bool offline; /* every request fails with -GV_EREMOTE, nothing is started */
};

struct gv_fetcher;

/* `libexec` is the directory that holds `fetch`.  The child starts with the first
 * request. */
int gv_fetcher_open(const char *libexec, const struct gv_net *net,
		    struct gv_fetcher **ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);
void gv_fetcher_close(struct gv_fetcher *f);

/* Gets body bytes as they arrive; a negative answer ends the transfer and is returned. It
 * may set the err of gv_fetcher_get() itself; else a general sentence is put there. */
typedef int gv_fetch_sink(void *arg, const void *data, size_t n);
/*
 * The transfer begins again at byte 0: what the sink got so far does not count.  Called
 * when the server ignored a range, or its file changed.  NULL: then that is an error.
 */
typedef int gv_fetch_restart(void *arg);
/* The size of the whole answer when it is known (else 0), before the first byte. */
typedef void gv_fetch_size(void *arg, uint64_t total);

struct gv_fetch {
	const char *url;
	uint64_t max;			  /* bytes of body; more is an error */
	bool allow_http;		  /* the user configured this origin as http */
	const char *etag, *last_modified; /* ask conditionally; NULL: not */
	uint64_t offset;       /* resume here: the sink has these bytes already */
	const char *validator; /* of the partial: ETag or Last-Modified for If-Range; or
				  NULL */
	gv_fetch_sink *sink;
	gv_fetch_restart *restart;
	gv_fetch_size *size;
	void *arg;
};

struct gv_fetched {
	unsigned status; /* 200, 206, 304 */
	bool not_modified;
	uint64_t bytes; /* that came over the wire as body */
	char etag[256]; /* "": none */
	char last_modified[64];
	char url[2048]; /* after redirects; no credentials, nor a redirect's query */
	bool confined;	/* Landlock holds in the child */
};

/*
 * 0 and *ret; -GV_EGONE for 404 and 410; -GV_EREMOTE for other answers and the network
 * (message: host, what went wrong, and for a certificate that is not yet valid a hint
 * about the clock); -GV_EINTERRUPTED; what the sink returned.
 */
int gv_fetcher_get(struct gv_fetcher *f, const struct gv_fetch *what,
		   struct gv_fetched *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3, 4);

/* The whole answer into a buffer, bounded by ret->max, which must be set. */
int gv_fetcher_get_all(struct gv_fetcher *f, const char *url, bool allow_http,
		       struct gv_buf *ret, struct gv_fetched *ret_info,
		       struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4, 6);

#endif
