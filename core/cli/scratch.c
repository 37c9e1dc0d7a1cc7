// SPDX-License-Identifier: Apache-2.0
#include "core/cli/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/supervise.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/config/dirs.h"

#define CHECKS	     "checks"
#define DEAD_AFTER_S (24L * 60 * 60)

/* -- the directory ------------------------------------------------------------------- */

static bool is_old(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       time(NULL) - st.st_mtime > DEAD_AFTER_S;
}

static void sweep(int checks)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;

	if (gv_list_dir(checks, ".", &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++)
		if (is_old(checks, names.items[i]))
			(void)!gv_tree_remove(checks, names.items[i]); /* next time */
}

static int make_below(const char *path, const char *name)
{
	static const char *const below[] = {"work", "build", "mod",
					    "path", "tmp",   "home"};
	GV_CLEANUP(gv_close) int checks = -1, dir = -1;
	int r = gv_make_dirs(AT_FDCWD, path, 0755);

	if (r == 0)
		r = checks = gv_open_dir(AT_FDCWD, path);
	if (r < 0)
		return r;
	sweep(checks);
	r = mkdirat(checks, name, 0700) < 0 ? -errno : 0;
	if (r == 0)
		r = dir = gv_open_dir(checks, name);
	for (size_t i = 0; i < GV_COUNT(below) && r >= 0; i++)
		r = mkdirat(dir, below[i], 0700) < 0 ? -errno : 0;
	return r < 0 ? r : gv_open_dir(dir, "work");
}

int gv_scratch_open(struct gv_cli *cli, const char *version, long limit_ms,
		    struct gv_scratch *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *cache = NULL, *checks = NULL, *goroot = NULL;
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	char nonce[GV_NONCE_LEN] = "";
	int fd, r = gv_dirs_cache(&cache, err);

	if (r < 0)
		return r;
	fd = gv_nonce(nonce);
	gv_buf_format(&path, "%s/" CHECKS, cache);
	checks = gv_buf_take(&path);
	goroot = gv_store_path(&cli->store, version);
	if (checks && fd == 0)
		gv_buf_format(&path, "%s/%s", checks, nonce);
	if (fd == 0)
		fd = checks && goroot && path.data ? make_below(checks, nonce) : -ENOMEM;
	if (fd < 0) {
		if (path.data)
			(void)!gv_tree_remove(AT_FDCWD, path.data); /* as far as it is */
		return gv_err_sys(err, fd, "cannot make a directory in '%s'",
				  checks ? checks : cache);
	}
	*ret = (struct gv_scratch){.cli = cli,
				   .version = version,
				   .goroot = goroot,
				   .dir = gv_buf_take(&path),
				   .fd = fd,
				   .limit_ms = limit_ms};
	goroot = NULL;
	return 0;
}

void gv_scratch_close(struct gv_scratch *s)
{
	if (!s || s->fd < 0)
		return;
	gv_close(&s->fd);
	(void)!gv_tree_remove(AT_FDCWD, s->dir); /* else swept later */
	free(s->dir);
	free(s->goroot);
	*s = GV_SCRATCH_INIT;
}

char *gv_scratch_path(const struct gv_scratch *s, const char *rel)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);

	gv_buf_format(&path, "%s/%s", s->dir, rel);
	return gv_buf_take(&path);
}

/* -- the environment ----------------------------------------------------------------- */

/* Unless there is one of that name: of two, Go takes the first, and a shell the last. */
static int add_pair(struct gv_list *env, const char *pair)
{
	size_t n = strcspn(pair, "=") + 1;

	for (size_t i = 0; i < env->n; i++)
		if (strncmp(env->items[i], pair, n) == 0)
			return 0;
	return gv_list_add(env, pair);
}

static GV_PRINTF(2, 3) int add(struct gv_list *env, const char *fmt, ...)
{
	char value[2 * PATH_MAX];
	struct gv_text t = gv_text_in(value, sizeof(value));
	va_list ap;

	va_start(ap, fmt);
	gv_text_vformat(&t, fmt, ap);
	va_end(ap);
	return t.cut ? -ENAMETOOLONG : add_pair(env, value);
}

/* What would have a go do something else than it does by itself; empty is as not set. */
static int add_clean(const struct gv_scratch *s, struct gv_list *env)
{
	static const char *const clean[] = {
		"GOENV=off",	"GOFLAGS=",
		"GOPROXY=off",	"GOSUMDB=off",
		"GOWORK=off",	"GO111MODULE=",
		"GOOS=",	"GOARCH=",
		"GOBIN=",	"GOEXPERIMENT=",
		"GODEBUG=",	"CGO_ENABLED=",
		"GOAMD64=",	"GOARM=",
		"GOARM64=",	"GO_EXTLINK_ENABLED=",
		"GOTOOLDIR=",	"GOTOOLCHAIN=local",
		"GOTELEMETRY=",
	};
	int r = add(env, "HOME=%s/home", s->dir);

	if (r == 0)
		r = add(env, "XDG_CONFIG_HOME=%s/home", s->dir);
	for (size_t i = 0; i < GV_COUNT(clean) && r == 0; i++)
		r = add_pair(env, clean[i]);
	return r;
}

