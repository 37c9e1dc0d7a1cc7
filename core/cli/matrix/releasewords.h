// SPDX-License-Identifier: Apache-2.0
/*
 * `latest`, `stable` and `oldstable` as `govern install` takes them: by the list of
 * releases, whatever is installed.
 */
#ifndef GV_CLI_MATRIX_RELEASEWORDS_H
#define GV_CLI_MATRIX_RELEASEWORDS_H

#include "core/base/buf.h"
#include "core/cli/cli.h"

/* Each of the words, those three as the release that they mean ("go1.22.5").  Nobody is
 * asked for the list where none of the three is among them.  Words that are no spec stay
 * what they are.  Errors of gv_install_choose(). */
int gv_release_words(struct gv_cli *cli, const struct gv_list *words, struct gv_list *ret,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

#endif
