// SPDX-License-Identifier: Apache-2.0
#include "core/trust/module.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/text.h"

static bool version_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr(".-_+~", c));
}

int gv_module_version(const char *version, const char *platform,
		      char ret[GV_MODULE_VERSION_MAX])
{
	char buf[GV_MODULE_VERSION_MAX];
	struct gv_text t = gv_text_in(buf, sizeof(buf));

	gv_text_format(&t, "v0.0.1-%s.%s", version, platform);
	if (t.cut || !*version || !*platform)
		return -EINVAL;
	for (size_t i = 0; i < t.len; i++)
		if (!version_char(buf[i]))
			return -EINVAL;
	memcpy(ret, buf, t.len + 1);
	return 0;
}

void gv_module_escape(struct gv_text *t, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool upper = s[i] >= 'A' && s[i] <= 'Z';
		char c = upper ? (char)(s[i] - 'A' + 'a') : s[i];

		gv_text_add(t, upper ? "!" : "");
		gv_text_add_n(t, &c, 1);
	}
}
