// SPDX-License-Identifier: Apache-2.0
#include "plugins/build/build.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"

enum { FIRST = 5, OWN_MODULES = 16, SELF_ARCHIVING = 21 };

bool gv_build_is_reproducible(const struct gv_version *v)
{
	return gv_version_at_least(v, SELF_ARCHIVING);
}

/*
 * Go 1.N, from 22 on, is compiled by the even one of the two or three lines before it,
 * from its sixth patch on (https://go.dev/doc/install/source#go14); make.bash has the
 * last word, as its `bootgo`.
 */
static void name_oldest(unsigned minor, struct gv_text *t)
{
	if (minor < 20)
		gv_text_add(t, "go1.4");
	else if (minor < 22)
		gv_text_add(t, "go1.17.13");
	else
		gv_text_format(t, "go1.%u.6", (minor - 2) & ~1U);
}

int gv_build_compilers(const struct gv_version *v, struct gv_build_compilers *ret,
		       struct gv_err *err)
{
	struct gv_build_compilers found = {0};
	char name[GV_NAME_MAX];
	struct gv_text t = gv_text_in(name, sizeof(name));
	unsigned minor = FIRST;

	if (!gv_version_at_least(v, FIRST)) {
		gv_err_set(err, -GV_EPOLICY,
			   "%s cannot be built: Go before 1.5 is written in C", v->name);
		return gv_err_hint(err, "govern install %s", v->name + strlen("go"));
	}
	/* A number of any length ends here. */
	while (minor < 1000 && gv_version_at_least(v, minor + 1))
		minor++;
	name_oldest(minor, &t);
	if (gv_version_parse(name, t.len, &found.oldest) < 0)
		return gv_err_sys(err, -EINVAL, "cannot build %s", v->name);
	/* Its make.bash takes for granted that packages need no module. */
	if (minor < OWN_MODULES)
		found.newest = OWN_MODULES - 1;
	/* Any Go can compile its own line. */
	gv_version_line(gv_build_is_reproducible(v) ? &found.oldest : v, found.usual);
	*ret = found;
	return 0;
}

bool gv_build_can_compile(const struct gv_build_compilers *c, const struct gv_version *v)
{
	return gv_version_compare(v, &c->oldest) >= 0 &&
	       (c->newest == 0 || !gv_version_at_least(v, c->newest + 1));
}
