// SPDX-License-Identifier: Apache-2.0
#include "core/cli/plugin.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cli/commands.h"
#include "core/install/plugin.h"

static int not_a_command(struct gv_cli *cli, char **argv, struct gv_err *err)
{
	const char *best = gv_command_meant(argv[0]);

	/* What is behind it was for a plugin to read, and there is none. */
	for (size_t i = 1; argv[i] && strcmp(argv[i], "--") != 0; i++)
		cli->json |= strcmp(argv[i], "--json") == 0;
	gv_err_set(err, -GV_EUSAGE, "'%s' is not a command", argv[0]);
	return best ? gv_err_hint(err, "govern %s", best)
		    : gv_err_hint(err, "govern help");
}

/* What all plugins are told; this process becomes one. */
static int set_environment(struct gv_cli *cli, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list env = GV_LIST_INIT;
	int r = gv_cli_root(cli, err);

	if (r < 0)
		return r;
	r = gv_plugin_env(cli->root, gv_platform_host(), &env);
	for (size_t i = 0; i < env.n && r == 0; i++) {
		char *value = strchr(env.items[i], '=');

		if (!value)
			continue; /* never */
		*value = '\0';
		r = setenv(env.items[i], value + 1, 1) < 0 ? -errno : 0;
	}
	return r < 0 ? gv_err_sys(err, r, "cannot set GOVERN_ROOT") : 0;
}

int gv_cli_plugins(struct gv_list *ret)
{
	GV_CLEANUP(gv_free_str) char *libexec = NULL;
	GV_CLEANUP(gv_list_release) struct gv_list all = GV_LIST_INIT;
	struct gv_err ignored = GV_ERR_INIT;
	int r = gv_cli_libexec(&libexec, &ignored);

	if (r == 0)
		r = gv_plugin_list(libexec, &all);
	for (size_t i = 0; i < all.n && r == 0; i++)
		if (!gv_command_find(all.items[i]))
			r = gv_list_add(ret, all.items[i]);
	return r;
}

int gv_plugin_become(struct gv_cli *cli, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *libexec = NULL;
	char path[PATH_MAX];
	int r = gv_cli_libexec(&libexec, err);

	if (r < 0)
		return r;
	if (gv_plugin_find(libexec, argv[0], path) < 0)
		return not_a_command(cli, argv, err);
	r = set_environment(cli, err);
	if (r < 0)
		return r;
	execv(path, argv);
	return gv_err_sys(err, -errno, "cannot run '%s'", path);
}
