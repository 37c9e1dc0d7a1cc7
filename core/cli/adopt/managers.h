// SPDX-License-Identifier: Apache-2.0
/*
 * Other managers of Go toolchains, and where each keeps them: by its own variables, else
 * where it does by itself.  Nothing of theirs is run, and nothing is written.
 */
#ifndef GV_CLI_ADOPT_MANAGERS_H
#define GV_CLI_ADOPT_MANAGERS_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* A directory that may be a GOROOT. */
struct gv_place {
	const char
		*manager; /* "goenv"; "system": the distribution, or put there by hand */
	char *path;	  /* as it was found; owned */
};

struct gv_places {
	struct gv_place *items;
	size_t n;
};

/* All that is in their places, each directory once; with `of` only that manager's. */
int gv_places_find(const char *of, struct gv_places *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(2, 3);
void gv_places_release(struct gv_places *p) GV_NONNULL(1);
/* -GV_EUSAGE when there is no such manager; its hint names them all. */
int gv_places_know(const char *manager, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);

/*
 * The first of some paths that means something here: "$VARIABLE/…" where that is set to
 * an absolute path, "~/…" where HOME is, "/…" always.  On the heap; NULL: none, or no
 * memory. The list ends with NULL.
 */
char *gv_place_expand(const char *const *paths) GV_MUST GV_NONNULL(1);

/* Where Go keeps modules, as `go env GOMODCACHE` would say; Go is not run.  On the heap;
 * NULL: nowhere. */
char *gv_module_cache(void) GV_MUST;

#endif
