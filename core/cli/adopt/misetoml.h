// SPDX-License-Identifier: Apache-2.0
/*
 * The Go that mise's config.toml asks for, as far as a look line by line can tell:
 *
 *	[tools]
 *	go = "1.22"			or golang, "core:go"
 *	go = ["1.22", "1.21"]		the first
 *	go = { version = "1.22" }
 *
 *	[tools.go]
 *	version = "1.22"
 *
 * https://mise.jdx.dev/configuration.html; this is no parser of TOML.
 */
#ifndef GV_CLI_ADOPT_MISETOML_H
#define GV_CLI_ADOPT_MISETOML_H

#include <stddef.h>

#include "core/base/attr.h"

struct gv_mise_go {
	const char *word; /* in the text */
	size_t n;
	unsigned line;
};

/* 0; 1: it does not speak of Go; -EINVAL: it does, in another way, in line ret->line. */
int gv_mise_find_go(const char *text, size_t n, struct gv_mise_go *ret)
	GV_MUST GV_NONNULL(1, 3);

#endif
