// SPDX-License-Identifier: Apache-2.0
#include "core/cli/progress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/num.h"
#include "core/cli/output.h"

#define WIDTH_MAX 200

int gv_progress_init(struct gv_progress *p, const struct gv_cli *cli, size_t n)
{
	const char *term = getenv("TERM");

	*p = (struct gv_progress){
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.cli = cli,
		.n = n,
		.on = isatty(STDERR_FILENO) && !cli->quiet && !cli->verbose &&
		      !cli->json && !(term && strcmp(term, "dumb") == 0),
	};
	p->lines = calloc(n ? n : 1, sizeof(*p->lines));
	if (!p->lines)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		p->lines[i].progress = p;
	return 0;
}

void gv_progress_set(void *arg, enum gv_step step, uint64_t done, uint64_t total)
{
	struct gv_progress_line *line = arg;
	const struct gv_progress *p = line->progress;

	/* What may take long and is not drawn must not look like a command that hangs. */
	if (step == GV_STEP_WAIT && !p->on && !p->cli->verbose)
		gv_cli_say(p->cli, "waiting for another govern, which works on %s",
			   line->name);
	pthread_mutex_lock(&line->progress->lock);
	line->begun = true;
	line->step = step;
	line->done = done;
	line->total = total;
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

static void format_fetch(const struct gv_progress_line *line, char *ret, size_t cap)
{
	char done[GV_SIZE_LEN], total[GV_SIZE_LEN] = "?", rate[GV_SIZE_LEN];
	char left[32] = "";

	gv_format_size(line->done, done);
	if (line->total)
		gv_format_size(line->total, total);
	gv_format_size((uint64_t)line->rate, rate);
	if (line->total > line->done && line->rate >= 1) {
		double s = (double)(line->total - line->done) / line->rate;

		if (s < 100)
			snprintf(left, sizeof(left), ", %.0f s left", s);
		else if (s < 360000)
			snprintf(left, sizeof(left), ", %.0f min left", s / 60);
	}
	snprintf(ret, cap, "%s of %s, %s/s%s", done, total, rate, left);
}

void gv_progress_format(const struct gv_progress_line *line, char *ret, size_t width)
{
	static const char *const steps[] = {
		[GV_STEP_WAIT] = "waiting for another govern",
		[GV_STEP_LOCATE] = "locating",
		[GV_STEP_FETCH] = "",
		[GV_STEP_VERIFY] = "verifying",
		[GV_STEP_SYNC] = "publishing",
		[GV_STEP_DONE] = "done",
	};
	char what[128];

	if (line->step == GV_STEP_FETCH)
		format_fetch(line, what, sizeof(what));
	else
		snprintf(what, sizeof(what), "%s", steps[line->step]);
	snprintf(ret, width + 1, "%-12s %s", line->name, what);
}

static void screen_size(unsigned *rows, size_t *columns)
{
	const char *given = getenv("COLUMNS");
	struct winsize w = {0};
	uint64_t n;

	*rows = 24;
	*columns = 80;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row && w.ws_col) {
		*rows = w.ws_row;
		*columns = w.ws_col;
	}
	if (given && gv_num_parse(given, strlen(given), WIDTH_MAX, &n) == 0 && n > 0)
		*columns = n;
	if (*columns > WIDTH_MAX)
		*columns = WIDTH_MAX;
}

/* Cursor to where the first line begins, everything below it away. */
static void take_back(struct gv_progress *p, FILE *to)
{
	if (p->drawn)
		fprintf(to, "\r\x1b[%uA\x1b[J", p->drawn);
	p->drawn = 0;
}

void gv_progress_draw(struct gv_progress *p)
{
	int64_t now = gv_clock_ms();
	char text[WIDTH_MAX + 1];
	unsigned rows;
	size_t columns;

	if (!p->on)
		return;
	screen_size(&rows, &columns);
	/* One line less than the screen has, one column less than would wrap. */
	pthread_mutex_lock(&p->lock);
	take_back(p, stderr);
	for (size_t i = 0; i < p->n && p->drawn + 1 < rows; i++) {
		struct gv_progress_line *line = &p->lines[i];

		if (!line->begun || line->step == GV_STEP_DONE)
			continue;
		measure(line, now);
#ifdef GV_WITHOUT_NARROW /* tests/controls: a row that wraps is not taken back */
		columns = WIDTH_MAX;
#endif
		gv_progress_format(line, text, columns - 1);
		fprintf(stderr, "%s\n", text);
		p->drawn++;
	}
	pthread_mutex_unlock(&p->lock);
	fflush(stderr);
}

void gv_progress_clear(struct gv_progress *p)
{
	if (!p->on)
		return;
	take_back(p, stderr);
	fflush(stderr);
}

void gv_progress_release(struct gv_progress *p)
{
	pthread_mutex_destroy(&p->lock);
	free(p->lines);
	p->lines = NULL;
	p->n = 0;
}
