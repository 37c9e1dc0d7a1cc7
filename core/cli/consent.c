// SPDX-License-Identifier: Apache-2.0
#include "core/cli/consent.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool gv_consent_is_asked(struct gv_cli *cli, const struct gv_choice *missing)
{
	const struct gv_spec *spec = &missing->spec;
	struct gv_err ignored = GV_ERR_INIT;

	if (missing->kind != GV_KIND_FILE && missing->kind != GV_KIND_ENVIRONMENT)
		return false;
	if (spec->kind != GV_SPEC_EXACT && spec->kind != GV_SPEC_LINE &&
	    spec->kind != GV_SPEC_LATEST)
		return false;
	if (spec->kind == GV_SPEC_EXACT && spec->version.suffix.len)
		return false;
	/* A configuration that is wrong asks for nothing; `govern install` will say. */
	return gv_cli_config(cli, &ignored) == 0 &&
	       gv_config_bool(&cli->config, GV_SET_STORE_AUTO_INSTALL);
}

static bool in_ci(void)
{
	const char *ci = getenv("CI");

	return ci && ci[0] && strcmp(ci, "false") != 0 && strcmp(ci, "0") != 0;
}

/* Neither this user's nor root's; what cannot be looked at may be anybody's. */
static bool is_anothers(const char *file, int flags)
{
#ifdef GV_WITHOUT_PIN_OWNER /* tests/controls: anybody's pin counts */
	return false;
#endif
	struct stat st;

	return fstatat(AT_FDCWD, file, &st, flags) < 0 ||
	       (st.st_uid != geteuid() && st.st_uid != 0);
}

int gv_consent_check(struct gv_cli *cli, const struct gv_choice *missing,
		     struct gv_err *err)
{
	const char *value = gv_config_str(&cli->config, GV_SET_STORE_AUTO_INSTALL);
	bool always = strcmp(value, "always") == 0;
	struct gv_err said = *err;

	if (missing->kind == GV_KIND_FILE &&
	    (is_anothers(missing->file, 0) ||
	     is_anothers(missing->file, AT_SYMLINK_NOFOLLOW)))
		gv_err_set(
			err, said.code,
			"%s; not installed by itself because the pin is another user's",
			said.message);
	else if (!always && in_ci())
		gv_err_set(err, said.code,
			   "%s; not installed by itself in CI, unless store.auto_install "
			   "is 'always'",
			   said.message);
	else if (!always && !isatty(STDERR_FILENO))
		gv_err_set(err, said.code,
			   "%s; not installed by itself without a terminal, unless "
			   "store.auto_install is 'always'",
			   said.message);
	else
		return 0;
	return gv_err_hint(err, "%s", said.hint);
}
