// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include "core/cli/output.h"
#include "core/cli/replace.h"
#include "core/cli/snapshot/snapshot.h"

static int save(struct gv_cli *cli, const char *path, struct gv_json *snapshot,
		struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	int r = gv_json_dump(snapshot, true, &text);

	gv_json_free(snapshot);
	if (r < 0)
		return gv_err_sys(err, r, "cannot write '%s'", path);
	r = gv_user_file_save(path, text.data, text.len, err);
	if (r < 0)
		return r;
	gv_cli_done(cli, "%s written", path);
	return 0;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	const char *path = gv_cli_option(cli, "output");
	struct gv_json *snapshot;
	int r = gv_snapshot_take(cli, &snapshot, err);

	(void)argc;
	(void)argv;
	if (r < 0)
		return r;
	return path ? save(cli, path, snapshot, err) : gv_cli_print_json(snapshot, err);
}

static const struct gv_option options[] = {
	{"output", 'o', "FILE", "write it there, not to standard output", "file"},
	{0},
};

const struct gv_command gv_cmd_snapshot = {
	.name = "snapshot",
	.what = "record everything that decides a build here",
	.details = "Toolchains and their hashes, pointers, what is in force, `go env` of "
		   "each toolchain, Go's env file,\n"
		   "the environment, C compilers, the system; as JSON, without secrets.  "
		   "`govern diff` compares two.",
	.options = options,
	.json = true,
	.run = run,
};
