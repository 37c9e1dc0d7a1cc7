// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <stddef.h>
#include <string.h>

#include "core/config/nearest.h"

/* A row for each. */
/* clang-format off */
const struct gv_command *const gv_commands[] = {
	&gv_cmd_setup,
	&gv_cmd_install,
	&gv_cmd_build,
	&gv_cmd_uninstall,
	&gv_cmd_adopt,
	&gv_cmd_import,
	&gv_cmd_list,
	&gv_cmd_available,
	&gv_cmd_pin,
	&gv_cmd_default,
	&gv_cmd_tag,
	&gv_cmd_upgrade,
	&gv_cmd_promote,
	&gv_cmd_generations,
	&gv_cmd_rollback,
	&gv_cmd_current,
	&gv_cmd_which,
	&gv_cmd_run,
	&gv_cmd_matrix,
	&gv_cmd_verify,
	&gv_cmd_inspect,
	&gv_cmd_ps,
	&gv_cmd_stamp,
	&gv_cmd_bundle,
	&gv_cmd_doctor,
	&gv_cmd_prune,
	&gv_cmd_gc,
	&gv_cmd_policy,
	&gv_cmd_journal,
	&gv_cmd_env,
	&gv_cmd_snapshot,
	&gv_cmd_diff,
	&gv_cmd_completion,
	&gv_cmd_help,
	&gv_cmd_auto_install,
	&gv_cmd_complete,
	NULL,
};
/* clang-format on */

const struct gv_command *gv_command_find(const char *name)
{
	for (size_t i = 0; gv_commands[i]; i++) {
		const struct gv_command *c = gv_commands[i];

		if (strcmp(c->name, name) == 0 ||
		    (c->alias && strcmp(c->alias, name) == 0))
			return c;
	}
	return NULL;
}

/* What other managers call it, for those who come from them. */
static const char *elsewhere(const char *name)
{
	static const char *const words[][2] = {
		{"activate", "setup"},
		{"add", "install"},
		{"alias", "tag"},
		{"cache", "gc"},
		{"check", "doctor"},
		{"clean", "gc"},
		{"cleanup", "gc"},
		{"config", "env"},
		{"delete", "uninstall"},
		{"diagnose", "doctor"},
		{"download", "install"},
		{"exec", "run"},
		{"export", "bundle"},
		{"get", "install"},
		{"history", "journal"},
		{"implode", "setup --remove"},
		{"info", "env"},
		{"init", "setup"},
		{"installed", "list"},
		{"latest", "available latest"},
		{"link", "adopt"},
		{"list-all", "available"},
		{"list-remote", "available"},
		{"listall", "available --all"},
		{"log", "journal"},
		{"ls", "list"},
		{"ls-all", "available --all"},
		{"ls-remote", "available"},
		{"migrate", "import"},
		{"outdated", "upgrade --dry-run"},
		{"override", "pin"},
		{"prefix", "which"},
		{"rehash", "doctor"},
		{"remove", "uninstall"},
		{"reshim", "doctor"},
		{"rm", "uninstall"},
		{"root", "env root"},
		{"search", "available"},
		{"set", "pin"},
		{"settings", "env"},
		{"shell", "run"},
		{"show", "current"},
		{"status", "current"},
		{"switch", "default"},
		{"sync", "install"},
		{"toolchain", "list"},
		{"undo", "rollback"},
		{"unset", "pin --unset"},
		{"unuse", "pin --unset"},
		{"update", "upgrade"},
		{"use", "pin"},
		{"version", "--version"},
		{"version-file", "which --explain"},
		{"version-name", "current"},
		{"version-origin", "current"},
		{"versions", "list"},
		{"whence", "list"},
		{"where", "which"},
		{"x", "run"},
	};

	for (size_t i = 0; i < GV_COUNT(words); i++)
		if (strcmp(words[i][0], name) == 0)
			return words[i][1];
	return NULL;
}

const char *gv_command_meant(const char *name)
{
	const char *best = elsewhere(name);

	if (best)
		return best;
	for (size_t i = 0; gv_commands[i]; i++) {
		if (gv_commands[i]->hidden)
			continue;
		best = gv_nearer(name, best, gv_commands[i]->name);
		if (gv_commands[i]->alias)
			best = gv_nearer(name, best, gv_commands[i]->alias);
	}
	return best;
}
