// SPDX-License-Identifier: Apache-2.0
#include "core/install/source.h"

#include <string.h>

const struct gv_source *gv_source_find(const char *name)
{
	static const struct gv_source *const sources[] = {
		&gv_source_goproxy,
		&gv_source_godev,
		&gv_source_dir,
	};

	for (size_t i = 0; i < GV_COUNT(sources); i++)
		if (strcmp(sources[i]->name, name) == 0)
			return sources[i];
	return NULL;
}
