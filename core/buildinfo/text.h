// SPDX-License-Identifier: Apache-2.0
/*
 * The text of a Go program's build information, as runtime/debug.BuildInfo.String writes
 * it: lines of a word, a tab, and columns; for core/buildinfo/ only.
 */
#ifndef GV_BUILDINFO_TEXT_H
#define GV_BUILDINFO_TEXT_H

#include "core/buildinfo/buildinfo.h"

/* Takes the text apart in its place; what it finds points into it.  -GV_EFORMAT: it is
 * not what Go writes; -ENOMEM.  Arrays that were made are released with `ret` in any
 * case. */
int gv_buildinfo_parse(char *text, struct gv_buildinfo *ret) GV_MUST GV_NONNULL(1, 2);

/* Go's quoted string (strconv.Unquote) that begins at `s`, written in its place as
 * what it means; *ret_end is behind its closing quote.  -GV_EFORMAT, also for one that
 * holds NUL or bytes that are no UTF-8: strconv.Quote writes none. */
int gv_go_unquote(char *s, char **ret_end) GV_MUST GV_NONNULL(1, 2);

#endif
