// SPDX-License-Identifier: Apache-2.0
#include "plugins/dir/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/install/names.h"
#include "core/install/source.h"
#include "core/install/url.h"
#include "core/trust/module.h"
#include "core/trust/sha256.h"

#define MODULE_DIR GV_MODULE_PATH "/@v"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool names_archive(const char *path)
{
	return gv_has_suffix(path, ".zip") || gv_has_suffix(path, ".tar.gz") ||
	       gv_has_suffix(path, ".tgz");
}

static enum gv_archive kind_by_name(const char *path)
{
	if (!gv_has_suffix(path, ".zip"))
		return GV_ARCHIVE_TAR_GZ;
	return gv_after_prefix(base_name(path), "v0.0.1-") ? GV_ARCHIVE_MODULE_ZIP
							   : GV_ARCHIVE_ZIP;
}

int gv_source_dir_version(const char *from, const char *platform, struct gv_version *ret,
			  struct gv_err *err)
{
	GV_CLEANUP(gv_free_str)
	char *shown = gv_is_url(from) ? gv_url_public(from) : strdup(from);
	int r;

	if (!shown)
		return gv_err_sys(err, -ENOMEM, "cannot read '%s'", from);
	r = gv_archive_name_parse(base_name(shown), platform, ret);
	if (r == -ENOENT)
		return gv_err_set(err, -GV_ENOTFOUND, "'%s' is not for %s", shown,
				  platform);
	if (r < 0) {
		gv_err_set(err, -GV_EUSAGE,
			   "the name of '%s' does not say which version it is", shown);
		return gv_err_hint(
			err, "name the version: govern install 1.X.Y --from %s", shown);
	}
	return 0;
}

/*
 * "<path>.sha256": 64 digits, maybe followed by a blank and the file's name.  It lies
 * where the archive lies, so it can only show damage; it never counts as a proof of
 * origin.
 */
static int read_digest(const char *path, struct gv_candidate *c, char **ret_origin,
		       struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf name = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(4096);
	uint8_t digest[GV_SHA256_BYTES];
	size_t n;
	int r;

	gv_buf_format(&name, "%s.sha256", path);
	r = gv_buf_error(&name);
	if (r == 0)
		r = gv_read_file(AT_FDCWD, name.data, &text);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return gv_err_sys(err, r, "cannot read the digest beside '%s'", path);
	n = text.data ? strcspn(text.data, " \t\r\n") : 0;
	if (n == 0 || gv_sha256_from_hex(text.data, n, digest) < 0)
		return gv_err_set(err, -GV_EFORMAT, "'%s' does not hold a SHA-256",
				  name.data);
	gv_sha256_to_hex(digest, c->sha256);
	*ret_origin = gv_buf_take(&name);
	return *ret_origin ? 0
			   : gv_err_sys(err, -ENOMEM, "cannot read '%s.sha256'", path);
}

static int add_file(const char *path, struct gv_candidates *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *absolute = realpath(path, NULL);
	GV_CLEANUP(gv_free_str) char *origin = NULL;
	struct gv_candidate c = {.kind = kind_by_name(path), .path = absolute};
	int r;

	if (!absolute)
		return gv_err_sys(err, -errno, "cannot open '%s'", path);
	r = read_digest(path, &c, &origin, err);
	if (r < 0)
		return r;
	c.digest_origin = origin;
	r = gv_candidates_add(ret, &c);
	return r < 0 ? gv_err_sys(err, r, "cannot use '%s'", path) : 0;
}

static int add_url(const char *url, struct gv_candidates *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *copy = strdup(url);
	struct gv_candidate c = {
		.kind = kind_by_name(url),
		.url = copy,
		.allow_http = gv_url_is_http(url),
	};
	int r = copy ? gv_candidates_add(ret, &c) : -ENOMEM;

	return r < 0 ? gv_err_sys(err, r, "cannot use a URL") : 0;
}

/* The names under which a directory or a URL may have the version. */
struct names {
	char items[3][GV_ARCHIVE_NAME_MAX];
};

static void usual_names(const struct gv_version *v, const char *platform,
			struct names *ret)
{
	struct gv_text t = gv_text_in(ret->items[2], sizeof(ret->items[2]));

	gv_archive_name(v, platform, ret->items[0]);
	gv_module_path(v, platform, ret->items[1]);
	gv_text_add(&t, base_name(ret->items[1]));
}

static int locate_below_url(const char *base, const struct gv_version *v,
			    const char *platform, struct gv_candidates *ret,
			    struct gv_err *err)
{
	struct names names;
	int r = 0;

