// SPDX-License-Identifier: Apache-2.0
/*
 * What `matrix` tells in the end: the last lines of each log that failed and a table, or
 * JSON.
 */
#ifndef GV_CLI_MATRIX_REPORT_H
#define GV_CLI_MATRIX_REPORT_H

#include "core/cli/matrix/matrix.h"

/* `r` is what became of the whole: 0, or -GV_EINTERRUPTED, which it answers again after
 * telling what was not finished; `saved`, of the JUnit file, code 0 when it is there.
 * -GV_EFAILED: not all passed; else what became of that file. */
int gv_matrix_report(struct gv_matrix *m, int r, const struct gv_err *saved,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4);

#endif
