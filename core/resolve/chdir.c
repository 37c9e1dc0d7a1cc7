// SPDX-License-Identifier: Apache-2.0
#include "core/resolve/walk.h"

#include <string.h>

#include "core/base/text.h"

/* "-C", "--C" and the directory, as one argument or two. */
static const char *read_option(char *const *argv)
{
	const char *arg = argv[0], *dir;

	if (strcmp(arg, "-C") == 0 || strcmp(arg, "--C") == 0)
		return argv[1];
	dir = gv_after_prefix(arg, "-C=");
	return dir ? dir : gv_after_prefix(arg, "--C=");
}

static bool is_word(const char *arg)
{
	return arg && arg[0] != '-';
}

const char *gv_chdir_option(char *const *argv)
{
	bool group =
		argv[0] && (strcmp(argv[0], "mod") == 0 || strcmp(argv[0], "work") == 0);

	/* behind the command, and behind the second word of `go mod tidy` */
	if (is_word(argv[0]))
		argv++;
	if (group && is_word(argv[0]))
		argv++;
	return argv[0] ? read_option(argv) : NULL;
}
