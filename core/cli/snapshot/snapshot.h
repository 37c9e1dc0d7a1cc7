// SPDX-License-Identifier: Apache-2.0
/*
 * Everything that decides a build here, as one JSON object.  `schema` (1) first, then, as
 * in all objects of it, the keys in bytewise order; toolchains in Go's.  null: not known.
 *
 *	c           {NAME: {path, version}}: cc, c++, ld, pkg-config, and the compilers that
 *	            CC, CXX and the toolchains name; the first line of --version
 *	caches      {build, modules}: GOCACHE and GOMODCACHE
 *	directory   where it was taken
 *	environment {NAME: value}: GO*, CGO_*, CC, LD_*, PATH, …
 *	go_env_file {path, values{}}: what `go env -w` wrote
 *	go_mod      {file, go, toolchain}: the nearest one
 *	govern      our version
 *	host        {kernel, libc, machine, name, os}
 *	in_force    {file, kind, line, problem, spec, version}: what `go` is here
 *	platform    linux-amd64
 *	pointers    {NAME: toolchain}
 *	store       {generation, root}
 *	taken_at    RFC 3339
 *	toolchains  {NAME: {adopted, go_env{}, h1, problem, source, trust}}; go_env is what
 *	            `go env -json` says here, with that toolchain in force
 *
 * Secrets are not in it (secrets.h); nor is what is another one each time, the directory
 * that GOGCCFLAGS maps away.
 */
#ifndef GV_CLI_SNAPSHOT_H
#define GV_CLI_SNAPSHOT_H

#include "core/cli/cli.h"

int gv_snapshot_take(struct gv_cli *cli, struct gv_json **ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);

/* NULL, or why it is no snapshot that we can read. */
const char *gv_snapshot_check(const struct gv_json *snapshot);

/* What a program says on stdout, at most 1 MiB, in this directory; `argv[0]` is its path.
 * -GV_EFAILED when it does not end well. */
int gv_snapshot_ask(char *const *argv, char *const *envp, struct gv_buf *ret,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3, 4);

/* The parts that know nothing of Go: machine.c.  `extra`: more compilers. */
struct gv_json *gv_snapshot_c(const struct gv_list *extra) GV_NONNULL(1);
struct gv_json *gv_snapshot_environment(void);
struct gv_json *gv_snapshot_host(void);

#endif
