// SPDX-License-Identifier: Apache-2.0
#include "core/install/source.h"

#include <string.h>

#include "core/base/text.h"
#include "core/install/plugin.h"

const struct gv_source *gv_source_find(const char *name)
{
	static const struct gv_source *const sources[] = {
		&gv_source_goproxy,
		&gv_source_godev,
		&gv_source_dir,
	};
	const char *program = gv_after_prefix(name, "exec:");

	if (program && strlen(name) < GV_SOURCE_NAME_MAX && gv_plugin_name_valid(program))
		return &gv_source_exec;
	for (size_t i = 0; i < GV_COUNT(sources); i++)
		if (strcmp(sources[i]->name, name) == 0)
			return sources[i];
	return NULL;
}
