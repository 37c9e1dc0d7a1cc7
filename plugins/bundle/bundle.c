// SPDX-License-Identifier: Apache-2.0
/* What --from may name beside a source: a bundle (core/install/bundle.h). */
#include "core/install/bundle.h"

#include <string.h>

#include "core/install/source.h"

static int none_for(const struct gv_bundle *b, const char *what, const char *platform,
		    struct gv_err *err)
{
	gv_err_set(err, -GV_ENOTFOUND, "the bundle '%s' has no %s for %s", b->path, what,
		   platform);
	return gv_err_hint(err, "its last line tells what it has: tail -n 1 FILE");
}

static int bundle_list(const struct gv_source_env *env, const char *platform,
		       struct gv_releases *ret, struct gv_err *err)
{
	const struct gv_bundle *b = env->bundle;
	int r = 0;

	if (!b)
		return 1;
	for (size_t i = 0; i < b->n && r == 0; i++) {
		const char *name = b->items[i].name;
		struct gv_version v;

		if (strcmp(b->items[i].platform, platform) == 0 &&
		    gv_version_parse(name, strlen(name), &v) == 0)
			r = gv_releases_add(ret, &v);
	}
	if (r < 0)
		return gv_err_sys(err, r, "cannot use '%s'", b->path);
	return ret->n ? 0 : none_for(b, "toolchain", platform, err);
}

static int bundle_locate(const struct gv_source_env *env, const struct gv_version *v,
			 const char *platform, struct gv_candidates *ret,
			 struct gv_err *err)
{
	struct gv_candidate c = {.kind = GV_ARCHIVE_TAR_GZ, .in_bundle = true};
	const struct gv_bundle *b = env->bundle;
	const struct gv_bundle_item *item;
	int r;

	if (!b)
		return 1;
	item = gv_bundle_find(b, v->name, platform);
	if (!item)
		return none_for(b, v->name, platform, err);
	c.path = b->path;
	c.offset = item->at;
	c.size = item->bytes;
	r = gv_candidates_add(ret, &c);
	return r < 0 ? gv_err_sys(err, r, "cannot use '%s'", b->path) : 0;
}

const struct gv_source gv_source_bundle = {
	.name = "bundle",
	.list = bundle_list,
	.locate = bundle_locate,
};
