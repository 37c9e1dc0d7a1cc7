// SPDX-License-Identifier: Apache-2.0
#include "core/install/cached.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/trust/sha256.h"

#define FRESH_S	   (60 * 60)
#define HEADER_MAX 512

/* What is remembered; `known` false: nothing is. */
struct memory {
	bool known;
	int64_t at;
	char etag[256], last_modified[64];
};

static void file_name(const struct gv_cached *what, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);
	uint8_t digest[GV_SHA256_BYTES];
	char hex[GV_SHA256_HEX];

	gv_sha256_of(what->url, strlen(what->url), digest);
	gv_sha256_to_hex(digest, hex);
	gv_text_format(&t, "%s/%s", what->dir, hex);
}

/* Takes a line off the front of [*at, end); -EINVAL when there is none or it is too long.
 */
static int take_line(const char **at, const char *end, char *ret, size_t cap)
{
	const char *nl = memchr(*at, '\n', (size_t)(end - *at));

	if (!nl || (size_t)(nl - *at) >= cap)
		return -EINVAL;
	memcpy(ret, *at, (size_t)(nl - *at));
	ret[nl - *at] = '\0';
	*at = nl + 1;
	return 0;
}

/* Whatever is wrong with the file: then nothing is remembered. */
static void recall(int cache_dir, const char *name, struct gv_buf *body,
		   struct memory *ret)
{
	GV_CLEANUP(gv_buf_release)
	struct gv_buf all = GV_BUF_INIT(body->max + HEADER_MAX);
	struct memory m = {.known = true};
	const char *at, *end;
	struct stat st;

	*ret = (struct memory){0};
	if (cache_dir < 0 || gv_read_file(cache_dir, name, &all) < 0 || !all.data)
		return;
	if (fstatat(cache_dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	at = all.data;
	end = at + all.len;
	if (take_line(&at, end, m.etag, sizeof(m.etag)) < 0 ||
	    take_line(&at, end, m.last_modified, sizeof(m.last_modified)) < 0)
		return;
	gv_buf_clear(body);
	if (gv_buf_add(body, at, (size_t)(end - at)) < 0)
		return;
	m.at = st.st_mtim.tv_sec;
	*ret = m;
}

/* A cache that cannot be written costs a request next time, and nothing else. */
static void remember(int cache_dir, const struct gv_cached *what, const char *name,
		     const struct gv_fetched *info, const struct gv_buf *body)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf all = GV_BUF_INIT(0);

	if (cache_dir < 0 || body->len == 0)
		return;
	gv_buf_format(&all, "%s\n%s\n", info->etag, info->last_modified);
	gv_buf_add(&all, body->data, body->len);
	if (gv_buf_error(&all) < 0 || gv_make_dirs(cache_dir, what->dir, 0755) < 0 ||
	    gv_save_file(cache_dir, name, all.data, all.len, 0644) < 0)
		return;
}

static int to_buf(void *arg, const void *data, size_t n)
{
	return gv_buf_add(arg, data, n);
}

static int again(void *arg)
{
	gv_buf_clear(arg);
	return 0;
}

static int ask(const struct gv_source_env *env, const struct gv_cached *what,
	       const struct memory *m, struct gv_buf *ret, struct gv_fetched *info,
	       struct gv_err *err)
{
	struct gv_fetch get = {
		.url = what->url,
		.max = ret->max,
		.allow_http = what->allow_http,
		.etag = m->etag[0] ? m->etag : NULL,
		.last_modified = m->last_modified[0] ? m->last_modified : NULL,
		.sink = to_buf,
		.restart = again,
		.arg = ret,
	};

	return gv_fetcher_get(env->fetcher, &get, info, err);
}

/* 0: *new has it; 1: what is remembered still holds. */
static int renew(const struct gv_source_env *env, const struct gv_cached *what,
		 const char *name, const struct memory *m, struct gv_buf *new,
		 struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(new->max);
	struct gv_fetched info;
	int r = ask(env, what, m, &text, &info, err);

	if (r < 0)
		return r;
	if (info.not_modified && m->known) {
		(void)utimensat(env->cache_dir, name, NULL, AT_SYMLINK_NOFOLLOW);
		return 1;
	}
	r = what->condense(text.data ? text.data : "", text.len, new, err);
	if (r < 0)
		return r;
	remember(env->cache_dir, what, name, &info, new);
	return 0;
}

int gv_cached_get(const struct gv_source_env *env, const struct gv_cached *what,
		  struct gv_buf *ret, struct gv_cached_info *ret_info, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf old = GV_BUF_INIT(ret->max);
	GV_CLEANUP(gv_buf_release) struct gv_buf new = GV_BUF_INIT(ret->max);
	struct gv_cached_info now = {.at = time(NULL)};
	struct gv_err why = GV_ERR_INIT;
	const struct gv_buf *answer;
	struct memory m;
	char name[128];
	int r;

	file_name(what, name, sizeof(name));
	recall(env->cache_dir, name, &old, &m);
	if (m.known && !env->refresh && m.at <= now.at && now.at - m.at < FRESH_S) {
		now.at = m.at;
		r = 1;
	} else if (m.known && env->offline) {
		r = -GV_EREMOTE;
	} else {
		r = renew(env, what, name, &m, &new, &why);
	}
	if (r == -GV_EREMOTE && m.known) {
		now = (struct gv_cached_info){.at = m.at, .stale = true};
		r = 1;
	}
	if (r < 0) {
		*err = why;
		return r;
	}
	answer = r == 1 ? &old : &new;
	gv_buf_clear(ret);
	r = gv_buf_add(ret, answer->data ? answer->data : "", answer->len);
	if (r < 0)
		return gv_err_sys(err, r, "cannot keep a list of releases");
	*ret_info = now;
	return 0;
}

void gv_cached_doubt(const struct gv_source_env *env, const struct gv_cached *what)
{
	const struct timespec never[2] = {{.tv_sec = 0}, {.tv_sec = 0}};
	char name[128];

	file_name(what, name, sizeof(name));
	if (env->cache_dir >= 0)
		(void)utimensat(env->cache_dir, name, never, AT_SYMLINK_NOFOLLOW);
}
