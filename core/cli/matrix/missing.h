// SPDX-License-Identifier: Apache-2.0
/*
 * What `matrix` is to run and is not there.
 */
#ifndef GV_CLI_MATRIX_MISSING_H
#define GV_CLI_MATRIX_MISSING_H

#include "core/base/buf.h"
#include "core/cli/cli.h"

/* Installs those of the words that nothing installed is, where --install was given.  Else
 * -GV_ENOTFOUND with the first of them, and all of them in the hint.  -GV_EUSAGE for a
 * word that is no spec; errors of an install.  `jobs`: downloads at a time, of which
 * there are never more than an install may have; 0: as many as that has. */
int gv_matrix_bring(struct gv_cli *cli, unsigned jobs, const struct gv_list *words,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4);

#endif
