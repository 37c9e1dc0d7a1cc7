// SPDX-License-Identifier: Apache-2.0
#include "core/cli/terminal/progress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/terminal/terminal.h"

int gv_progress_init(struct gv_progress *p, struct gv_cli *cli, size_t n)
{
	*p = (struct gv_progress){
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.cli = cli,
		.n = n,
		.on = gv_terminal_obeys(stderr) && !cli->quiet && !cli->verbose &&
		      !cli->json,
	};
	p->lines = calloc(n ? n : 1, sizeof(*p->lines));
	if (!p->lines)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		p->lines[i].progress = p;
	if (p->on)
		cli->progress = p;
	return 0;
}

static void set(struct gv_progress_line *line, enum gv_step step, uint64_t done,
		uint64_t total)
{
	const struct gv_progress *p = line->progress;

	/* What may take long and is not drawn must not look like a command that hangs. */
	if (step == GV_STEP_WAIT && !p->on && !p->cli->verbose)
		gv_cli_say_waiting(p->cli, line->name);
	pthread_mutex_lock(&line->progress->lock);
	line->begun = true;
	line->step = step;
	line->done = done;
	line->total = total;
	pthread_mutex_unlock(&line->progress->lock);
}

void gv_progress_set(void *arg, enum gv_step step, uint64_t done, uint64_t total)
{
	set(arg, step, done, total);
}

void gv_progress_tell(struct gv_progress_line *line, const char *text)
{
	struct gv_text t;

	pthread_mutex_lock(&line->progress->lock);
	t = gv_text_in(line->text, sizeof(line->text));
	gv_text_add_visible(&t, text, strlen(text));
	line->begun = true;
	pthread_mutex_unlock(&line->progress->lock);
}

void gv_progress_end(struct gv_progress_line *line, bool failed)
{
	set(line, GV_STEP_DONE, 0, 0);
	pthread_mutex_lock(&line->progress->lock);
	line->failed = failed;
	pthread_mutex_unlock(&line->progress->lock);
}

static void measure(struct gv_progress_line *line, int64_t now)
{
	double seconds = (double)(now - line->seen_at) / 1000;

	if (line->done < line->seen || !line->seen_at) {
		line->rate = 0; /* it began, or began again */
	} else if (seconds >= 0.1) {
		double rate = (double)(line->done - line->seen) / seconds;

		line->rate = line->rate > 0 ? line->rate * 0.7 + rate * 0.3 : rate;
	} else {
		return;
	}
	line->seen = line->done;
	line->seen_at = now;
}

/* -- one row ------------------------------------------------------------------------- */

/* The fields of a download, with the blanks before them, as wide as they ever get:
 * what is shown must not change while numbers grow. */
enum {
	GAP = 2,
	PERCENT = 4, /* "100%" */
	AMOUNT = 20, /* "100.0 MB of 235.5 MB" */
	AMOUNT_DONE = 8,
	RATE = 10,    /* "999.9 MB/s" */
	LEFT = 9,     /* "99 s left", "99 m left" */
	BAR_MIN = 12, /* with its brackets */
	BAR_MAX = 42,
};

static void add_left(struct gv_text *t, const struct gv_progress_line *line)
{
	double s = line->rate >= 1 && line->total > line->done
			   ? (double)(line->total - line->done) / line->rate
			   : 0;
	char left[GAP + LEFT + 1] = "";

	if (s > 0 && s < 99.5)
		snprintf(left, sizeof(left), "  %.0f s left", s);
	else if (s >= 99.5 && s < 99.5 * 60)
		snprintf(left, sizeof(left), "  %.0f m left", s / 60);
	else if (s >= 99.5 * 60 && s < 10 * 3600)
		snprintf(left, sizeof(left), "  %.0f h left", s / 3600);
	gv_text_add(t, left);
}

static void add_bar(struct gv_text *t, size_t width, const struct gv_progress_line *line)
{
	double part = (double)line->done / (double)line->total;
	size_t inside = width - 2, full = (size_t)(part * (double)inside);

	gv_text_add(t, "  [");
	for (size_t i = 0; i < inside; i++)
		gv_text_add(t, i < full ? "=" : i == full ? ">" : " ");
	gv_text_add(t, "]");
}

static void add_padded(struct gv_text *t, const char *s, size_t width)
{
	size_t n = strlen(s);

	for (gv_text_add(t, "  "); n < width; n++)
		gv_text_add(t, " ");
	gv_text_add(t, s);
}

/* Percent first, then time left, rate, amount and a bar, as far as there is room. */
static void format_fetch(const struct gv_progress_line *line, size_t room,
			 struct gv_text *t)
{
	char done[GV_SIZE_LEN], total[GV_SIZE_LEN], size[GV_SIZE_LEN], text[48];
	bool known = line->total >= line->done && line->total > 0;
	size_t used = PERCENT;
	bool show_left = known && used + GAP + LEFT <= room;
	bool show_rate, show_amount;

	used += show_left ? GAP + LEFT : 0;
	show_rate = used + GAP + RATE <= room;
	used += show_rate ? GAP + RATE : 0;
	show_amount = used + GAP + AMOUNT <= room;
	used += show_amount ? GAP + AMOUNT : 0;

