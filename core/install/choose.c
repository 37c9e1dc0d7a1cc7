// SPDX-License-Identifier: Apache-2.0
#include "core/install/install.h"

#include <string.h>

#include "core/install/asking.h"
#include "core/install/log.h"
#include "core/install/permit.h"
#include "core/install/talk.h"

static int list_all(const struct gv_install *in, struct gv_source_env *env,
		    struct gv_releases *ret, struct gv_err *err)
{
	const struct gv_source *source;
	struct gv_asking asking;
	int r = gv_asking_init(&asking, in, err);

	if (r < 0)
		return r;
	while ((source = gv_asking_next(&asking))) {
		struct gv_releases list = {0};
		struct gv_err why = GV_ERR_INIT;

		env->source = source->name;
		r = source->list(env, in->store->platform, &list, &why);
		if (r == 0 && list.n > 0) {
			*ret = list;
			return 0;
		}
		gv_releases_release(&list);
		/* An empty list is no answer. */
		if (r == 0)
			r = gv_err_set(&why, -GV_ENOTFOUND, "%s names no release for %s",
				       source->name, in->store->platform);
		if (r == 1)
			continue;
		if (!gv_asking_go_on(&asking, source, r, &why)) {
			*err = why;
			return r;
		}
		gv_talk(in, "%s: %s", source->name, why.message);
	}
	r = gv_asking_failed(&asking, "list of releases", err);
	return r == -GV_ENOTFOUND ? gv_err_hint(err, "govern env") : r;
}

int gv_install_releases(const struct gv_install *in, bool refresh,
			struct gv_releases *ret, struct gv_err *err)
{
	struct gv_net net = gv_install_net(in);
	struct gv_fetcher *fetcher;
	struct gv_source_env env;
	int r = gv_fetcher_open(in->libexec, &net, &fetcher, err);

	if (r < 0)
		return r;
	env = gv_asking_env(in, fetcher);
	env.refresh = refresh;
	r = list_all(in, &env, ret, err);
	gv_fetcher_close(fetcher);
	if (r < 0)
		return r;
	gv_releases_sort(ret);
	return 0;
}

/* The newest stable release of the line before the newest. */
static const struct gv_version *find_oldstable(const struct gv_releases *list)
{
	const struct gv_version *newest = NULL;

	for (size_t i = 0; i < list->n; i++) {
		const struct gv_version *v = &list->items[i];

		if (!gv_version_is_stable(v))
			continue;
		if (!newest)
			newest = v;
		else if (!gv_version_same_line(v, newest))
			return v;
	}
	return NULL;
}

static bool is_prerelease_of(const struct gv_spec *spec, const struct gv_version *v)
{
	char line[GV_NAME_MAX];

	gv_version_line(v, line);
	return v->suffix.len == 0 && v->kind.len == strlen(spec->pre) &&
	       memcmp(v->name + v->kind.at, spec->pre, v->kind.len) == 0 &&
	       strcmp(line, spec->line) == 0;
}

static bool fits(const struct gv_spec *spec, const struct gv_version *v)
{
	return spec->kind == GV_SPEC_PRERELEASE ? is_prerelease_of(spec, v)
						: gv_spec_matches(spec, v);
}

/*
 * The newest release that the spec asks for and policy allows; the list is sorted, newest
 * first.  -GV_ENOTFOUND, without a sentence: none fits.  When policy refuses all that do,
 * it is the newest one's error.
 */
static int find(const struct gv_install *in, const struct gv_releases *list,
		const struct gv_spec *spec, struct gv_version *ret, struct gv_err *err)
{
	bool old = spec->kind == GV_SPEC_OLDSTABLE;
	const struct gv_version *oldstable = old ? find_oldstable(list) : NULL;
	struct gv_err why = GV_ERR_INIT;
	int first = -GV_ENOTFOUND;

	for (size_t i = 0; i < list->n; i++) {
		const struct gv_version *v = &list->items[i];
		int r;

		if (!fits(spec, v) ||
		    (old && (!oldstable || !gv_version_same_line(v, oldstable))))
			continue;
		r = gv_permit_release(in, v, false, &why);
		if (r == 0) {
			*ret = *v;
			return 0;
		}
		gv_talk(in, "%s: %s", v->name, why.message);
		if (first == -GV_ENOTFOUND) {
			first = r;
			*err = why;
		}
	}
	return first;
}

int gv_install_choose(const struct gv_install *in, const struct gv_spec *spec,
		      struct gv_version *ret, struct gv_err *err)
{
	struct gv_releases list = {0};
	int r;

	/* Lists are not complete: an exact version is simply tried. */
	if (spec->kind == GV_SPEC_EXACT ||
	    (spec->kind == GV_SPEC_TAG && spec->version.name[0])) {
		*ret = spec->version;
		return 0;
	}
	if (spec->kind == GV_SPEC_TAG || spec->kind == GV_SPEC_SYSTEM)
		return gv_err_set(err, -GV_EUSAGE, "'%s' is not a version to install",
				  spec->text);
	r = gv_install_releases(in, false, &list, err);
	if (r < 0)
		return r;
	r = find(in, &list, spec, ret, err);
	if (r == -GV_ENOTFOUND) {
		gv_err_set(err, -GV_ENOTFOUND, "no release matches '%s' for %s",
			   spec->text, in->store->platform);
		r = gv_err_hint(err, "govern available --all");
	}
	gv_releases_release(&list);
	return r;
}
