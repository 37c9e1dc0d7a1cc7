// SPDX-License-Identifier: Apache-2.0
#include "core/store/adopted.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/store/layout.h"
#include "core/version/goroot.h"

int gv_adopted_target(const struct gv_store *s, const char *name, char ret[PATH_MAX])
{
	int r;

	if (s->prefix_fd < 0 || !gv_store_name_valid(name))
		return 1;
	r = gv_read_link(s->prefix_fd, gv_toolchain_path(name).s, ret, PATH_MAX);
	if (r == -EINVAL || r == -ENOENT || r == -ENOTDIR)
		return 1;
	return r < 0 ? r : 0;
}

int gv_adopted_check(const struct gv_store *s, const char *name, struct gv_err *err)
{
	char target[PATH_MAX], bare[GV_NAME_MAX];
	struct gv_version v, now;
	int r = gv_adopted_target(s, name, target);

	if (r == 1 || gv_version_parse(name, strlen(name), &v) < 0)
		return 0;
	if (r == 0)
		r = gv_goroot_version(s->prefix_fd, gv_toolchain_path(name).s, &now);
	if (r == 0 && strcmp(now.name, name) == 0)
		return 0;
	if (r == 0) {
		gv_err_set(err, -GV_EVERIFY, "%s was adopted from '%s', which is now %s",
			   name, target, now.name);
		return gv_err_hint(err, "govern install %s", gv_version_bare(&v, bare));
	}
	if (r == -ENOENT || r == -EINVAL) {
		gv_err_set(err, -GV_ENOTFOUND,
			   "%s was adopted from '%s', where there is no Go any more",
			   name, target);
		return gv_err_hint(err, "govern install %s", gv_version_bare(&v, bare));
	}
	return gv_err_sys(err, r, "cannot read the tree of %s", name);
}

bool gv_store_serves(const struct gv_store *s, const char *name)
{
	struct gv_err unused = GV_ERR_INIT;

	return gv_store_has(s, name) && gv_adopted_check(s, name, &unused) == 0;
}

/*
 * The receipt comes last: without one nothing counts as installed, and whoever takes the
 * lock next throws away what lies there without (core/store/heal.c).  Making a link fails
 * where there is something, which a rename would not.
 */
static int publish(struct gv_store *s, const struct gv_receipt *receipt,
		   const struct gv_buf *manifest, struct gv_err *err)
{
	struct gv_path link = gv_toolchain_path(receipt->name);
	int r = 0;

	if (symlinkat(receipt->adopted_from, s->prefix_fd, link.s) < 0)
		r = -errno;
	if (r == 0)
		r = gv_sync_parent(s->prefix_fd, link.s);
	if (r < 0)
		return gv_store_refused(s, r, "adopt a toolchain", err);
	if (manifest)
		r = gv_manifest_save(s, receipt->name, manifest->data, manifest->len,
				     err);
	if (r == 0)
		r = gv_receipt_save(s, receipt, err);
	if (r < 0)
		return r;
	r = gv_bin_agree(s, receipt->name, true);
	return r < 0 ? gv_store_refused(s, r, "adopt a toolchain", err) : 0;
}

/* The papers of one that does not count any more would pass for those of the next. */
static int withdraw(const struct gv_store *s, const char *name)
{
	struct gv_path gone;
	int r = gv_remove_durably(s->root_fd, gv_receipt_path(s, name).s);

	if (r == 0 || r == -ENOENT)
		r = gv_remove_durably(s->root_fd, gv_manifest_path(s, name).s);
	if (r == 0 || r == -ENOENT)
		r = gv_trash(s, s->prefix_fd, gv_toolchain_path(name).s, &gone);
	if (r == 0)
		(void)unlinkat(s->root_fd, gone.s, 0); /* else with the trash */
	return r;
}

int gv_adopted_publish(struct gv_store *s, const struct gv_receipt *receipt,
		       const struct gv_buf *manifest, struct gv_err *err)
{
	struct gv_err why = GV_ERR_INIT;
	int r;

	if (!receipt->adopted || !receipt->adopted_from ||
	    receipt->adopted_from[0] != '/' || !gv_store_name_valid(receipt->name) ||
	    strcmp(receipt->platform, s->platform) != 0)
		return gv_err_set(err, -EINVAL, "'%s' is not the name of a toolchain",
				  receipt->name);
	r = gv_adopted_check(s, receipt->name, &why);
	if (r == -GV_ENOTFOUND || r == -GV_EVERIFY) {
		r = withdraw(s, receipt->name);
	} else if (r < 0) {
		*err = why;
		return r;
	}
	if (r < 0)
		return gv_store_refused(s, r, "adopt a toolchain", err);
	return publish(s, receipt, manifest, err);
}
