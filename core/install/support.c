// SPDX-License-Identifier: Apache-2.0
#include "core/install/support.h"

#include <string.h>

void gv_support_add(struct gv_support *s, const struct gv_version *v)
{
	unsigned at = 0, last;

	if (!gv_version_is_stable(v))
		return;
	while (at < s->n && !gv_version_same_line(v, &s->newest[at]) &&
	       gv_version_compare(v, &s->newest[at]) < 0)
		at++;
	if (at == GV_SUPPORTED_LINES)
		return;
	if (at < s->n && gv_version_same_line(v, &s->newest[at])) {
		if (gv_version_compare(v, &s->newest[at]) > 0)
			s->newest[at] = *v;
		return;
	}
	last = s->n < GV_SUPPORTED_LINES ? s->n++ : GV_SUPPORTED_LINES - 1;
	for (; last > at; last--)
		s->newest[last] = s->newest[last - 1];
	s->newest[at] = *v;
}

bool gv_support_is_over(const struct gv_support *s, const struct gv_version *v)
{
	const struct gv_version *oldest = &s->newest[GV_SUPPORTED_LINES - 1];

	return s->n == GV_SUPPORTED_LINES && !gv_version_same_line(v, oldest) &&
	       gv_version_compare(v, oldest) < 0;
}
