// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <stddef.h>
#include <string.h>

const struct gv_command *const gv_commands[] = {
	&gv_cmd_setup,	 &gv_cmd_install,      &gv_cmd_uninstall,
	&gv_cmd_list,	 &gv_cmd_available,    &gv_cmd_pin,
	&gv_cmd_default, &gv_cmd_current,      &gv_cmd_which,
	&gv_cmd_run,	 &gv_cmd_verify,       &gv_cmd_env,
	&gv_cmd_help,	 &gv_cmd_auto_install, NULL,
};

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