	usual_names(v, platform, &names);
	for (size_t i = 0; i < GV_COUNT(names.items) && r == 0; i++) {
		GV_CLEANUP(gv_free_str) char *url = gv_url_join(base, names.items[i]);

		r = url ? add_url(url, ret, err)
			: gv_err_sys(err, -ENOMEM, "cannot use a URL");
	}
	return r;
}

static int locate_below_dir(const char *dir, const struct gv_version *v,
			    const char *platform, struct gv_candidates *ret,
			    struct gv_err *err)
{
	struct names names;

	usual_names(v, platform, &names);
	for (size_t i = 0; i < GV_COUNT(names.items); i++) {
		GV_CLEANUP(gv_free_str) char *path = gv_url_join(dir, names.items[i]);

		if (!path)
			return gv_err_sys(err, -ENOMEM, "cannot look into '%s'", dir);
		if (access(path, F_OK) == 0)
			return add_file(path, ret, err);
	}
	return gv_err_set(err, -GV_ENOTFOUND, "'%s' has no archive of %s for %s", dir,
			  v->name, platform);
}

/* file:///dir is the directory. */
static int local_path(const char *from, char **ret, struct gv_err *err)
{
	int r;

	if (!gv_after_prefix(from, "file://")) {
		*ret = strdup(from);
		return *ret ? 0 : gv_err_sys(err, -ENOMEM, "cannot use '%s'", from);
	}
	r = gv_url_file_path(from, ret);
	return r < 0 ? gv_err_set(err, -GV_EUSAGE,
				  "'%s' is not file:// with an absolute path", from)
		     : 0;
}

static int dir_locate(const struct gv_source_env *env, const struct gv_version *v,
		      const char *platform, struct gv_candidates *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *path = NULL;
	struct stat st;
	int r;

	if (!env->from)
		return 1;
	if (gv_is_url(env->from) && !gv_after_prefix(env->from, "file://")) {
		GV_CLEANUP(gv_free_str) char *shown = gv_url_public(env->from);

		if (!shown)
			return gv_err_sys(err, -ENOMEM, "cannot use a URL");
		if (names_archive(shown))
			return add_url(env->from, ret, err);
		return locate_below_url(env->from, v, platform, ret, err);
	}
	r = local_path(env->from, &path, err);
	if (r < 0)
		return r;
	if (stat(path, &st) < 0)
		return gv_err_sys(err, -errno, "cannot open '%s'", path);
	if (S_ISDIR(st.st_mode))
		return locate_below_dir(path, v, platform, ret, err);
	return add_file(path, ret, err);
}

static int list_dir(const char *dir, const char *sub, const char *platform,
		    struct gv_releases *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *path = sub ? gv_url_join(dir, sub) : strdup(dir);
	struct gv_list names = GV_LIST_INIT;
	int r = path ? gv_list_dir(AT_FDCWD, path, &names) : -ENOMEM;

	for (size_t i = 0; i < names.n && r == 0; i++) {
		struct gv_version v;

		if (gv_archive_name_parse(names.items[i], platform, &v) == 0)
			r = gv_releases_add(ret, &v);
	}
	gv_list_release(&names);
	if (sub && (r == -ENOENT || r == -ENOTDIR))
		return 0;
	return r < 0 ? gv_err_sys(err, r, "cannot list '%s'", dir) : 0;
}

static int dir_list(const struct gv_source_env *env, const char *platform,
		    struct gv_releases *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *path = NULL;
	struct gv_version v;
	struct stat st;
	int r;

	if (!env->from)
		return 1;
	if (!gv_is_url(env->from) || gv_after_prefix(env->from, "file://")) {
		r = local_path(env->from, &path, err);
		if (r < 0)
			return r;
		if (stat(path, &st) < 0)
			return gv_err_sys(err, -errno, "cannot open '%s'", path);
		if (S_ISDIR(st.st_mode)) {
			r = list_dir(path, NULL, platform, ret, err);
			return r < 0 ? r : list_dir(path, MODULE_DIR, platform, ret, err);
		}
	}
	r = gv_source_dir_version(env->from, platform, &v, err);
	if (r < 0)
		return r;
	r = gv_releases_add(ret, &v);
	return r < 0 ? gv_err_sys(err, r, "cannot use '%s'", env->from) : 0;
}

const struct gv_source gv_source_dir = {
	.name = "dir",
	.list = dir_list,
	.locate = dir_locate,
};
