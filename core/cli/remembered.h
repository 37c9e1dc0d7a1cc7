// SPDX-License-Identifier: Apache-2.0
/*
 * What is known of releases without asking anybody: the lists that are remembered, and
 * what is installed.
 */
#ifndef GV_CLI_REMEMBERED_H
#define GV_CLI_REMEMBERED_H

#include "core/cli/cli.h"
#include "core/install/support.h"

/* Adds the lines of the remembered list.  *ret_as_of: when a server last confirmed it, in
 * seconds since 1970; 0: none is remembered.  The store is open. */
void gv_remembered_support(struct gv_cli *cli, struct gv_support *s, int64_t *ret_as_of)
	GV_NONNULL(1, 2, 3);

/* "3 days old", "less than a minute old". */
#define GV_AGE_LEN 32
void gv_format_age(int64_t as_of, char ret[GV_AGE_LEN]) GV_NONNULL(2);

/* Says how old that is by which something is marked as past its end of life; as_of 0: by
 * what is installed. */
void gv_cli_say_as_of(const struct gv_cli *cli, int64_t as_of) GV_NONNULL(1);

#endif
