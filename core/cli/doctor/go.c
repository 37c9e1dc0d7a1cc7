// SPDX-License-Identifier: Apache-2.0
/* What the environment and Go's own env file say of Go. */
#include "core/cli/doctor/doctor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/pipeline.h"
#include "core/config/goenv.h"
#include "core/resolve/environ.h"

static const char *set(const char *name)
{
	const char *value = getenv(name);

	return value && value[strspn(value, " \t")] ? value : NULL;
}

/* What `go env -w` wrote; the caller frees both. */
static bool written(const char *key, char **ret_value, char **ret_file)
{
	struct gv_err ignored = GV_ERR_INIT;

	return gv_goenv_find_written(key, ret_value, ret_file, &ignored) == 0;
}

static void find_set(struct gv_doctor *d, enum gv_check check, const char *name,
		     const char *value)
{
	struct gv_err *f = gv_doctor_find(d, check);
	char place[PATH_MAX + 16];

	gv_err_set(f, -GV_EFAILED, "%s is set to '%s'", name, value);
	if (gv_rc_find_variable(name, place, sizeof(place)))
		gv_err_hint(f, "unset %s, and take it out of %s", name, place);
	else
		gv_err_hint(f, "unset %s", name);
}

static void find_written(struct gv_doctor *d, enum gv_check check, const char *name,
			 const char *value, const char *file)
{
	struct gv_err *f = gv_doctor_find(d, check);

	gv_err_at(f, -GV_EFAILED, file, 0, "'%s' sets %s to '%s'", file, name, value);
	gv_err_hint(f, "go env -u %s", name);
}

static void look_at_file(struct gv_doctor *d, enum gv_check check, const char *name,
			 bool unless_usual)
{
	GV_CLEANUP(gv_free_str) char *value = NULL, *file = NULL;

	if (!written(name, &value, &file))
		return;
	/* `auto` is what Go does anyway, `local` what it does for a pin. */
	if (unless_usual && (strcmp(value, "auto") == 0 || strcmp(value, "local") == 0))
		return;
	find_written(d, check, name, value, file);
}

/* Go sets it for what it runs, and nobody else should. */
static void look_at_goroot(struct gv_doctor *d)
{
	const char *value = set("GOROOT");

	if (value && !set("GOTOOLDIR"))
		find_set(d, GV_CHECK_GOROOT_SET, "GOROOT", value);
	look_at_file(d, GV_CHECK_GOROOT_FILE, "GOROOT", false);
}

static void look_at_gotoolchain(struct gv_doctor *d)
{
	const char *value = set("GOTOOLCHAIN"), *ours = set(GV_VAR_EXPORTED);

	if (value && strcmp(value, "local") != 0 && !(ours && strcmp(ours, value) == 0))
		find_set(d, GV_CHECK_GOTOOLCHAIN_SET, "GOTOOLCHAIN", value);
	look_at_file(d, GV_CHECK_GOTOOLCHAIN_FILE, "GOTOOLCHAIN", true);
}

static void look_at_gopath(struct gv_doctor *d, const char *name)
{
	GV_CLEANUP(gv_free_str) char *value = NULL, *file = NULL;
	const char *now = set(name), *manager;
	struct gv_err *f;

	if (!now && written(name, &value, &file))
		now = value;
	manager = now ? gv_manager_of(now) : NULL;
	if (!manager)
		return;
	f = gv_doctor_find(d, GV_CHECK_GOPATH_MANAGER);
	gv_err_set(f, -GV_EFAILED, "%s is '%s', which is %s's", name, now, manager);
	gv_err_hint(f, file ? "go env -u %s" : "unset %s", name);
}

static void look_at_versions(struct gv_doctor *d)
{
	static const char *const names[] = {"GOENV_VERSION",	"ASDF_GOLANG_VERSION",
					    "MISE_GO_VERSION",	"GOUP_GO_VERSION",
					    "GIMME_GO_VERSION", "PROTO_GO_VERSION"};
	const char *value = set("GOVERN_VERSION");

	if (value)
		find_set(d, GV_CHECK_GOVERN_VERSION, "GOVERN_VERSION", value);
	for (size_t i = 0; i < GV_COUNT(names); i++) {
		value = set(names[i]);
		if (value)
			find_set(d, GV_CHECK_OTHER_VERSION, names[i], value);
	}
}

static void look_at_sumdb(struct gv_doctor *d)
{
	struct gv_found_setting found = {0};
	struct gv_err ignored = GV_ERR_INIT, *f;

	if (gv_find_gosumdb(d->cli, &found, &ignored) < 0)
		return;
	if (found.value && strcmp(found.value, "off") == 0) {
		f = gv_doctor_find(d, GV_CHECK_GOSUMDB_OFF);
		gv_err_set(f, -GV_EFAILED, "the checksum database is off, by %s",
			   found.origin);
		gv_err_hint(f, "go env -u GOSUMDB; unset GOSUMDB");
	}
	gv_found_setting_release(&found);
}

void gv_doctor_go(struct gv_doctor *d)
{
	look_at_goroot(d);
	look_at_gotoolchain(d);
	if (set("GOFLAGS"))
		find_set(d, GV_CHECK_GOFLAGS_SET, "GOFLAGS", set("GOFLAGS"));
	look_at_file(d, GV_CHECK_GOFLAGS_SET, "GOFLAGS", false);
	look_at_gopath(d, "GOPATH");
	look_at_gopath(d, "GOBIN");
	look_at_versions(d);
	look_at_sumdb(d);
}
