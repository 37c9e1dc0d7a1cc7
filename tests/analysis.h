// SPDX-License-Identifier: Apache-2.0
/*
 * For `make analyse`, included before each file: what gcc and clang-tidy cannot know,
 * since they see one file at a time.  The makers of errors return the code that they are
 * given, which is negative; so what a failing function did not set is not used.
 */
#ifndef TESTS_ANALYSIS_H
#define TESTS_ANALYSIS_H

#include "core/base/err.h"

static inline int analysis_negative(int code)
{
	return code < 0 ? code : -1;
}

/* The call stays: its format is checked. */
#define gv_err_set(err, code, ...) \
	analysis_negative((gv_err_set(err, code, __VA_ARGS__), (code)))
#define gv_err_sys(err, code, ...) \
	analysis_negative((gv_err_sys(err, code, __VA_ARGS__), (code)))
#define gv_err_at(err, code, ...) \
	analysis_negative((gv_err_at(err, code, __VA_ARGS__), (code)))
#define gv_err_hint(err, ...) \
	analysis_negative((gv_err_hint(err, __VA_ARGS__), (err)->code))

#endif
