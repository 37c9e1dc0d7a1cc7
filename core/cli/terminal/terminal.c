// SPDX-License-Identifier: Apache-2.0
#include "core/cli/terminal/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/num.h"

#define COLUMNS_MAX 10000

bool gv_terminal_obeys(FILE *to)
{
	const char *term = getenv("TERM");

	return term && term[0] && strcmp(term, "dumb") != 0 && isatty(fileno(to));
}

bool gv_terminal_measure(FILE *to, struct gv_terminal_size *ret)
{
	const char *given = getenv("COLUMNS");
	struct winsize w = {0};
	uint64_t n;

	if (!isatty(fileno(to)))
		return false;
	/* A serial line, or a terminal that nobody told its size, says 0. */
	if (ioctl(fileno(to), TIOCGWINSZ, &w) < 0 || !w.ws_row || !w.ws_col)
		w = (struct winsize){.ws_row = 24, .ws_col = 80};
	*ret = (struct gv_terminal_size){.rows = w.ws_row, .columns = w.ws_col};
	if (given && gv_num_parse(given, strlen(given), COLUMNS_MAX, &n) == 0 && n > 0)
		ret->columns = (unsigned)n;
	return true;
}