	if (known)
		snprintf(text, sizeof(text), "%3u%%",
			 (unsigned)(100 * (double)line->done / (double)line->total));
	gv_text_add(t, known ? text : "    ");
	if (known && used + GAP + BAR_MIN <= room)
		add_bar(t, room - used - GAP < BAR_MAX ? room - used - GAP : BAR_MAX,
			line);
	if (show_amount) {
		gv_format_size(line->done, done);
		gv_format_size(line->total, total);
		snprintf(text, sizeof(text), "%s%s%s", done, known ? " of " : "",
			 known ? total : "");
		add_padded(t, text, known ? AMOUNT : AMOUNT_DONE);
	}
	if (show_rate) {
		gv_format_size((uint64_t)line->rate, size);
		snprintf(text, sizeof(text), "%s/s", size);
		add_padded(t, text, RATE);
	}
	if (show_left)
		add_left(t, line);
}

void gv_progress_format(const struct gv_progress_line *line, size_t name_width,
			size_t columns, char ret[GV_PROGRESS_ROW])
{
	static const char *const steps[] = {
		[GV_STEP_WAIT] = "waiting for another govern",
		[GV_STEP_LOCATE] = "locating",
		[GV_STEP_BUILD] = "building",
		[GV_STEP_FETCH] = "",
		[GV_STEP_VERIFY] = "verifying",
		[GV_STEP_SYNC] = "publishing",
		[GV_STEP_DONE] = "done",
	};
	size_t cap = columns + 1 < GV_PROGRESS_ROW ? columns + 1 : GV_PROGRESS_ROW;
	struct gv_text t = gv_text_in(ret, cap);

	gv_text_add(&t, line->name);
	while (t.len < name_width + GAP && !t.cut)
		gv_text_add(&t, " ");
	if (line->text[0])
		gv_text_add_visible(&t, line->text, strlen(line->text));
	else if (line->step == GV_STEP_FETCH)
		format_fetch(line, cap - 1 - t.len, &t);
	else
		gv_text_add(&t, line->failed ? "failed" : steps[line->step]);
	while (t.len > 0 && ret[t.len - 1] == ' ')
		ret[--t.len] = '\0';
}

/* -- all of them --------------------------------------------------------------------- */

/* Cursor to where the first row begins.  They are as many as when they were drawn, also
 * where a terminal that became narrower broke them: what is above is not ours. */
static void go_back(struct gv_progress *p, struct gv_buf *out)
{
	if (p->drawn)
		gv_buf_format(out, "\r\x1b[%uA", p->drawn);
	p->drawn = 0;
}

static void erase_below(struct gv_buf *out)
{
	gv_buf_add_str(out, "\x1b[J");
}

/* In one piece, so that nobody sees a part of it, or writes between. */
static void put(const struct gv_buf *out)
{
	if (gv_buf_error(out) == 0 && out->len)
		fwrite(out->data, 1, out->len, stderr);
	fflush(stderr);
}

static void draw_row(struct gv_progress *p, struct gv_progress_line *line,
		     size_t name_width, size_t columns, struct gv_buf *out)
{
	enum gv_style style = line->step != GV_STEP_DONE ? GV_STYLE_OFF
			      : line->failed		 ? GV_STYLE_RED
							 : GV_STYLE_GREEN;
	char row[GV_PROGRESS_ROW];

	measure(line, gv_clock_ms());
#ifdef GV_WITHOUT_NARROW /* tests/controls: a row that wraps is not taken back */
	columns = GV_PROGRESS_ROW;
#endif
	gv_progress_format(line, name_width, columns - 1, row);
	if (style != GV_STYLE_OFF)
		gv_buf_add_str(out, gv_style(p->cli, stderr, style));
	gv_buf_add_str(out, row);
	if (style != GV_STYLE_OFF)
		gv_buf_add_str(out, gv_style(p->cli, stderr, GV_STYLE_OFF));
	gv_buf_add_str(out, "\x1b[K\n");
	p->drawn++;
}

/* Rows that ended give way first where the screen is too low for all. */
static void draw_all(struct gv_progress *p, const struct gv_terminal_size *size,
		     struct gv_buf *out)
{
	size_t name_width = 0, begun = 0, room = size->rows - 1;

	for (size_t i = 0; i < p->n; i++) {
		size_t width = strlen(p->lines[i].name);

		begun += p->lines[i].begun;
		if (name_width < width)
			name_width = width;
	}
	for (size_t i = 0; i < p->n && p->drawn < room; i++) {
		struct gv_progress_line *line = &p->lines[i];

		if (!line->begun)
			continue;
		if (line->step == GV_STEP_DONE && begun > room)
			begun--;
		else
			draw_row(p, line, name_width, size->columns, out);
	}
}

void gv_progress_draw(struct gv_progress *p)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf out = GV_BUF_INIT(0);
	struct gv_terminal_size size;

	/* Asked each time: a window changes its size. */
	if (!p->on || !gv_terminal_measure(stderr, &size))
		return;
	pthread_mutex_lock(&p->lock);
	go_back(p, &out);
	draw_all(p, &size, &out);
	erase_below(&out);
	put(&out);
	pthread_mutex_unlock(&p->lock);
}

void gv_progress_hold(struct gv_progress *p)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf out = GV_BUF_INIT(0);

	pthread_mutex_lock(&p->lock);
	if (!p->drawn)
		return;
	go_back(p, &out);
	erase_below(&out);
	put(&out);
}

void gv_progress_go_on(struct gv_progress *p)
{
	pthread_mutex_unlock(&p->lock);
}

void gv_progress_clear(struct gv_progress *p)
{
	if (!p->on)
		return;
	gv_progress_hold(p);
	p->cli->progress = NULL;
	gv_progress_go_on(p);
}

void gv_progress_release(struct gv_progress *p)
{
	pthread_mutex_destroy(&p->lock);
	free(p->lines);
	p->lines = NULL;
	p->n = 0;
}
