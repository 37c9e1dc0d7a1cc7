// SPDX-License-Identifier: Apache-2.0
#include "core/cli/running.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/program.h"
#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/resolve/environ.h"

/* How many entries gv_choice_environ() adds at most, and GOVERN_VERSION and PATH. */
enum { MORE = 5 + 2 };

static int no_memory(struct gv_err *err)
{
	return gv_err_sys(err, -ENOMEM, "cannot prepare the environment");
}

/* Who runs something from within a go command means this version, and not that one. */
static bool is_replaced(const char *entry)
{
	static const char *const names[] = {"GOVERN_VERSION=", "GOROOT=", "GOTOOLDIR="};

	for (size_t i = 0; i < GV_COUNT(names); i++)
		if (gv_after_prefix(entry, names[i]))
			return true;
	return false;
}

/* Ours, with GOVERN_VERSION, which is what the shim and every govern below will go by. */
static int take_environ(const struct gv_spec *spec, struct gv_running *run, size_t *ret_n)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf version = GV_BUF_INIT(0);
	size_t n = 0, k = 0;

	while (environ && environ[n])
		n++;
	run->envp = calloc(n + MORE, sizeof(*run->envp));
	gv_buf_format(&version, "GOVERN_VERSION=%s%s", run->name, gv_cli_suffix(spec));
	run->version = gv_buf_take(&version);
	if (!run->envp || !run->version)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (!is_replaced(environ[i]))
			run->envp[k++] = environ[i];
	run->envp[k] = run->version;
	*ret_n = n + MORE;
	return 0;
}

static int put_first_in_path(const char *goroot, struct gv_running *run)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	const char *present = gv_environ_get(run->envp, "PATH");
	size_t i = 0;

	gv_buf_format(&path, "PATH=%s/bin", goroot);
	if (present && present[0])
		gv_buf_format(&path, ":%s", present);
	run->path = gv_buf_take(&path);
	if (!run->path)
		return -ENOMEM;
	while (run->envp[i] && !gv_after_prefix(run->envp[i], "PATH="))
		i++;
	run->envp[i] = run->path;
	return 0;
}

static int as_the_shim(struct gv_cli *cli, struct gv_running *run, size_t n,
		       struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *prefix = NULL;
	struct gv_request req = {.program = "go", .envp = run->envp};
	struct gv_choice choice;
	int r = gv_cli_prefix(cli, &prefix, err);

	if (r < 0)
		return r;
	req.prefix = prefix;
	r = gv_resolve(&req, &choice, err);
	if (r < 0)
		return r;
	run->own = malloc(GV_ENVIRON_TEXT);
	if (!run->own || put_first_in_path(choice.goroot, run) < 0)
		return no_memory(err);
	r = gv_choice_environ(&choice, run->envp, run->envp, n, run->own);
	return r < 0 ? gv_err_sys(err, r, "cannot prepare the environment") : 0;
}

int gv_running_init(struct gv_cli *cli, const struct gv_spec *spec,
		    struct gv_running *ret, struct gv_err *err)
{
	struct gv_running run = {.name = "system"};
	size_t n = 0;
	int r = 0;

	if (spec->kind != GV_SPEC_SYSTEM)
		r = gv_cli_find_installed(cli, spec, run.name, err);
	if (r == 0 && take_environ(spec, &run, &n) < 0)
		r = no_memory(err);
	/* The system's go is found by the shim itself, behind its own directory. */
	if (r == 0 && spec->kind != GV_SPEC_SYSTEM)
		r = as_the_shim(cli, &run, n, err);
	if (r < 0) {
		gv_running_release(&run);
		return r;
	}
	*ret = run;
	return 0;
}

void gv_running_release(struct gv_running *r)
{
	free(r->envp);
	free(r->own);
	free(r->version);
	free(r->path);
	*r = GV_RUNNING_INIT;
}

int gv_running_find(const struct gv_running *r, const char *program, char ret[PATH_MAX],
		    struct gv_err *err)
{
	const char *p = gv_environ_get(r->envp, "PATH");
	bool there = false;

	if (!p)
		p = "/bin:/usr/bin"; /* as glibc's execvp() */
	if (strchr(program, '/'))
		p = "";
	while (p) {
		struct gv_text t = gv_text_in(ret, PATH_MAX);
		size_t n = strcspn(p, ":");

		gv_text_format(&t, "%.*s%s%s", (int)n, p, n ? "/" : "", program);
		if (!t.cut && program[0] && gv_is_program(ret))
			return 0;
		there |= !t.cut && access(ret, F_OK) == 0;
		p = p[n] ? p + n + 1 : NULL;
	}
	if (there)
		return gv_err_set(err, -GV_ENOEXEC, "'%s' cannot be executed", program);
	return gv_err_set(err, -GV_ENOTFOUND, "there is no program '%s'", program);
}
