// SPDX-License-Identifier: Apache-2.0
/*
 * fetch: the program that speaks HTTP for govern.  Started by core/worker/fetcher.c with
 * a socket as fd 3 and never by hand.  It confines itself, says HELLO, and answers
 * requests until the other side of the socket is closed.  It writes no file and decides
 * nothing.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/worker/confine.h"
#include "core/worker/fetch/handle.h"
#include "core/worker/fetch/transfer.h"
#include "core/worker/wire.h"

enum { PARENT = 3, MEMORY = 256 * 1024 * 1024, OPEN_FILES = 64 };

/* What name resolution, TLS and their configuration read on the systems we know of.  Not
 * there: the user's home, the store, the working directory. */
static const char *const system_places[] = {
	"/etc",
	"/usr",
	"/lib",
	"/lib32",
	"/lib64",
	"/run", /* systemd-resolved, nscd */
	"/var/run",
	"/var/lib/sss",		    /* sssd's name service */
	"/var/lib/ca-certificates", /* SUSE: /etc/ssl/certs leads there */
	"/nix/store",
	"/gnu/store",
	"/dev/null",
	"/dev/urandom",
};

static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] ? value : NULL;
}

static void fix_environment(void)
{
	const char *proxy = env("HTTP_PROXY");

	/* libcurl reads only the small letters, because in a CGI program a client can set
	 * the large ones; Go has the same exception. */
	if (proxy && !env("http_proxy") && !env("REQUEST_METHOD"))
		(void)setenv("http_proxy", proxy, 1); /* without memory: no proxy */
}

static struct gv_places places_of_user(struct gv_buf *netrc)
{
	struct gv_places p = {
		.ca_file = env("SSL_CERT_FILE"),
		.ca_dir = env("SSL_CERT_DIR"),
		.netrc = env("NETRC"),
	};

	if (!p.ca_file)
		p.ca_file = env("CURL_CA_BUNDLE");
	if (!p.netrc && env("HOME") &&
	    gv_buf_format(netrc, "%s/.netrc", env("HOME")) == 0)
		p.netrc = netrc->data;
	return p;
}

static int confine(const struct gv_handle *h, struct gv_confined *ret)
{
	const char *read[GV_COUNT(system_places) + 5];
	const int fds[] = {0, 1, 2, PARENT};
	struct gv_confine what = {
		.read = read,
		.write_dir = -1,
		.network = true,
		.fds = fds,
		.n_fds = GV_COUNT(fds),
		.memory_bytes = MEMORY,
		.open_files = OPEN_FILES,
	};
	const char *more[5] = {h->places.ca_file, h->places.ca_dir, h->places.netrc};

	/* A libcurl in a place of its own may have its CA certificates there too. */
	if (curl_easy_getinfo(h->curl, CURLINFO_CAINFO, &more[3]) != CURLE_OK)
		more[3] = NULL;
	if (curl_easy_getinfo(h->curl, CURLINFO_CAPATH, &more[4]) != CURLE_OK)
		more[4] = NULL;
	for (size_t i = 0; i < GV_COUNT(system_places); i++)
		read[what.n_read++] = system_places[i];
	for (size_t i = 0; i < GV_COUNT(more); i++)
		if (more[i])
			read[what.n_read++] = more[i];
	return gv_confine(&what, ret);
}

static int say_hello(const struct gv_confined *c)
{
	struct gv_wire_hello hello = {.version = GV_VERSION, .landlock = c->landlock};

	return gv_wire_send(PARENT, GV_WIRE_HELLO, &hello, sizeof(hello));
}

static int check_request(const struct gv_wire_request *q)
{
	return gv_wire_is_string(q->url, sizeof(q->url)) &&
			       gv_wire_is_string(q->etag, sizeof(q->etag)) &&
			       gv_wire_is_string(q->last_modified,
						 sizeof(q->last_modified)) &&
			       gv_wire_is_string(q->validator, sizeof(q->validator))
		       ? 0
		       : -EPROTO;
}

static int serve(struct gv_handle *h)
{
	static struct gv_wire_request request;
	struct gv_wire_reader *reader;
	struct gv_wire_message message;
	int r = gv_wire_reader_new(PARENT, &reader);

	while (r >= 0) {
		r = gv_wire_receive(reader, &message);
		if (r <= 0)
			break;
		r = message.type == GV_WIRE_REQUEST ? 0 : -EPROTO;
		if (r == 0)
			r = gv_wire_copy(&message, &request, sizeof(request));
		if (r == 0)
			r = check_request(&request);
		if (r == 0)
			r = gv_transfer_run(h, &request, PARENT);
	}
	gv_wire_reader_free(reader);
	return r;
}

int main(void)
{
	struct gv_buf netrc = GV_BUF_INIT(4096);
	struct gv_handle handle;
	struct gv_confined confined;
	struct gv_places places;
	int r;

	(void)signal(SIGPIPE, SIG_IGN); /* a library may write to a closed socket */
	fix_environment();
	places = places_of_user(&netrc);
	r = gv_handle_open(&places, &handle);
	if (r < 0)
		return 1;
	r = confine(&handle, &confined);
	if (r == 0)
		r = say_hello(&confined);
	if (r == 0)
		r = serve(&handle);
	gv_handle_close(&handle);
	gv_buf_release(&netrc);
	return r < 0;
}
