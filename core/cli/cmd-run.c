// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cli/installed.h"
#include "core/cli/running.h"
#include "core/resolve/environ.h"

static int become(char **argv, const struct gv_running *running, struct gv_err *err)
{
	const char *path = gv_environ_get(running->envp, "PATH");
	int r;

	/* execvpe(3) goes by our own */
	if (path && setenv("PATH", path, 1) < 0)
		return gv_err_sys(err, -errno, "cannot prepare the environment");
	execvpe(argv[0], argv, running->envp);
	r = -errno;
	if (r == -ENOENT)
		return gv_err_set(err, -GV_ENOTFOUND, "there is no program '%s'",
				  argv[0]);
	/* not gv_err_sys(): its hints are about the store */
	return gv_err_set(err, r, "cannot run '%s': %s", argv[0], gv_err_text(r));
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct gv_running running = GV_RUNNING_INIT;
	char **command = argv + 1;
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
	if (r == 0)
		r = gv_running_init(cli, &spec, &running, err);
	if (r == 0)
		r = become(command, &running, err);
	gv_running_release(&running);
	return r;
}

const struct gv_command gv_cmd_run = {
	.name = "run",
	.arguments = "SPEC [--] COMMAND [ARGUMENT...]",
	.what = "run a command with a toolchain in force",
	.details = "The toolchain's bin directory comes first in PATH and GOVERN_VERSION "
		   "names it, so that\n"
		   "any go below agrees.  The exit status is the command's.  Nothing is "
		   "downloaded.",
	.complete = "installed",
	.max_operands = -1,
	.options_until = 1,
	.becomes_another = true,
	.run = run,
};
