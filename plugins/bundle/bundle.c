// SPDX-License-Identifier: Apache-2.0
/* What --from may name beside a source: a bundle (core/install/bundle.h). */
#include "core/install/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "core/install/source.h"

static int none_for(const char *from, const char *what, const char *platform,
		    struct gv_err *err)
{
	gv_err_set(err, -GV_ENOTFOUND, "the bundle '%s' has no %s for %s", from, what,
		   platform);
	return gv_err_hint(err, "its last line tells what it has: tail -n 1 FILE");
}

static int bundle_list(const struct gv_source_env *env, const char *platform,
		       struct gv_releases *ret, struct gv_err *err)
{
	struct gv_bundle b;
	int r;

	if (!env->from)
		return 1;
	r = gv_bundle_load(env->from, &b, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < b.n && r == 0; i++) {
		const char *name = b.items[i].name;
		struct gv_version v;

		if (strcmp(b.items[i].platform, platform) == 0 &&
		    gv_version_parse(name, strlen(name), &v) == 0)
			r = gv_releases_add(ret, &v);
	}
	gv_bundle_release(&b);
	if (r < 0)
		return gv_err_sys(err, r, "cannot use '%s'", env->from);
	return ret->n ? 0 : none_for(env->from, "toolchain", platform, err);
}

static int bundle_locate(const struct gv_source_env *env, const struct gv_version *v,
			 const char *platform, struct gv_candidates *ret,
			 struct gv_err *err)
{
	struct gv_candidate c = {.kind = GV_ARCHIVE_TAR_GZ, .in_bundle = true};
	const struct gv_bundle_item *item;
	struct gv_bundle b;
	int r;

	if (!env->from)
		return 1;
	r = gv_bundle_load(env->from, &b, err);
	if (r < 0)
		return r;
	item = gv_bundle_find(&b, v->name, platform);
	if (item) {
		c.offset = item->at;
		c.size = item->bytes;
	}
	gv_bundle_release(&b);
	if (!c.size)
		return none_for(env->from, v->name, platform, err);
	r = gv_bundle_path(env->from, &c.path, err);
	if (r < 0)
		return r;
	r = gv_candidates_add(ret, &c);
	free(c.path);
	return r < 0 ? gv_err_sys(err, r, "cannot use '%s'", env->from) : 0;
}

const struct gv_source gv_source_bundle = {
	.name = "bundle",
	.list = bundle_list,
	.locate = bundle_locate,
};
