// SPDX-License-Identifier: Apache-2.0
#include "core/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/cli/commands.h"
#include "core/cli/options.h"
#include "core/cli/output.h"
#include "core/cli/plugin.h"
#include "core/install/url.h"

int gv_exit_status(int code)
{
	switch (-code) {
	case GV_EUSAGE:
	case GV_EPIN:
		return 2;
	case GV_ENOTFOUND:
	case GV_EGONE:
		return 3;
	case GV_EVERIFY:
	case GV_EPOLICY:
		return 4;
	default:
		return code < 0 ? 1 : 0;
	}
}

/*
 * A store's file must never get the number 0, 1 or 2, or what is printed ends up in it.
 * The stand-ins cannot be used for what they stand in for, so that printing to a closed
 * stdout is still an error, and they close on exec.
 */
static int fill_stdio(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", (fd == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC) < 0)
			return -errno;
	}
	return 0;
}

/* "govern default 1.22", as it was typed, for the record; which others read, so URLs
 * without their passwords. */
static char *typed(int argc, char **argv)
{
	struct gv_buf line = GV_BUF_INIT(4096);

	gv_buf_add_str(&line, "govern");
	for (int i = 1; i < argc; i++) {
		GV_CLEANUP(gv_free_str) char *shown = gv_url_public(argv[i]);

		gv_buf_format(&line, " %s", strstr(argv[i], "://") ? shown : argv[i]);
	}
	if (gv_buf_error(&line) < 0) {
		gv_buf_release(&line);
		return strdup("govern");
	}
	return gv_buf_take(&line);
}

static int print_version(const struct gv_cli *cli, struct gv_err *err)
{
	struct gv_json *o;

	if (!cli->json) {
		printf("govern %s\n", gv_version_mark + GV_VERSION_MARK_LEN);
		return 0;
	}
	o = gv_cli_new_json();
	gv_json_set_str(o, "version", GV_VERSION);
	return gv_cli_print_json(o, err);
}

static int dispatch(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	int r;

	if (cli->version)
		return print_version(cli, err);
	if (!cli->command && argc > 0 && !cli->help)
		return gv_plugin_become(cli, argv, err);
	if (cli->help) {
		gv_help_print(cli->command);
		return 0;
	}
	if (!cli->command) {
		gv_err_set(err, -GV_EUSAGE, "no command given");
		return gv_err_hint(err, "govern help");
	}
	if (!cli->command->becomes_another) {
		r = gv_interrupt_install();
		if (r < 0)
			return gv_err_sys(err, r, "cannot prepare for signals");
	}
	return cli->command->run(cli, argc, argv, err);
}

/* The one place that reports a failure. */
static int report(struct gv_cli *cli, const struct gv_err *err)
{
	struct gv_err print_error = GV_ERR_INIT;
	struct gv_json *o;

	gv_cli_complain(cli, err);
	if (cli->json) {
		o = cli->partial ? cli->partial : gv_cli_new_json();
		cli->partial = NULL;
		gv_cli_error_json(o, err);
		(void)!gv_cli_print_json(o, &print_error); /* stderr has it already */
	}
	if (cli->command && cli->command->stands_for_shim)
		return err->code == -GV_ENOEXEC || err->code == -GV_EPOLICY ? 126 : 127;
	return gv_exit_status(err->code);
}

/* Everything is cleaned up: now the signal does what it was sent to do, so that a shell
 * sees it too. */
static void die_if_interrupted(void)
{
	int signal_number = gv_interrupt_signal();

	if (!signal_number)
		return;
	(void)!signal(signal_number, SIG_DFL);
	raise(signal_number);
}

int main(int argc, char **argv)
{
	struct gv_cli cli = {0};
	struct gv_err err = GV_ERR_INIT;
	char **operands = NULL;
	int n = 0, r, status = 0;

	if (argc < 1 || fill_stdio() < 0)
		return 1;
	cli.command_line = typed(argc, argv);
	r = gv_options_parse(&cli, argc, argv, &n, &operands, &err);
	if (r == 0)
		r = dispatch(&cli, n, operands, &err);
	if (r < 0) {
		err.code = r;
		if (r != -GV_EINTERRUPTED)
			status = report(&cli, &err);
	}
	if (gv_output_close(&err) < 0) {
		gv_cli_complain(&cli, &err);
		status = status ? status : 1;
	}
	free(operands);
	gv_cli_release(&cli);
	die_if_interrupted();
	return status;
}
