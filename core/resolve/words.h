// SPDX-License-Identifier: Apache-2.0
/*
 * The words of a pin: of a .go-version or GOVERN_VERSION, or of the `golang` and `go`
 * lines of a .tool-versions.  The order of the words is the order of preference.
 *
 *	struct gv_words w = gv_words_in(data, n, GV_WORDS_VERSIONS);
 *	while ((r = gv_words_next(&w, &word)) > 0)
 *		...
 */
#ifndef GV_RESOLVE_WORDS_H
#define GV_RESOLVE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

enum gv_words_kind {
	GV_WORDS_VERSIONS, /* every word; ":" separates too */
	GV_WORDS_TOOLS, /* lines of a tool's name and versions; other tools' not read */
};

struct gv_words {
	const char *at, *end;
	enum gv_words_kind kind;
	unsigned line; /* 1-based */
	bool in_entry; /* tools: behind the name, on its line */
	bool empty;    /* tools: no version on that line yet */
};

struct gv_word {
	const char *s;
	size_t n;
	unsigned line;
};

/* A byte order mark at the beginning is skipped. */
struct gv_words gv_words_in(const char *s, size_t n, enum gv_words_kind kind)
	GV_MUST GV_NONNULL(1);

/* 1: *ret is the next word.  0: there is none.  -EINVAL: a tool line without a version,
 * its number in ret->line. */
int gv_words_next(struct gv_words *w, struct gv_word *ret) GV_MUST GV_NONNULL(1, 2);

#endif
