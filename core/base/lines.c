// SPDX-License-Identifier: Apache-2.0
#include "core/base/lines.h"

#include <string.h>

#include "core/base/text.h"

static void say_last(struct gv_lines *l)
{
	if (!l->last[0] || l->left == 0)
		return;
	l->left--;
	if (l->say)
		l->say(l->arg, l->last);
	if (l->say && l->left == 0)
		l->say(l->arg, "(more is not shown)");
}

static void end_line(struct gv_lines *l)
{
	struct gv_text t;

	if (l->n && l->line[l->n - 1] == '\r')
		l->n--;
	if (l->n == 0)
		return;
	say_last(l);
	t = gv_text_in(l->last, sizeof(l->last));
	gv_text_add_visible(&t, l->line, l->n);
	l->n = 0;
}

void gv_lines_add(struct gv_lines *l, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (data[i] == '\n')
			end_line(l);
		else if (l->n < sizeof(l->line) - 1)
			l->line[l->n++] = data[i];
	}
}

const char *gv_lines_end(struct gv_lines *l)
{
	end_line(l);
	return l->last;
}
