// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cli/installed.h"
#include "core/resolve/environ.h"

static int no_memory(struct gv_err *err)
{
	return gv_err_sys(err, -ENOMEM, "cannot prepare the environment");
}

/* GOVERN_VERSION is what the shim and every govern below will go by. */
static int set_version(const struct gv_spec *spec, const char *name, struct gv_err *err)
{
	char value[GV_NAME_MAX + 8];

	snprintf(value, sizeof(value), "%s%s", name, gv_cli_suffix(spec));
	/* Who runs `govern run` from within a go command means this version, not that
	 * one. */
	if (setenv("GOVERN_VERSION", value, 1) < 0 || unsetenv("GOROOT") < 0 ||
	    unsetenv("GOTOOLDIR") < 0)
		return no_memory(err);
	return 0;
}

static int put_first_in_path(const char *goroot, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	const char *present = getenv("PATH");

	gv_buf_format(&path, "%s/bin", goroot);
	if (present && present[0])
		gv_buf_format(&path, ":%s", present);
	if (gv_buf_error(&path) < 0 || setenv("PATH", path.data, 1) < 0)
		return no_memory(err);
	return 0;
}

/* The rest of the environment as the shim would hand it on. */
static int take_environ(const struct gv_choice *choice, char *text, char ***ret,
			struct gv_err *err)
{
	size_t n = 0;
	char **out;
	int r;

	while (environ[n])
		n++;
	out = calloc(n + 6, sizeof(*out));
	if (!out)
		return no_memory(err);
	r = gv_choice_environ(choice, environ, out, n + 6, text);
	if (r < 0) {
		free(out);
		return gv_err_sys(err, r, "cannot prepare the environment");
	}
	*ret = out;
	return 0;
}

static int become(char **argv, char **envp, struct gv_err *err)
{
	int r;

	execvpe(argv[0], argv, envp);
	r = -errno;
	if (r == -ENOENT)
		return gv_err_set(err, -GV_ENOTFOUND, "there is no program '%s'",
				  argv[0]);
	return gv_err_sys(err, r, "cannot run '%s'", argv[0]);
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	static char
		text[GV_ENVIRON_TEXT]; /* what execve is given must outlive its maker */
	struct gv_choice choice;
	char name[GV_NAME_MAX] = "system";
	char **envp = NULL, **command = argv + 1;
	struct gv_spec spec;
	int r;

	if (argc > 1 && strcmp(command[0], "--") == 0)
		command++;
	if (argc < 2 || !command[0]) {
		gv_err_set(err, -GV_EUSAGE, argc ? "no command to run" : "no SPEC given");
		return gv_err_hint(err, "govern run %s -- go version",
				   argc ? argv[0] : "1.22");
	}
	r = gv_cli_spec(argv[0], &spec, err);
	if (r == 0 && spec.kind != GV_SPEC_SYSTEM)
		r = gv_cli_find_installed(cli, &spec, name, err);
	if (r == 0)
		r = set_version(&spec, name, err);
	/* The shim itself finds the system's go, behind its own directory. */
	if (r == 0 && spec.kind != GV_SPEC_SYSTEM) {
		r = gv_cli_resolve(cli, "go", NULL, NULL, &choice, err);
		if (r == 0)
			r = put_first_in_path(choice.goroot, err);
		if (r == 0)
			r = take_environ(&choice, text, &envp, err);
	}
	if (r == 0)
		r = become(command, envp ? envp : environ, err);
	free(envp);
	return r;
}

const struct gv_command gv_cmd_run = {
	.name = "run",
	.arguments = "SPEC [--] COMMAND [ARGUMENT...]",
	.what = "run a command with a toolchain in force",
	.details = "The toolchain's bin directory comes first in PATH and GOVERN_VERSION "
		   "names "
		   "it, so that\nany go below agrees.  The exit status is the command's. "
		   " Nothing "
		   "is downloaded.",
	.complete = "installed",
	.max_operands = -1,
	.stop_at_operand = true,
	.becomes_another = true,
	.run = run,
};
