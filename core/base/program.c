// SPDX-License-Identifier: Apache-2.0
#include "core/base/program.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

bool gv_is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

bool gv_program_find(const char *dirs, const char *name, char ret[PATH_MAX])
{
	for (const char *at = dirs ? dirs : ""; *at; at += *at == ':') {
		size_t n = strcspn(at, ":");
		struct gv_text t = gv_text_in(ret, PATH_MAX);

		gv_text_format(&t, "%.*s/%s", (int)n, at, name);
		if (*at == '/' && !t.cut && gv_is_program(ret))
			return true;
		at += n;
	}
	return false;
}
