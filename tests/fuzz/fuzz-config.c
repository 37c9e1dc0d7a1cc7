// SPDX-License-Identifier: Apache-2.0
/* govern.ini: whatever the bytes are, either every value of it is good or an error names
 * the file, and a line that the text has. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/config/inifile.h"
#include "core/config/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gv_inifile ini = {.path = "govern.ini", .may_lock = true};
	struct gv_err err = GV_ERR_INIT;
	const char *text = data ? (const char *)data : "";
	unsigned lines = 1;
	int r = gv_inifile_parse(&ini, text, size, &err);

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	for (int i = 0; r == 0 && i < GV_KEYS; i++)
		if (ini.values[i] && gv_setting_check(&gv_setting_defs[i], ini.values[i]))
			abort();
	if (r < 0 && (!err.message[0] || err.line == 0 || err.line > lines))
		abort();
	gv_inifile_release(&ini);
	return 0;
}
