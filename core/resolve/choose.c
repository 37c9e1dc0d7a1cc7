// SPDX-License-Identifier: Apache-2.0
#include "core/resolve/run.h"

#include <errno.h>

static int parse(struct gv_run *run, const struct gv_word *word)
{
	struct gv_choice *c = run->choice;

	if (gv_spec_parse(word->s, word->n, GV_SPEC_PIN, &c->spec, run->err) < 0)
		return gv_explain_word(run, word->line);
	c->line = c->kind == GV_KIND_FILE ? word->line : 0;
	return 0;
}

/* The first word into choice->spec; all of them must parse, whatever is installed. */
static int parse_all(struct gv_run *run, struct gv_words words, unsigned *ret_n)
{
	struct gv_words again = words;
	struct gv_word word;
	unsigned n = 0;
	int r;

	while ((r = gv_words_next(&words, &word)) > 0) {
		r = parse(run, &word);
		if (r < 0)
			return r;
		n++;
	}
	if (r < 0)
		return gv_explain_file(run, word.line, "no version behind the name");
	if (n > 1) {
		if (gv_words_next(&again, &word) > 0)
			r = parse(run, &word);
		if (r < 0)
			return r;
	}
	*ret_n = n;
	return 0;
}

/* Whether the next word may be tried: this one is simply not there. */
static bool is_absence(enum gv_found found)
{
	return found == GV_NO_POINTER || found == GV_NOT_INSTALLED ||
	       found == GV_NONE_IN_PATH;
}

int gv_choose(struct gv_run *run, struct gv_words words, bool only_parse)
{
	struct gv_words first = words;
	enum gv_found found = GV_NO_POINTER;
	struct gv_word word;
	unsigned n = 0;
	int r = parse_all(run, words, &n);

	if (r < 0)
		return r;
	if (n == 0)
		return GV_NEXT;
	if (only_parse)
		return 0;
	if (n == 1) {
		found = gv_find_spec(run, &run->choice->spec);
		return found == GV_FOUND ? 0 : gv_explain(run, found);
	}
	while (gv_words_next(&words, &word) > 0) {
		r = parse(run, &word);
		if (r < 0)
			return r;
		found = gv_find_spec(run, &run->choice->spec);
		if (found == GV_FOUND)
			return 0;
		if (!is_absence(found))
			return gv_explain(run, found);
	}
	/* None is there: the first is the one that is missing. */
	if (gv_words_next(&first, &word) > 0)
		r = parse(run, &word);
	if (r < 0)
		return r;
	return gv_explain(run, gv_find_spec(run, &run->choice->spec));
}
