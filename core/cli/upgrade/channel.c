// SPDX-License-Identifier: Apache-2.0
#include "core/cli/upgrade/channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/cli/output.h"
#include "core/store/canary.h"
#include "core/trust/sha256.h"

unsigned gv_channel_place(const char *host)
{
	unsigned char digest[GV_SHA256_BYTES];

	gv_sha256_of(host, strlen(host), digest);
	return ((unsigned)digest[0] << 16 | (unsigned)digest[1] << 8 | digest[2]) % 100;
}

/* By its whole name, or what comes before the first dot. */
static bool is_listed(const char *list, const char *host)
{
	size_t whole = strlen(host), first = strcspn(host, ".");

	for (;;) {
		size_t n;

		list += strspn(list, " \t");
		n = strcspn(list, " \t");
		if (n == 0)
			return false;
		if ((n == whole || n == first) && strncmp(list, host, n) == 0)
			return true;
		list += n;
	}
}

static bool is_canary(const struct gv_cli *cli, const char *host)
{
	return is_listed(gv_config_str(&cli->config, GV_SET_UPGRADE_HOSTS), host) ||
	       gv_channel_place(host) < gv_config_num(&cli->config, GV_SET_UPGRADE_SHARE);
}

static int go_to_canary(struct gv_cli *cli, bool make, struct gv_err *err)
{
	struct gv_buf root = GV_BUF_INIT(0);
	struct gv_store s;
	int r = gv_store_open(cli->root, gv_platform_host(),
			      make ? GV_STORE_CREATE : GV_STORE_READ, &s, err);
	bool is_one;

	if (r == -GV_ENOTFOUND) /* the command makes one */
		return 0;
	if (r < 0)
		return r;
	is_one = gv_canary_is(&s);
	if (!is_one && make)
		r = gv_canary_make(&s, err);
	if (r == 0 && !is_one)
		r = gv_canary_is_there(&s, err);
	gv_store_close(&s);
	if (r <= 0)
		return r;
	gv_buf_format(&root, "%s/" GV_CANARY, cli->root);
	if (gv_buf_error(&root) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot compose a path");
	free(cli->root);
	cli->root = gv_buf_take(&root);
	return 0;
}

int gv_cli_channel(struct gv_cli *cli, bool make, struct gv_err *err)
{
	const char *given = gv_cli_option(cli, "channel");
	char host[256] = "";
	int r;

	if (!given)
		return 0;
	if (strcmp(given, "canary") != 0)
		return gv_err_set(err, -GV_EUSAGE, "--channel takes canary, not '%s'",
				  given);
	r = gv_cli_config(cli, err);
	if (r < 0)
		return r;
	if (gethostname(host, sizeof(host) - 1) < 0 || !host[0])
		return gv_err_sys(err, -errno, "cannot tell the name of this machine");
	if (is_canary(cli, host))
		return go_to_canary(cli, make, err);
	gv_cli_talk(cli, "%s is no canary: place %u", host, gv_channel_place(host));
	return 1;
}
