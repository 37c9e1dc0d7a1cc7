// SPDX-License-Identifier: Apache-2.0
#include "plugins/build/build.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"

/*
 * Go 1.N, from 22 on, is compiled by the even one of the two or three lines before it,
 * from its sixth patch on (https://go.dev/doc/install/source#go14); make.bash has the
 * last word, as its `bootgo`.
 */
int gv_build_oldest(const struct gv_version *v, struct gv_version *ret,
		    struct gv_err *err)
{
	char name[GV_NAME_MAX];
	struct gv_text t = gv_text_in(name, sizeof(name));
	unsigned minor = 21;

	if (!gv_version_at_least(v, minor)) {
		gv_err_set(err, -GV_EPOLICY,
			   "%s cannot be built: make.bash makes archives since Go 1.21",
			   v->name);
		return gv_err_hint(err, "govern install %s", v->name + strlen("go"));
	}
	/* A number of any length ends here. */
	while (minor < 1000 && gv_version_at_least(v, minor + 1))
		minor++;
	if (minor == 21)
		gv_text_add(&t, "go1.17.13");
	else
		gv_text_format(&t, "go1.%u.6", (minor - 2) & ~1U);
	return gv_version_parse(name, t.len, ret) < 0
		       ? gv_err_sys(err, -EINVAL, "cannot build %s", v->name)
		       : 0;
}
