// SPDX-License-Identifier: Apache-2.0
#include "core/install/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/install/url.h"

/* "supported" is empty where it is there at all. */
#define SUPPORTED_MAX 4096

struct gv_net gv_install_net(const struct gv_install *in)
{
	const struct gv_config *c = in->config;

	return (struct gv_net){
		.connect_timeout = (unsigned)gv_config_num(c, GV_SET_NET_CONNECT_TIMEOUT),
		.low_speed_limit = (unsigned)gv_config_num(c, GV_SET_NET_LOW_SPEED_LIMIT),
		.low_speed_time = (unsigned)gv_config_num(c, GV_SET_NET_LOW_SPEED_TIME),
		.retries = (unsigned)gv_config_num(c, GV_SET_NET_RETRIES),
		.max_redirects = (unsigned)gv_config_num(c, GV_SET_NET_MAX_REDIRECTS),
		.offline = in->offline,
	};
}

int gv_log_db(const struct gv_install *in, struct gv_sumdb *ret, struct gv_err *err)
{
	int heads = openat(in->store->root_fd, "log-heads",
			   O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* A dry run may have no store yet. */
	int error = heads < 0 && in->store->root_fd >= 0 ? errno : 0;

	if (error && error != ENOENT)
		return gv_err_sys(err, -error, "cannot open '%s/log-heads'",
				  in->store->root);
	*ret = (struct gv_sumdb){
		.key = &in->sumdb->key,
		.heads_dir = heads < 0 ? -1 : heads,
		.read_only = !in->store->writable,
		.cache_dir = in->cache_dir,
	};
	return 0;
}

int gv_log_open(const struct gv_install *in, struct gv_log *ret, struct gv_err *err)
{
	struct gv_log log = {.in = in};
	struct gv_net net = gv_install_net(in);
	int r;

	if (in->goproxy && *in->goproxy) {
		r = gv_proxies_parse(in->goproxy, &log.proxies, err);
		if (r < 0)
			return r;
	}
	r = gv_fetcher_open(in->libexec, &net, &log.fetcher, err);
	if (r < 0) {
		gv_proxies_release(&log.proxies);
		return r;
	}
	*ret = log;
	return 0;
}

void gv_log_close(struct gv_log *log)
{
	gv_fetcher_close(log->fetcher);
	gv_proxies_release(&log->proxies);
	free(log->way.url);
	free(log->way.path);
	*log = (struct gv_log){0};
}

static int go_directly(struct gv_log *log, const char *url, struct gv_err *err)
{
	int r = 0;

	if (strncmp(url, "file:", 5) == 0) {
		log->way.kind = GV_PROXY_FILE;
		r = gv_url_file_path(url, &log->way.path);
	} else {
		log->way.kind = GV_PROXY_HTTP;
		log->way.url = strdup(url);
		if (!log->way.url)
			r = -ENOMEM;
	}
	if (r < 0)
		return gv_err_sys(err, r, "cannot use the checksum database's URL");
	log->chosen = true;
	return 0;
}

static int go_through(struct gv_log *log, const struct gv_proxy *p, const char *base,
		      struct gv_err *err)
{
	char *where = gv_url_join(p->path ? p->path : p->url, base);

	if (!where)
		return gv_err_sys(err, -ENOMEM, "cannot ask the checksum database");
	log->way.kind = p->kind;
	*(p->path ? &log->way.path : &log->way.url) = where;
	log->chosen = true;
	return 0;
}

/* 0: this proxy carries the log. */
static int supported(struct gv_log *log, const struct gv_proxy *p, const char *base,
		     struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf answer = GV_BUF_INIT(SUPPORTED_MAX);
	GV_CLEANUP(gv_buf_release) struct gv_buf name = GV_BUF_INIT(0);
	int r;

	gv_buf_format(&name, "%s/supported", base);
	r = gv_buf_error(&name);
	if (r < 0)
		return gv_err_sys(err, r, "cannot ask the checksum database");
	r = gv_proxy_get(p, log->fetcher, name.data, &answer, err);
	/* An answer of any length is a yes. */
	return r == -EFBIG ? 0 : r;
}

static int choose(struct gv_log *log, struct gv_err *err)
{
	const struct gv_sumdb_setting *db = log->in->sumdb;
	GV_CLEANUP(gv_buf_release) struct gv_buf base = GV_BUF_INIT(0);

	if (db->url[0])
		return go_directly(log, db->url, err);
	gv_buf_format(&base, "sumdb/%s", db->key.name);
	if (gv_buf_error(&base) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot ask the checksum database");
	for (size_t i = 0; i < log->proxies.n; i++) {
		const struct gv_proxy *p = &log->proxies.items[i];
		struct gv_err why = GV_ERR_INIT;
		int r;

		if (p->kind == GV_PROXY_DIRECT || p->kind == GV_PROXY_OFF)
			break;
		r = supported(log, p, base.data, &why);
		if (r == 0)
			return go_through(log, p, base.data, err);
		if (!gv_proxy_go_on(p, r)) {
			*err = why;
			return r;
		}
	}
	return go_directly(log, db->direct, err);
}

int gv_log_get(void *arg, const char *path, struct gv_buf *ret, struct gv_err *err)
{
	struct gv_log *log = arg;

	if (!log->chosen) {
		int r = choose(log, err);

		if (r < 0)
			return r;
	}
	return gv_proxy_get(&log->way, log->fetcher, path, ret, err);
}
