// SPDX-License-Identifier: Apache-2.0
#include "core/install/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int copy_str(char **ret, const char *s)
{
	*ret = s ? strdup(s) : NULL;
	return s && !*ret ? -ENOMEM : 0;
}

static void candidate_release(struct gv_candidate *c)
{
	free(c->url);
	free(c->path);
	free(c->program);
	free(c->digest_origin);
}

int gv_candidates_add(struct gv_candidates *l, const struct gv_candidate *c)
{
	struct gv_candidate copy = *c;
	struct gv_candidate *items;
	int r;

	/* Pointers of the original must not be freed when a copy fails. */
	copy.url = copy.path = copy.program = copy.digest_origin = NULL;
	r = copy_str(&copy.url, c->url);
	if (r == 0)
		r = copy_str(&copy.path, c->path);
	if (r == 0)
		r = copy_str(&copy.program, c->program);
	if (r == 0)
		r = copy_str(&copy.digest_origin, c->digest_origin);
	items = r == 0 ? reallocarray(l->items, l->n + 1, sizeof(*items)) : NULL;
	if (!items) {
		candidate_release(&copy);
		return -ENOMEM;
	}
	l->items = items;
	l->items[l->n++] = copy;
	return 0;
}

void gv_candidates_release(struct gv_candidates *l)
{
	for (size_t i = 0; i < l->n; i++)
		candidate_release(&l->items[i]);
	free(l->items);
	*l = (struct gv_candidates){0};
}

int gv_releases_add(struct gv_releases *l, const struct gv_version *v)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		struct gv_version *items = reallocarray(l->items, cap, sizeof(*items));

		if (!items)
			return -ENOMEM;
		l->items = items;
		l->cap = cap;
	}
	l->items[l->n++] = *v;
	return 0;
}

/* Names of equal order (go1.22.5 and go1.22.5-bigcorp) stay apart, by their text. */
static int newest_first(const void *a, const void *b)
{
	const struct gv_version *x = a, *y = b;
	int r = gv_version_compare(y, x);

	return r ? r : strcmp(x->name, y->name);
}

void gv_releases_sort(struct gv_releases *l)
{
	size_t kept = 0;

	if (l->n == 0)
		return;
	qsort(l->items, l->n, sizeof(*l->items), newest_first);
	for (size_t i = 0; i < l->n; i++)
		if (i == 0 || strcmp(l->items[i].name, l->items[kept - 1].name) != 0)
			l->items[kept++] = l->items[i];
	l->n = kept;
}

void gv_releases_release(struct gv_releases *l)
{
	free(l->items);
	*l = (struct gv_releases){0};
}
