// SPDX-License-Identifier: Apache-2.0
/* A user's project, built and tested by a toolchain in a copy: nothing of theirs is
 * written. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/cli/output.h"
#include "core/cli/upgrade/smoke.h"

#define DEFAULT_CHECK "go build ./... && go test ./..."

/* -- modules ------------------------------------------------------------------------- */

/* "file://" and the path, as GOPROXY takes it. */
static void add_file_url(struct gv_buf *b, const char *path)
{
	gv_buf_add_str(b, "file://");
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || strchr("/._-~", c))
			gv_buf_add(b, path, 1);
		else
			gv_buf_format(b, "%%%s%x", c < 16 ? "0" : "", c);
	}
}

/* Nobody is asked for a module, nor for its hash, whatever is private. */
static int stay_offline(struct gv_list *set)
{
	int r = gv_list_add(set, "GONOPROXY=none");

	return r < 0 ? r : gv_list_add(set, "GOSUMDB=off");
}

/*
 * What the user's module cache has is taken from there, as from a proxy: read, never
 * written.  What it lacks comes from where the user gets it, but with --offline.
 */
static int find_modules(const struct gv_scratch *s, const char *dir, struct gv_list *set,
			struct gv_err *err)
{
	GV_CLEANUP(gv_scratch_result_release) struct gv_scratch_result result = {0};
	GV_CLEANUP(gv_list_release) struct gv_list theirs = GV_LIST_INIT;
	GV_CLEANUP(gv_buf_release) struct gv_buf proxy = GV_BUF_INIT(0);
	char *argv[] = {"go", "env", "GOMODCACHE", "GOPROXY", NULL};
	const char *path = getenv("GOPATH"), *cache = getenv("GOMODCACHE");
	struct gv_scratch_job job = {.argv = argv, .directory = dir, .set = &theirs};
	bool offline = s->cli->offline, is_known;
	char *end, *rest;
	int r;

	/* Not ours, which are set for all that runs there. */
	gv_buf_format(&proxy, "GOMODCACHE=%s", cache ? cache : "");
	r = gv_buf_error(&proxy) < 0 ? -ENOMEM : gv_list_add(&theirs, proxy.data);
	gv_buf_clear(&proxy);
	gv_buf_format(&proxy, "GOPATH=%s", path ? path : "");
	if (r == 0)
		r = gv_buf_error(&proxy) < 0 ? -ENOMEM : gv_list_add(&theirs, proxy.data);
	gv_buf_clear(&proxy);
	if (r < 0)
		return gv_err_sys(err, r, "cannot find the modules of '%s'", dir);
	if (gv_scratch_run(s, &job, &result, err) < 0)
		return err->code;
	if (!result.out.data && gv_buf_add(&result.out, "", 0) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot find the modules of '%s'", dir);
	end = strchr(result.out.data, '\n');
	rest = end ? end + 1 : result.out.data + result.out.len;
	if (end)
		*end = '\0';
	rest[strcspn(rest, "\n")] = '\0';
	is_known = result.out.data[0] == '/';
	if (!is_known && !offline)
		return 0; /* a Go without that variable */
	gv_buf_add_str(&proxy, "GOPROXY=");
	if (is_known) {
		add_file_url(&proxy, result.out.data);
		gv_buf_format(&proxy, "/cache/download%s", offline || rest[0] ? "," : "");
	}
	gv_buf_add_str(&proxy, offline ? "off" : rest);
	r = gv_buf_error(&proxy) < 0 ? -ENOMEM : gv_list_add(set, proxy.data);
	if (r == 0 && offline)
		r = stay_offline(set);
	return r < 0 ? gv_err_sys(err, r, "cannot find the modules of '%s'", dir) : 0;
}

/* -- the check ----------------------------------------------------------------------- */

static int try_in(const struct gv_smoke *what, const struct gv_scratch *s,
		  const char *dir, const char *copy, struct gv_err *err)
{
	GV_CLEANUP(gv_scratch_result_release) struct gv_scratch_result result = {0};
	GV_CLEANUP(gv_list_release) struct gv_list set = GV_LIST_INIT;
	GV_CLEANUP(gv_free_str)
	char *check = strdup(what->check ? what->check : DEFAULT_CHECK);
	char *argv[] = {"/bin/sh", "-c", check, NULL};
	struct gv_scratch_job job = {.argv = argv, .directory = copy, .set = &set};
	struct gv_err why = GV_ERR_INIT;
	int r = check ? find_modules(s, copy, &set, &why)
		      : gv_err_sys(&why, -ENOMEM, "cannot be run");

	if (check)
		gv_cli_talk(what->cli, "%s: %s: %s", what->version, dir, check);
	if (r == 0)
		r = gv_scratch_run(s, &job, &result, &why);
	if (r == -GV_EFAILED)
		gv_smoke_show(what->cli, &result);
	if (r == -GV_EINTERRUPTED)
		*err = why;
	if (r == 0 || r == -GV_EINTERRUPTED)
		return r;
	return gv_err_set(err, r, "the check of '%s' with %s: '%s' %s", dir,
			  what->version, check, why.message);
}

int gv_smoke_project(const struct gv_smoke *what, const struct gv_scratch *s,
		     const char *dir, struct gv_err *err)
{
	char nonce[GV_NONCE_LEN];
	char rel[32 + GV_NONCE_LEN];
	struct gv_text t = gv_text_in(rel, sizeof(rel));
	GV_CLEANUP(gv_free_str) char *copy = NULL;
	int r = gv_nonce(nonce);

	if (r < 0)
		return gv_err_sys(err, r, "cannot copy '%s'", dir);
	gv_text_format(&t, "work/%s", nonce);
	copy = gv_scratch_path(s, rel);
	if (!copy)
		return gv_err_sys(err, -ENOMEM, "cannot copy '%s'", dir);
	r = gv_scratch_copy(s, dir, nonce, NULL, err);
	if (r == 0)
		r = try_in(what, s, dir, copy, err);
	(void)!gv_tree_remove(s->fd, nonce); /* else with the rest */
	return r;
}
