// SPDX-License-Identifier: Apache-2.0
#include "core/worker/fetcher.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/worker/wire.h"

struct gv_fetcher {
	char *program;
	struct gv_net net;
	struct gv_child child;
	int fd; /* -1: no child */
	struct gv_wire_reader *reader;
	bool confined;
};

int gv_fetcher_open(const char *libexec, const struct gv_net *net,
		    struct gv_fetcher **ret, struct gv_err *err)
{
	struct gv_fetcher *f = calloc(1, sizeof(*f));
	struct gv_buf path = GV_BUF_INIT(8192);

	(void)gv_buf_format(&path, "%s/fetch", libexec); /* take() looks */
	if (f)
		f->program = gv_buf_take(&path);
	gv_buf_release(&path);
	if (!f || !f->program) {
		free(f);
		return gv_err_sys(err, -ENOMEM, "cannot prepare '%s/fetch'", libexec);
	}
	f->net = *net;
	f->fd = -1;
	*ret = f;
	return 0;
}

static void stop(struct gv_fetcher *f)
{
	gv_close(&f->fd);
	gv_child_kill(&f->child);
	gv_wire_reader_free(f->reader);
	f->reader = NULL;
}

void gv_fetcher_close(struct gv_fetcher *f)
{
	if (!f)
		return;
	stop(f);
	free(f->program);
	free(f);
}

/* What the child says comes from a program that reads what strangers send. */
static int broken(struct gv_fetcher *f, int r, struct gv_err *err)
{
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r == 0 || r == -EPIPE || r == -ECONNRESET)
		return gv_err_set(err, -GV_EFAILED, "'%s' ended before it had answered",
				  f->program);
	if (r == -EPROTO)
		return gv_err_set(err, -GV_EFAILED,
				  "'%s' does not keep to the protocol with its parent",
				  f->program);
	return gv_err_sys(err, r, "cannot talk to '%s'", f->program);
}

static int read_hello(struct gv_fetcher *f, struct gv_err *err)
{
	struct gv_wire_message m;
	struct gv_wire_hello hello;
	int r = gv_wire_receive(f->reader, &m);

	if (r <= 0)
		return broken(f, r, err);
	if (m.type != GV_WIRE_HELLO || gv_wire_copy(&m, &hello, sizeof(hello)) < 0 ||
	    !gv_wire_is_string(hello.version, sizeof(hello.version)) ||
	    strcmp(hello.version, GV_VERSION) != 0)
		return gv_err_set(err, -GV_EFAILED,
				  "'%s' belongs to another version of govern",
				  f->program);
	f->confined = hello.landlock > 0;
	return 0;
}

/*
 * The child talks to strangers: whatever else is in our environment (keys and tokens,
 * often) is not its business.  SSLKEYLOGFILE is left out on purpose.
 */
static const char *const env_names[] = {
	"HTTPS_PROXY",	 "HTTP_PROXY",	   "ALL_PROXY",	      "NO_PROXY",
	"https_proxy",	 "http_proxy",	   "all_proxy",	      "no_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR",   "CURL_CA_BUNDLE",  "NETRC",
	"HOME",		 "REQUEST_METHOD", "LD_LIBRARY_PATH", "RES_OPTIONS",
	"LOCALDOMAIN",	 "OPENSSL_CONF",   "ASAN_OPTIONS",    "UBSAN_OPTIONS",
};

static bool is_passed_on(const char *variable)
{
	for (size_t i = 0; i < GV_COUNT(env_names); i++) {
		const char *rest = gv_after_prefix(variable, env_names[i]);

		if (rest && *rest == '=')
			return true;
	}
	return false;
}

static void environment(char *ret[GV_COUNT(env_names) + 1])
{
	size_t n = 0;

	for (char **e = environ; e && *e && n < GV_COUNT(env_names); e++)
		if (is_passed_on(*e))
			ret[n++] = *e;
	ret[n] = NULL;
}

static int start(struct gv_fetcher *f, struct gv_err *err)
{
	char *argv[] = {f->program, NULL};
	char *envp[GV_COUNT(env_names) + 1];
	struct gv_child_fd fd = {.theirs = 3};
	struct gv_child_spec spec = {
		.program = f->program,
		.argv = argv,
		.envp = envp,
		.fds = &fd,
		.n_fds = 1,
	};
	int pair[2];
	int r;

	environment(envp);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return gv_err_sys(err, -errno, "cannot start '%s'", f->program);
	f->fd = pair[0];
	fd.ours = pair[1];
	r = gv_wire_reader_new(f->fd, &f->reader);
	if (r == 0)
		r = gv_child_start(&spec, &f->child);
	gv_close(&pair[1]);
	if (r < 0)
		r = gv_err_sys(err, r, "cannot start '%s'", f->program);
	else
		r = read_hello(f, err);
	if (r < 0)
		stop(f);
	return r;
}