/* As `govern run` has it, and the caches. */
static int compose(const struct gv_scratch *s, const struct gv_scratch_job *job,
		   struct gv_list *env)
{
	const char *path = getenv("PATH");
	struct gv_version v;
	bool old = gv_version_parse(s->version, strlen(s->version), &v) == 0 &&
		   !gv_version_at_least(&v, 10);
	GV_CLEANUP(gv_buf_release) struct gv_buf first = GV_BUF_INIT(0);
	int r = 0;

	/* These come first, and count. */
	for (size_t i = 0; job->set && i < job->set->n && r == 0; i++)
		r = gv_list_add(env, job->set->items[i]);
	gv_buf_format(&first, "PATH=%s/bin:%s", s->goroot,
		      path && path[0] ? path : "/usr/bin:/bin");
	if (r == 0)
		r = gv_buf_error(&first) < 0 ? -ENOMEM : add_pair(env, first.data);
	if (r == 0)
		r = add(env, "GOVERN_VERSION=%s", s->version);
	/* Go <= 1.9 does not find it by itself. */
	if (r == 0)
		r = add(env, "GOROOT=%s", old ? s->goroot : "");
	if (r == 0)
		r = add(env, "GOCACHE=%s/build", s->dir);
	if (r == 0)
		r = add(env, "GOMODCACHE=%s/mod", s->dir);
	if (r == 0)
		r = add(env, "GOPATH=%s/path", s->dir);
	if (r == 0)
		r = add(env, "TMPDIR=%s/tmp", s->dir);
	if (r == 0)
		r = add_pair(env, "GOTMPDIR=");
	if (r == 0 && job->clean)
		r = add_clean(s, env);
	else if (r == 0)
		r = add_pair(env, "GOTOOLCHAIN=local");
	return r;
}

/* -- running ------------------------------------------------------------------------- */

void gv_scratch_result_release(struct gv_scratch_result *r)
{
	gv_buf_release(&r->out);
	gv_buf_release(&r->said);
}

static int on_output(void *arg, int fd, const char *data, size_t n)
{
	struct gv_scratch_result *r = arg;

	/* Of stdout the beginning counts, for that is compared; of all the end. */
	if (fd == 1)
		(void)gv_buf_add(&r->out, data, n);
	if (r->said.len + n > GV_SCRATCH_OUTPUT) {
		size_t half = r->said.len / 2;

		memmove(r->said.data, r->said.data + half, r->said.len - half);
		r->said.len -= half;
	}
	(void)gv_buf_add(&r->said, data, n);
	return 0;
}

static int outcome(const struct gv_scratch *s, int r, int status, struct gv_err *err)
{
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r == -ETIMEDOUT)
		return gv_err_set(err, -GV_EFAILED, "took more than %ld s and was killed",
				  s->limit_ms / 1000);
	if (r < 0)
		return gv_err_sys(err, r, "cannot be run");
	if (status > 255)
		return gv_err_set(err, -GV_EFAILED, "was killed by signal %d",
				  status - 256);
	return status ? gv_err_set(err, -GV_EFAILED, "failed with status %d", status) : 0;
}

int gv_scratch_run(const struct gv_scratch *s, const struct gv_scratch_job *job,
		   struct gv_scratch_result *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list env = GV_LIST_INIT;
	struct gv_scratch_result got = {.out = GV_BUF_INIT(GV_SCRATCH_OUTPUT),
					.said = GV_BUF_INIT(0)};
	char program[PATH_MAX];
	struct gv_text t = gv_text_in(program, sizeof(program));
	struct gv_supervise what = {
		.program = program,
		.argv = job->argv,
		.directory = job->directory,
		.set = &env,
		.limit_ms = s->limit_ms,
		.output = on_output,
		.arg = &got,
	};
	int status = 0, r = compose(s, job, &env);

	if (strcmp(job->argv[0], "go") == 0)
		gv_text_format(&t, "%s/bin/go", s->goroot);
	else
		gv_text_add(&t, job->argv[0]);
	if (r == 0)
		r = t.cut ? -ENAMETOOLONG : gv_supervise(&what, &status);
	r = outcome(s, r, status, err);
	*ret = got;
	return r;
}
