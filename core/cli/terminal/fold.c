// SPDX-License-Identifier: Apache-2.0
#include "core/cli/terminal/fold.h"

#include <stdio.h>
#include <string.h>

#include "core/cli/terminal/terminal.h"
#include "core/cli/terminal/width.h"

enum {
	ROOM_MIN = 16, /* less is no column to break a sentence in */
	BELOW = 8,     /* where lines of their own begin */
	PROSE_MAX = 92,
};

void gv_print_blanks(size_t n)
{
	for (; n > 0; n--)
		putchar(' ');
}

struct gv_margins gv_margins_behind(size_t before)
{
	struct gv_terminal_size size;

	if (!gv_terminal_measure(stdout, &size))
		return (struct gv_margins){.left = before};
	if (size.columns >= before + ROOM_MIN)
		return (struct gv_margins){.left = before, .room = size.columns - before};
	return (struct gv_margins){
		.left = BELOW,
		.room = size.columns > BELOW ? size.columns - BELOW : 1,
		.below = true,
	};
}

/* Bytes of the next line: up to a blank, else one word. */
static size_t line_length(const char *s, size_t columns)
{
	size_t n = strlen(s), fits = gv_width_fit(s, n, columns), at = fits;

	if (fits == n)
		return n;
	while (at > 0 && s[at] != ' ')
		at--;
	while (at > 0 && s[at - 1] == ' ')
		at--; /* of several */
	return at > 0 ? at : fits + strcspn(s + fits, " ");
}

void gv_fold(const char *text, const struct gv_margins *m)
{
	bool first = !m->below;

	while (m->room && *text) {
		size_t n = line_length(text, m->room);

		if (!first) {
			putchar('\n');
			gv_print_blanks(m->left);
		}
		fwrite(text, 1, n, stdout);
		text += n + strspn(text + n, " ");
		first = false;
	}
	if (!m->room)
		fputs(text, stdout);
}

void gv_print_prose(const char *text, size_t before)
{
	struct gv_margins m = gv_margins_behind(before);

	if (m.room > PROSE_MAX)
		m.room = PROSE_MAX;
	gv_fold(text, &m);
	putchar('\n');
}