static bool put(char *ret, size_t cap, const char *value)
{
	size_t n = value ? strlen(value) : 0;

	if (n >= cap)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)value[i] < 0x20 || value[i] == 0x7f)
			return false;
	if (n)
		memcpy(ret, value, n);
	return true;
}

static int make_request(const struct gv_fetcher *f, const struct gv_fetch *what,
			struct gv_wire_request *ret, struct gv_err *err)
{
	*ret = (struct gv_wire_request){
		.max = what->max,
		.offset = what->offset,
		.connect_timeout = f->net.connect_timeout,
		.low_speed_limit = f->net.low_speed_limit,
		.low_speed_time = f->net.low_speed_time,
		.retries = f->net.retries,
		.max_redirects = f->net.max_redirects,
		.allow_http = what->allow_http,
	};
	if (!put(ret->url, sizeof(ret->url), what->url))
		return gv_err_set(err, -GV_EREMOTE,
				  "a URL is too long or has control characters in it");
	/* A validator that cannot be one is not worth a failure: ask for everything. */
	if (what->offset == 0 &&
	    (!put(ret->etag, sizeof(ret->etag), what->etag) ||
	     !put(ret->last_modified, sizeof(ret->last_modified), what->last_modified)))
		ret->etag[0] = ret->last_modified[0] = '\0';
	(void)put(ret->validator, sizeof(ret->validator), what->validator);
	return 0;
}

struct transfer {
	struct gv_fetcher *f;
	const struct gv_fetch *what;
	const struct gv_wire_request *request;
	struct gv_fetched info;
	uint64_t at; /* of the body */
	uint64_t total;
	bool has_head;
	unsigned restarts;
};

static int on_head(struct transfer *t, const struct gv_wire_message *m,
		   struct gv_err *err)
{
	const struct gv_wire_request *q = t->request;
	struct gv_wire_head head;
	bool conditional = q->etag[0] || q->last_modified[0];

	if (t->has_head || gv_wire_copy(m, &head, sizeof(head)) < 0 ||
	    !gv_wire_is_string(head.etag, sizeof(head.etag)) ||
	    !gv_wire_is_string(head.last_modified, sizeof(head.last_modified)) ||
	    !gv_wire_is_string(head.url, sizeof(head.url)) || head.total > q->max)
		return broken(t->f, -EPROTO, err);
	if (!(head.status == 200 && t->at == 0) && !(head.status == 206 && t->at > 0) &&
	    !(head.status == 304 && t->at == 0 && conditional))
		return broken(t->f, -EPROTO, err);
	t->has_head = true;
	t->total = head.total;
	t->info.status = head.status;
	t->info.not_modified = head.status == 304;
	memcpy(t->info.etag, head.etag, sizeof(head.etag));
	memcpy(t->info.last_modified, head.last_modified, sizeof(head.last_modified));
	memcpy(t->info.url, head.url, sizeof(head.url));
	if (t->what->size && !t->info.not_modified)
		t->what->size(t->what->arg, t->total);
	return 0;
}

static int on_data(struct transfer *t, const struct gv_wire_message *m,
		   struct gv_err *err)
{
	uint64_t limit = t->total ? t->total : t->request->max;
	int r;

	if (!t->has_head || t->info.not_modified || m->size == 0 || t->at > limit ||
	    m->size > limit - t->at)
		return broken(t->f, -EPROTO, err);
	t->at += m->size;
	t->info.bytes += m->size;
	r = t->what->sink(t->what->arg, m->data, m->size);
	if (r < 0 && err->code != r)
		return gv_err_sys(err, r, "cannot take what was fetched");
	return r < 0 ? r : 0;
}

static int on_restart(struct transfer *t, const struct gv_wire_message *m,
		      struct gv_err *err)
{
	int r = 0;

	if (m->size > 0 || (!t->has_head && t->at == 0) || t->info.not_modified ||
	    ++t->restarts > t->request->retries + 2)
		return broken(t->f, -EPROTO, err);
	if (t->at > 0) {
		if (!t->what->restart)
			return gv_err_set(err, -GV_EREMOTE,
					  "the server cannot continue what it began");
		r = t->what->restart(t->what->arg);
		if (r < 0 && err->code != r)
			return gv_err_sys(err, r, "cannot begin again");
	}
	t->at = t->total = 0;
	t->has_head = false;
	return r < 0 ? r : 0;
}

