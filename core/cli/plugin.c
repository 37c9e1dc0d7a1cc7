// SPDX-License-Identifier: Apache-2.0
#include "core/cli/plugin.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/cli/commands.h"

static bool valid_name(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < 64 && name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == n;
}

/* execv() of dir/govern-NAME; 0 when there is none. */
static int try(const char *dir, size_t n_dir, char **argv, struct gv_err *err)
{
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));

	gv_text_format(&t, "%.*s/govern-%s", (int)n_dir, dir, argv[0]);
	if (t.cut)
		return 0;
	execv(path, argv);
	if (errno == ENOENT || errno == ENOTDIR || errno == EACCES)
		return 0;
	return gv_err_sys(err, -errno, "cannot run '%s'", path);
}

static int not_a_command(const char *name, struct gv_err *err)
{
	const char *best = gv_command_meant(name);

	gv_err_set(err, -GV_EUSAGE, "'%s' is not a command", name);
	return best ? gv_err_hint(err, "govern %s", best)
		    : gv_err_hint(err, "govern help");
}

int gv_plugin_become(struct gv_cli *cli, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *libexec = NULL;
	char plugins[PATH_MAX];
	struct gv_text t = gv_text_in(plugins, sizeof(plugins));
	const char *p = getenv("PATH");
	int r;

	if (!valid_name(argv[0]))
		return not_a_command(argv[0], err);
	r = gv_cli_libexec(&libexec, err);
	if (r == 0 && cli->root_option) {
		r = gv_cli_root(cli, err);
		if (r == 0 && setenv("GOVERN_ROOT", cli->root, 1) < 0)
			r = gv_err_sys(err, -errno, "cannot set GOVERN_ROOT");
	}
	if (r < 0)
		return r;
	gv_text_format(&t, "%s/plugins", libexec);
	if (!t.cut)
		r = try(plugins, t.len, argv, err);
	while (r == 0 && p && *p) {
		size_t n = strcspn(p, ":");

		if (p[0] == '/')
			r = try(p, n, argv, err);
		p += n + (p[n] == ':');
	}
	return r < 0 ? r : not_a_command(argv[0], err);
}
