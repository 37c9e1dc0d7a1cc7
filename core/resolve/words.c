// SPDX-License-Identifier: Apache-2.0
#include "core/resolve/words.h"

#include <errno.h>
#include <string.h>

struct gv_words gv_words_in(const char *s, size_t n, enum gv_words_kind kind)
{
	size_t mark = n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	return (struct gv_words){
		.at = s + mark,
		.end = s + n,
		.kind = kind,
		.line = 1,
	};
}

static bool is_blank(const struct gv_words *w, char c)
{
	return c == ' ' || c == '\t' || c == '\r' ||
	       (c == ':' && w->kind == GV_WORDS_VERSIONS);
}

/* The next word of this line; length 0 at its end or at a comment. */
static void next_on_line(struct gv_words *w, struct gv_word *ret)
{
	while (w->at < w->end && is_blank(w, *w->at))
		w->at++;
	ret->s = w->at;
	ret->line = w->line;
	while (w->at < w->end && *w->at != '\n' && *w->at != '#' && !is_blank(w, *w->at))
		w->at++;
	/* To asdf and mise that is the newest of a line, and not "latest, else the
	 * line". */
	if (w->at < w->end && *w->at == ':' && w->at - ret->s == 6 &&
	    memcmp(ret->s, "latest", 6) == 0)
		while (w->at < w->end && !memchr("\n# \t\r", *w->at, 5))
			w->at++;
	ret->n = (size_t)(w->at - ret->s);
}

static void next_line(struct gv_words *w)
{
	const char *newline = memchr(w->at, '\n', (size_t)(w->end - w->at));

	w->at = newline ? newline + 1 : w->end;
	w->line++;
	w->in_entry = false;
}

static bool names_go(const struct gv_word *word)
{
	return (word->n == 6 && memcmp(word->s, "golang", 6) == 0) ||
	       (word->n == 2 && memcmp(word->s, "go", 2) == 0);
}

int gv_words_next(struct gv_words *w, struct gv_word *ret)
{
	while (w->at < w->end || w->in_entry) {
		next_on_line(w, ret);
		if (w->kind == GV_WORDS_TOOLS && !w->in_entry) {
			if (names_go(ret))
				w->in_entry = w->empty = true;
			else
				next_line(w);
			continue;
		}
		if (ret->n) {
			w->empty = false;
			return 1;
		}
		if (w->in_entry && w->empty) {
			w->in_entry = false;
			return -EINVAL;
		}
		next_line(w);
	}
	return 0;
}
