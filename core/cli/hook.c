// SPDX-License-Identifier: Apache-2.0
#include "core/cli/hook.h"

#include "core/base/text.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"

static void say(void *arg, const char *hook, const char *line)
{
	gv_cli_say(arg, "%s: %s", hook, line);
}

static void warn(void *arg, const char *line)
{
	gv_cli_warn(arg, "%s", line);
}

static void talk(void *arg, const char *line)
{
	gv_cli_talk(arg, "%s", line);
}

bool gv_cli_has_hooks(const struct gv_cli *cli, enum gv_hook_event event)
{
	return cli->store.root && gv_hooks_any(cli->store.root, event);
}

static int run(struct gv_cli *cli, enum gv_hook_event event,
	       const struct gv_hook_subject *subject, char hook[GV_HOOK_NAME_MAX],
	       struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *path = NULL;
	struct gv_hook_subject whole = *subject;
	struct gv_hooks hooks = {
		.root = cli->store.root,
		.platform = cli->store.platform,
		.command = cli->command->name,
		.say = say,
		.warn = warn,
		.talk = talk,
		.arg = cli,
	};
	int r = gv_cli_config(cli, err);

	if (r < 0)
		return r;
	/* To build and test something takes longer than to say yes or no. */
	hooks.limit_ms =
		(long)gv_config_num(&cli->config, event == GV_HOOK_SMOKE
							  ? GV_SET_UPGRADE_TIMEOUT
							  : GV_SET_HOOKS_TIMEOUT) *
		1000;
	if (subject->version && subject->version[0] &&
	    gv_store_has(&cli->store, subject->version))
		whole.path = path = gv_store_path(&cli->store, subject->version);
	gv_output_flush(); /* in the order of what happens */
	return gv_hooks_run(&hooks, event, &whole, hook, err);
}

int gv_cli_hook_before(struct gv_cli *cli, enum gv_hook_event event,
		       const struct gv_hook_subject *subject, struct gv_err *err)
{
	char hook[GV_HOOK_NAME_MAX] = "";
	struct gv_journal_entry e = {
		.event = "refused",
		.version = subject->version,
		.tag = subject->pointer && subject->pointer[0] == '@'
			       ? subject->pointer + 1
			       : NULL,
		.source = hook,
	};
	int r;

	if (!gv_cli_has_hooks(cli, event))
		return 0;
	r = run(cli, event, subject, hook, err);
	if (r == -GV_EPOLICY)
		gv_cli_record(cli, &e);
	return r;
}

void gv_cli_hook_after(struct gv_cli *cli, enum gv_hook_event event,
		       const struct gv_hook_subject *subject)
{
	struct gv_err why = GV_ERR_INIT;
	char hook[GV_HOOK_NAME_MAX];
	int r;

	if (!gv_cli_has_hooks(cli, event))
		return;
	r = run(cli, event, subject, hook, &why);
	if (r < 0 && r != -GV_EINTERRUPTED)
		gv_cli_warn(cli, "%s", why.message);
}
