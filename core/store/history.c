// SPDX-License-Identifier: Apache-2.0
#include "core/store/history.h"

#include <errno.h>
#include <stdlib.h>

#include "core/store/generations.h"

static void release_one(struct gv_generation *g)
{
	gv_pointers_release(&g->pointers);
	gv_json_free(g->note);
}

void gv_history_release(struct gv_history *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->n; i++)
		release_one(&h->items[i]);
	free(h->items);
	*h = (struct gv_history){0};
}

/* -ENOENT: another command let it go just now. */
static int load_one(const struct gv_store *s, uint64_t number, struct gv_history *h)
{
	struct gv_generation *g = &h->items[h->n];
	int r = gv_generation_load(s, number, &g->pointers);

	if (r < 0)
		return r;
	if (gv_generation_note(s, number, &g->note) < 0)
		g->note = NULL;
	h->n++;
	return 0;
}

int gv_history_load(const struct gv_store *s, struct gv_history *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_numbers) uint64_t *numbers = NULL;
	struct gv_history h = {0};
	size_t n = 0;
	int r = gv_generation_current(s, &h.current);

	if (r == -GV_EFORMAT) /* `govern doctor` tells of that */
		r = 0;
	if (r == 0)
		r = gv_generation_list(s, &numbers, &n);
	if (r == 0)
		h.items = calloc(n + 1, sizeof(*h.items));
	if (r == 0 && !h.items)
		r = -ENOMEM;
	for (size_t i = 0; i < n && r == 0; i++) {
		r = load_one(s, numbers[i], &h);
		if (r == -ENOENT)
			r = 0;
	}
	if (r < 0) {
		gv_history_release(&h);
		return gv_err_sys(err, r, "cannot read the pointers in '%s'", s->prefix);
	}
	*ret = h;
	return 0;
}

const struct gv_generation *gv_history_find(const struct gv_history *h, uint64_t number)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->items[i].pointers.generation == number)
			return &h->items[i];
	return NULL;
}
