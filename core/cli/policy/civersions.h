// SPDX-License-Identifier: Apache-2.0
/*
 * The Go versions that CI configurations and Dockerfiles name, line by line.
 *
 * No YAML is parsed, on purpose: such a file may come from anybody, what is looked for is
 * a handful of known keys whose values stand on one line (or one item a line), and a
 * parser would see no more in `go-version: ${{ matrix.go }}` than these lines do.  What
 * is written in another way (anchors, lists over several lines in brackets, variables) is
 * passed over rather than guessed.
 *
 *	workflow	go-version: 1.22.5, go-version: ['1.21', '1.22'], go: in a matrix,
 *			image: and container: golang:1.22; with: {"go-version": 1.22.5}
 *	GitLab		image: golang:1.22.5-alpine, name: below image:
 *	Travis		go: 1.22.x, and its list
 *	CircleCI	image: cimg/go:1.22.5
 *	Dockerfile	FROM golang:1.22.5-bookworm AS build, ARG GO_VERSION=1.22.5
 */
#ifndef GV_CLI_POLICY_CIVERSIONS_H
#define GV_CLI_POLICY_CIVERSIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

enum gv_ci_kind {
	GV_CI_NONE,
	GV_CI_WORKFLOW,
	GV_CI_GITLAB,
	GV_CI_TRAVIS,
	GV_CI_CIRCLECI,
	GV_CI_DOCKERFILE,
};

/* What the file of that name in directory `dir` is. */
enum gv_ci_kind gv_ci_kind_of(const char *dir, const char *name) GV_NONNULL(1, 2);

/* A word that stands for a version, as it is written, without quotes: a slice of the
 * text. `among`: one of a list, which is there to try several.  A negative answer ends
 * the scan. */
typedef int gv_ci_found(void *arg, const char *word, size_t n, unsigned line, bool among);

/* 0, or what `found` said. */
int gv_ci_scan(enum gv_ci_kind kind, const char *text, size_t n, gv_ci_found *found,
	       void *arg) GV_MUST GV_NONNULL(2, 4);

#endif
