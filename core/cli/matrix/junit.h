// SPDX-License-Identifier: Apache-2.0
/*
 * The report of a matrix as JUnit XML, as CI systems read it: one test suite, a test case
 * for each toolchain, with the end of its log.  There is no standard; what is written is
 * what https://github.com/testmoapp/junitxml describes and Jenkins's xsd accepts.
 */
#ifndef GV_CLI_MATRIX_JUNIT_H
#define GV_CLI_MATRIX_JUNIT_H

#include <time.h>

#include "core/cli/matrix/matrix.h"

/* Replaces the file `path`. */
int gv_junit_save(const char *path, const struct gv_matrix *m, time_t begun,
		  int64_t milliseconds, struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 5);

/* As text of XML 1.0: markup escaped; what XML cannot hold at all is left out, and
 * what is no UTF-8 becomes U+FFFD. */
void gv_junit_add_text(struct gv_buf *b, const char *s, size_t n) GV_NONNULL(1, 2);

#endif