static int on_failed(struct transfer *t, const struct gv_wire_message *m,
		     struct gv_err *err)
{
	struct gv_wire_failed failed;
	int code;

	if (gv_wire_copy(m, &failed, sizeof(failed)) < 0 ||
	    !gv_wire_is_string(failed.message, sizeof(failed.message)) ||
	    !failed.message[0] || !gv_wire_is_string(failed.hint, sizeof(failed.hint)))
		return broken(t->f, -EPROTO, err);
	code = failed.code == -GV_EGONE || failed.code == -GV_EREMOTE ? failed.code
								      : -GV_EFAILED;
	(void)gv_err_set(err, code, "%s", failed.message);
	if (failed.hint[0])
		(void)gv_err_hint(err, "%s", failed.hint);
	return code;
}

/* 1: go on; 0: done.  *ret_clean: the child waits for the next request. */
static int on_message(struct transfer *t, const struct gv_wire_message *m,
		      bool *ret_clean, struct gv_err *err)
{
	int r;

	*ret_clean = false;
	switch (m->type) {
	case GV_WIRE_HEAD:
		r = on_head(t, m, err);
		break;
	case GV_WIRE_DATA:
		r = on_data(t, m, err);
		break;
	case GV_WIRE_RESTART:
		r = on_restart(t, m, err);
		break;
	case GV_WIRE_END:
		if (!t->has_head || m->size > 0 || (t->total && t->at != t->total))
			return broken(t->f, -EPROTO, err);
		*ret_clean = true;
		return 0;
	case GV_WIRE_FAILED:
		r = on_failed(t, m, err);
		*ret_clean = r != -GV_EFAILED;
		return r;
	default:
		return broken(t->f, -EPROTO, err);
	}
	return r < 0 ? r : 1;
}

int gv_fetcher_get(struct gv_fetcher *f, const struct gv_fetch *what,
		   struct gv_fetched *ret, struct gv_err *err)
{
	struct gv_wire_request request;
	struct gv_wire_message m;
	struct transfer t = {
		.f = f, .what = what, .request = &request, .at = what->offset};
	bool clean = false;
	int r;

	if (f->net.offline) {
		gv_err_set(err, -GV_EREMOTE, "the network is not used (offline)");
		return gv_err_hint(err, "leave --offline out, or see to it that what is "
					"asked for is on this machine (--from)");
	}
	r = make_request(f, what, &request, err);
	if (r == 0 && f->fd < 0)
		r = start(f, err);
	if (r < 0)
		return r;
	r = gv_wire_send(f->fd, GV_WIRE_REQUEST, &request, sizeof(request));
	if (r < 0)
		r = broken(f, r, err);
	while (r >= 0) {
		r = gv_wire_receive(f->reader, &m);
		if (r <= 0) {
			r = broken(f, r, err);
			break;
		}
		r = on_message(&t, &m, &clean, err);
		if (r == 0)
			break;
	}
	/* In the middle of an answer there is no other way to tell the child. */
	if (!clean)
		stop(f);
	if (r < 0)
		return r;
	t.info.confined = f->confined;
	*ret = t.info;
	return 0;
}

static int add_to_buf(void *arg, const void *data, size_t n)
{
	return gv_buf_add(arg, data, n);
}

static int clear_buf(void *arg)
{
	gv_buf_clear(arg);
	return 0;
}

int gv_fetcher_get_all(struct gv_fetcher *f, const char *url, bool allow_http,
		       struct gv_buf *ret, struct gv_fetched *ret_info,
		       struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf body = GV_BUF_INIT(ret->max);
	struct gv_fetch what = {
		.url = url,
		.max = ret->max,
		.allow_http = allow_http,
		.sink = add_to_buf,
		.restart = clear_buf,
		.arg = &body,
	};
	struct gv_fetched info;
	int r = gv_fetcher_get(f, &what, &info, err);

	if (r < 0)
		return r;
	/* Never NULL: an empty answer is an empty string. */
	if (gv_buf_add(&body, "", 0) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot keep what was fetched");
	gv_buf_release(ret);
	*ret = body;
	body = GV_BUF_INIT(0);
	if (ret_info)
		*ret_info = info;
	return 0;
}
