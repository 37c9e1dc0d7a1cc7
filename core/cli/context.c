// SPDX-License-Identifier: Apache-2.0
/* What a command opens when it needs it, and not before. */
#include "core/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/cli/policy/denying.h"
#include "core/config/dirs.h"

const char *gv_cli_option(const struct gv_cli *cli, const char *name)
{
	const struct gv_option *o = cli->command ? cli->command->options : NULL;

	for (size_t i = 0; o && o[i].name; i++)
		if (strcmp(o[i].name, name) == 0)
			return cli->values[i];
	return NULL;
}

const struct gv_list *gv_cli_options(const struct gv_cli *cli, const char *name)
{
	static const struct gv_list none = {0};
	const struct gv_option *o = cli->command ? cli->command->options : NULL;

	for (size_t i = 0; o && o[i].name; i++)
		if (strcmp(o[i].name, name) == 0)
			return &cli->all_values[i];
	return &none;
}

int gv_cli_root(struct gv_cli *cli, struct gv_err *err)
{
	if (cli->root)
		return 0;
	return gv_dirs_root(cli->root_option, &cli->root, &cli->root_origin, err);
}

const char *gv_cli_platform(const struct gv_cli *cli, struct gv_err *err)
{
	const char *given = gv_cli_option(cli, "platform");

	if (!given)
		return gv_platform_host();
	if (gv_platform_valid(given))
		return given;
	gv_err_set(err, -GV_EUSAGE, "'%s' is not a platform", given);
	gv_err_hint(err, "write it as Go does, OS-ARCH: --platform linux-arm64");
	return NULL;
}

int gv_cli_prefix(struct gv_cli *cli, char **ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf prefix = GV_BUF_INIT(0);
	int r = gv_cli_root(cli, err);

	if (r < 0)
		return r;
	gv_buf_format(&prefix, "%s/%s", cli->root, gv_platform_host());
	*ret = gv_buf_take(&prefix);
	return *ret ? 0 : gv_err_sys(err, -ENOMEM, "cannot compose a path");
}

int gv_cli_store(struct gv_cli *cli, unsigned flags, struct gv_err *err)
{
	const char *platform = gv_cli_platform(cli, err);
	int r = platform ? gv_cli_root(cli, err) : -GV_EUSAGE;

	if (r < 0 || cli->store_open)
		return r;
	r = gv_store_open(cli->root, platform, flags, &cli->store, err);
	if (r == 0)
		cli->store_open = true;
	return r == -GV_ENOTFOUND && !(flags & GV_STORE_CREATE) ? 1 : r;
}

int gv_cli_need_store(struct gv_cli *cli, struct gv_err *err)
{
	int r = gv_cli_store(cli, GV_STORE_READ, err);

	return r == 1 ? -GV_ENOTFOUND : r; /* gv_store_open() has said so */
}

int gv_cli_no_store(struct gv_cli *cli, struct gv_err *err)
{
	const char *platform = gv_cli_platform(cli, err);

	if (!platform)
		return -GV_EUSAGE;
	cli->store = (struct gv_store){.root_fd = -1, .prefix_fd = -1};
	memcpy(cli->store.platform, platform, strlen(platform) + 1);
	return 0;
}

int gv_cli_config(struct gv_cli *cli, struct gv_err *err)
{
	int r = gv_cli_root(cli, err);

	if (r < 0 || cli->config_loaded)
		return r;
	r = gv_config_load(cli->root, &cli->config, err);
	if (r == 0)
		cli->config_loaded = true;
	return r;
}

void gv_cli_tell_shim(struct gv_cli *cli)
{
	static const char name[] = "auto-install";
	struct gv_err ignored = GV_ERR_INIT;
	struct stat st;
	bool there;

	if (!cli->store_open || !cli->store.writable || gv_cli_config(cli, &ignored) < 0)
		return;
	(void)!gv_cli_deny(cli, false, NULL, NULL,
			   &ignored); /* `policy apply` tells why */
	there = fstatat(cli->store.prefix_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (gv_config_bool(&cli->config, GV_SET_STORE_AUTO_INSTALL)) {
		if (!there)
			(void)!gv_save_file(cli->store.prefix_fd, name, "", 0,
					    0644 | GV_MODE_EXACT);
	} else if (there && st.st_uid == geteuid()) {
		/* Another's stays: he may have it on, and ours is asked all the same. */
		(void)!unlinkat(cli->store.prefix_fd, name, 0);
	}
}

int gv_cli_libexec(char **ret, struct gv_err *err)
{
	static const char *const below[] = {"libexec", "lib", "libexec"};
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return gv_err_sys(err, -errno, "cannot tell where govern itself lies");
	self[n] = '\0';
	/* <prefix>/bin/govern */
	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(self, '/');

		if (slash)
			*slash = '\0';
	}
	/* The first that is there: lib/ is for systems that have no libexec/. */
	for (size_t i = 0; i < GV_COUNT(below); i++) {
		gv_buf_clear(&path);
		gv_buf_format(&path, "%s/%s/govern", self, below[i]);
		if (path.data && access(path.data, F_OK) == 0)
			break;
	}
	*ret = gv_buf_take(&path);
	return *ret ? 0 : gv_err_sys(err, -ENOMEM, "cannot compose a path");
}

void gv_cli_release(struct gv_cli *cli)
{
	if (cli->store_open)
		gv_store_close(&cli->store);
	if (cli->config_loaded)
		gv_config_release(&cli->config);
	gv_json_free(cli->partial);
	free(cli->root);
	free(cli->values);
	for (size_t i = 0;
	     cli->all_values && cli->command->options && cli->command->options[i].name;
	     i++)
		gv_list_release(&cli->all_values[i]);
	free(cli->all_values);
	free(cli->command_line);
}
