// SPDX-License-Identifier: Apache-2.0
#include "core/cli/journal/moves.h"

#include <string.h>

#include "core/base/text.h"

enum { KINDS = 5 };

/* In the order in which people look. */
static int kind_of(const char *pointer)
{
	if (strcmp(pointer, "default") == 0)
		return 0;
	if (strcmp(pointer, "latest") == 0)
		return 1;
	if (gv_pointer_is_hold(pointer))
		return 4;
	return pointer[0] == '@' ? 3 : 2;
}

int gv_each_move(const struct gv_pointers *before, const struct gv_pointers *after,
		 gv_move_visit *visit, void *arg)
{
	int r = 0;

	for (int kind = 0; kind < KINDS; kind++) {
		size_t i = 0, k = 0;

		/* Both are in order: a merge. */
		while ((i < before->n || k < after->n) && r >= 0) {
			const struct gv_pointer *a =
				i < before->n ? &before->items[i] : NULL;
			const struct gv_pointer *b =
				k < after->n ? &after->items[k] : NULL;
			int order = !a ? 1 : !b ? -1 : strcmp(a->name, b->name);
			const char *name = order <= 0 ? a->name : b->name;
			const char *was = order <= 0 ? a->target : "";
			const char *is = order >= 0 ? b->target : "";

			i += order <= 0;
			k += order >= 0;
			if (kind_of(name) == kind && strcmp(was, is) != 0)
				r = visit(arg, name, was, is);
		}
	}
	return r < 0 ? r : 0;
}

void gv_format_move(const char *pointer, const char *before, const char *after,
		    char ret[GV_MOVE_LEN])
{
	struct gv_text t = gv_text_in(ret, GV_MOVE_LEN);

	if (gv_pointer_is_hold(pointer)) {
		gv_text_format(&t, "%s is %s", pointer + 1,
			       after[0] ? "held back" : "not held back any more");
		return;
	}
	if (after[0])
		gv_text_format(&t, "%s is %s", pointer, after);
	else
		gv_text_format(&t, "no %s", pointer);
	if (before[0])
		gv_text_format(&t, " (it was %s)", before);
}

static int append(void *arg, const char *pointer, const char *before, const char *after)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "pointer", pointer);
	gv_json_set_str(o, "before", before[0] ? before : NULL);
	gv_json_set_str(o, "after", after[0] ? after : NULL);
	gv_json_append(arg, o);
	return 0;
}

struct gv_json *gv_moves_json(const struct gv_pointers *before,
			      const struct gv_pointers *after)
{
	struct gv_json *list = gv_json_new_array();

	(void)!gv_each_move(before, after, append, list); /* appending does not fail */
	return list;
}
