// SPDX-License-Identifier: Apache-2.0
#include "core/cli/terminal/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/terminal/fold.h"
#include "core/cli/terminal/terminal.h"
#include "core/cli/terminal/width.h"

#define GAP 2 /* columns between two */

static int add_cell(struct gv_list *list, const char *cell)
{
	size_t n = strlen(cell);
	char *clean = malloc(n + 1);
	struct gv_text t;
	int r;

	if (!clean)
		return -ENOMEM;
	t = gv_text_in(clean, n + 1);
	gv_text_add_visible(&t, cell, n); /* never longer than it was */
	r = gv_list_add(list, clean);
	free(clean);
	return r;
}

int gv_table_head(struct gv_table *t, const char *const *cells)
{
	int r = 0;

	for (size_t i = 0; i < t->columns && r == 0; i++)
		r = add_cell(&t->head, cells[i]);
	return r;
}

int gv_table_row(struct gv_table *t, enum gv_style style, const char *const *cells)
{
	if (t->cells.n + t->columns > t->styles_cap) {
		size_t cap = 2 * (t->styles_cap + t->columns);
		unsigned char *more = realloc(t->styles, cap);

		if (!more)
			return -ENOMEM;
		t->styles = more;
		t->styles_cap = cap;
	}
	memset(t->styles + t->cells.n, (int)style, t->columns);
	for (size_t i = 0; i < t->columns; i++) {
		int r = add_cell(&t->cells, cells[i]);

		if (r < 0)
			return r;
	}
	t->rows++;
	return 0;
}

void gv_table_paint(struct gv_table *t, size_t column, enum gv_style style)
{
	if (t->rows > 0 && column < t->columns)
		t->styles[(t->rows - 1) * t->columns + column] = (unsigned char)style;
}

void gv_table_release(struct gv_table *t)
{
	gv_list_release(&t->head);
	gv_list_release(&t->cells);
	free(t->styles);
	t->styles = NULL;
	t->styles_cap = t->rows = 0;
}

/* -- rows ---------------------------------------------------------------------------- */

struct layout {
	size_t width[GV_TABLE_COLUMNS];
	size_t shown;		/* columns */
	struct gv_margins last; /* of the last one of them */
};

static void widen(const struct gv_table *t, const struct gv_list *cells, size_t *width)
{
	for (size_t i = 0; i < cells->n; i++) {
		size_t n = gv_width(cells->items[i], strlen(cells->items[i]));

		if (width[i % t->columns] < n)
			width[i % t->columns] = n;
	}
}

static size_t total(const struct layout *l)
{
	size_t n = l->shown ? GAP * (l->shown - 1) : 0;

	for (size_t i = 0; i < l->shown; i++)
		n += l->width[i];
	return n;
}

static struct layout arrange(const struct gv_table *t, const struct gv_cli *cli)
{
	struct layout l = {.shown = t->columns};
	struct gv_terminal_size size;
	bool is_terminal = gv_terminal_measure(stdout, &size);
	size_t before = 0;

	widen(t, &t->head, l.width);
	widen(t, &t->cells, l.width);
	if (is_terminal && !cli->verbose)
		while (l.shown > (t->needed ? t->needed : t->columns) &&
		       total(&l) > size.columns)
			l.shown--;
	for (size_t i = 0; i + 1 < l.shown; i++)
		before += l.width[i] + GAP;
	if (cli->verbose || !is_terminal || total(&l) <= size.columns)
		l.last = (struct gv_margins){.left = before};
	else
		l.last = gv_margins_behind(before);
	return l;
}

static void print_cell(const char *s, size_t width, bool right, bool last)
{
	size_t n = gv_width(s, strlen(s)), blanks = width > n ? width - n : 0;

	if (right)
		gv_print_blanks(blanks);
	fputs(s, stdout);
	if (!last)
		gv_print_blanks(right ? GAP : blanks + GAP);
}

/* `styles` NULL: there are no colours. */
static void print_row(const struct gv_table *t, const struct gv_cli *cli,
		      const struct layout *l, char *const *cells,
		      const unsigned char *styles)
{
	size_t shown = l->shown;

	while (shown > 1 && !cells[shown - 1][0])
		shown--; /* no blanks at the end of a line */
	for (size_t i = 0; i < shown; i++) {
		enum gv_style style = styles ? styles[i] : GV_STYLE_OFF;
		bool right = t->right >> i & 1;
		bool ends = i + 1 == shown || (l->last.below && i + 2 == l->shown);

		if (style != GV_STYLE_OFF)
			fputs(gv_style(cli, stdout, style), stdout);
		if (i + 1 < l->shown || right)
			print_cell(cells[i], l->width[i], right, ends);
		else
			gv_fold(cells[i], &l->last);
		if (style != GV_STYLE_OFF)
			fputs(gv_style(cli, stdout, GV_STYLE_OFF), stdout);
	}
	putchar('\n');
}

void gv_table_print(const struct gv_table *t, const struct gv_cli *cli)
{
	static const unsigned char head[GV_TABLE_COLUMNS] = {
		GV_STYLE_DIM, GV_STYLE_DIM, GV_STYLE_DIM, GV_STYLE_DIM,
		GV_STYLE_DIM, GV_STYLE_DIM, GV_STYLE_DIM, GV_STYLE_DIM};
	bool colors = gv_style(cli, stdout, GV_STYLE_DIM)[0];
	struct layout l = arrange(t, cli);

	if (t->head.n)
		print_row(t, cli, &l, t->head.items, colors ? head : NULL);
	for (size_t row = 0; row < t->rows; row++)
		print_row(t, cli, &l, t->cells.items + row * t->columns,
			  colors ? t->styles + row * t->columns : NULL);
}
