// SPDX-License-Identifier: Apache-2.0
#include "core/install/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void gv_build_release(struct gv_build *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n_patches; i++) {
		free(b->patches[i].name);
		free(b->patches[i].text);
	}
	free(b->patches);
	b->patches = NULL;
	b->n_patches = 0;
}

static int copy(char **ret, const char *s)
{
	*ret = *s ? strdup(s) : NULL;
	return *s && !*ret ? -ENOMEM : 0;
}

int gv_build_save(const struct gv_build *b, struct gv_receipt_build *ret)
{
	struct gv_receipt_build made = {
		.patches = calloc(b->n_patches + 1, sizeof(*made.patches)),
	};
	int r = made.patches ? copy(&made.base, b->base.name) : -ENOMEM;

	if (r == 0)
		r = copy(&made.source_h1, b->source_h1);
	if (r == 0)
		r = copy(&made.source_sha256, b->source_sha256);
	if (r == 0)
		r = copy(&made.bootstrap, b->bootstrap);
	for (size_t i = 0; i < b->n_patches && r == 0; i++) {
		made.n_patches++;
		r = copy(&made.patches[i].name, b->patches[i].name);
		if (r == 0)
			r = copy(&made.patches[i].sha256, b->patches[i].sha256);
	}
	if (r < 0)
		gv_receipt_build_release(&made);
	else
		*ret = made;
	return r;
}

bool gv_build_is_alike(const struct gv_build *b, const struct gv_receipt *receipt)
{
	const struct gv_receipt_build *theirs = &receipt->build;

	if (!receipt->built || strcmp(theirs->base, b->base.name) != 0 ||
	    theirs->n_patches != b->n_patches)
		return false;
	for (size_t i = 0; i < b->n_patches; i++)
		if (strcmp(theirs->patches[i].sha256, b->patches[i].sha256) != 0)
			return false;
	return true;
}
