// SPDX-License-Identifier: Apache-2.0
/*
 * What the shim becomes when a pinned version is missing and store.auto_install is on
 * (shim/install.h): installs it, then is the toolchain.  stdout belongs to that.
 */
#include "core/cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/cli/output.h"
#include "core/cli/pinned.h"
#include "core/resolve/environ.h"
#include "core/store/pointers.h"

static int install(struct gv_cli *cli, struct gv_err *err)
{
	struct gv_change_note note = {.command = "auto-install"};
	struct gv_batch batch = {0};
	struct gv_pipeline p;
	int r = gv_cli_store(cli, GV_STORE_CREATE, err);

	if (r == 0)
		r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	gv_store_heal(&cli->store);
	r = gv_batch_add_pinned(cli, &p, &batch, err);
	if (r == 0) {
		gv_cli_say(cli, "govern: installing %s, which is pinned here",
			   batch.items[0].version.name);
		r = gv_batch_install(cli, &p, &batch, 1, err);
	}
	if (r == 0 && batch.items[0].r < 0) {
		*err = batch.items[0].err;
		r = batch.items[0].r;
	}
	if (r == 0)
		r = gv_pointers_change(&cli->store, NULL, 0, &note, err);
	gv_batch_release(&batch);
	gv_pipeline_close(&p);
	return r;
}

/* As the shim would now. */
static int become(struct gv_cli *cli, char **argv, struct gv_err *err)
{
	static struct gv_choice choice;
	static char text[GV_ENVIRON_TEXT];
	GV_CLEANUP(gv_free_str) char *prefix = NULL;
	struct gv_request req = {.program = argv[0], .argv = argv, .envp = environ};
	size_t n = 0;
	char **envp;
	int r = gv_cli_prefix(cli, &prefix, err);

	if (r < 0)
		return r;
	(void)!unsetenv("GOVERN_INSTALLING"); /* EINVAL is impossible for this name */
	req.prefix = prefix;
	r = gv_resolve(&req, &choice, err);
	if (r < 0)
		return r;
	while (environ[n])
		n++;
	envp = calloc(n + 6, sizeof(*envp));
	r = envp ? gv_choice_environ(&choice, environ, envp, n + 6, text) : -ENOMEM;
	if (r == 0) {
		execve(choice.program, argv, envp);
		r = -errno;
	}
	free(envp);
	return gv_err_sys(err, r, "cannot run '%s'", choice.program);
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct sigaction pipe_was, size_was;
	int r;

	if (argc < 1 || (strcmp(argv[0], "go") != 0 && strcmp(argv[0], "gofmt") != 0))
		return gv_err_set(err, -GV_EUSAGE, "auto-install is for the shim");
	r = gv_cli_config(cli, err);
	if (r < 0)
		return r;
	if (!gv_config_bool(&cli->config, GV_SET_STORE_AUTO_INSTALL)) {
		gv_err_set(err, -GV_EPOLICY, "store.auto_install is not on");
		return gv_err_hint(err, "govern install");
	}
	/* Interruptible while it installs; what runs then must find signals as they came.
	 */
	if (sigaction(SIGPIPE, NULL, &pipe_was) < 0 ||
	    sigaction(SIGXFSZ, NULL, &size_was) < 0 || gv_interrupt_install() < 0)
		return gv_err_sys(err, -errno, "cannot prepare for signals");
	r = install(cli, err);
	if (r == 0 && gv_interrupted())
		r = gv_err_set(err, -GV_EINTERRUPTED, "interrupted");
	if (r == 0 && (sigaction(SIGPIPE, &pipe_was, NULL) < 0 ||
		       sigaction(SIGXFSZ, &size_was, NULL) < 0))
		r = gv_err_sys(err, -errno, "cannot restore signals");
	return r < 0 ? r : become(cli, argv, err);
}

const struct gv_command gv_cmd_auto_install = {
	.name = "auto-install",
	.arguments = "go|gofmt [ARGUMENT...]",
	.what = "install what is pinned here, then run it",
	.max_operands = -1,
	.stop_at_operand = true,
	.becomes_another = true,
	.hidden = true,
	.failure_status = 127,
	.run = run,
};
