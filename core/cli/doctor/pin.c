// SPDX-License-Identifier: Apache-2.0
/* What runs here: whether it can, whether go.mod agrees, how old it is. */
#include "core/cli/doctor/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/gomod.h"
#include "core/cli/installed.h"
#include "core/cli/remembered.h"
#include "core/config/goenv.h"

/* -- the choice ---------------------------------------------------------------------- */

static void tell_no_choice(struct gv_doctor *d)
{
	enum gv_check check = GV_CHECK_GO_BROKEN;

	/* Policy told already of what it refuses. */
	if (d->pin_refused || d->no_choice.code == -GV_EPOLICY)
		return;
	if (d->no_choice.code == -GV_EPIN)
		check = GV_CHECK_PIN_INVALID;
	else if (d->no_choice.code == -GV_ENOTFOUND && d->choice->spec.text[0])
		check = GV_CHECK_PIN_MISSING;
	else if (d->no_choice.code == -GV_ENOTFOUND)
		check = GV_CHECK_GO_NONE;
	/* A default that leads nowhere was told with the store's pointers. */
	if (check == GV_CHECK_GO_NONE && d->choice->kind == GV_KIND_DEFAULT &&
	    gv_doctor_has(d, GV_CHECK_POINTER_DANGLING))
		return;
	*gv_doctor_find(d, check) = d->no_choice;
}

/* -- go.mod -------------------------------------------------------------------------- */

/* Whether Go stays what it is, whatever go.mod asks for. */
static bool stays(const struct gv_doctor *d, const struct gv_version *v)
{
	GV_CLEANUP(gv_free_str) char *value = NULL, *origin = NULL;
	struct gv_err ignored = GV_ERR_INIT;

	if (!gv_version_at_least(v, 21))
		return true;
	if (d->choice->gotoolchain)
		return strcmp(d->choice->gotoolchain, "local") == 0;
	return gv_goenv_find("GOTOOLCHAIN", NULL, &value, &origin, &ignored) == 0 &&
	       strcmp(value, "local") == 0;
}

static void look_at_gomod(struct gv_doctor *d, const struct gv_version *v)
{
	struct gv_version floor;
	char file[PATH_MAX];
	struct gv_err *f;

	if (!gv_gomod_floor(file, &floor) || gv_version_compare(v, &floor) >= 0 ||
	    !stays(d, v))
		return;
	f = gv_doctor_find(d, GV_CHECK_PIN_GOMOD);
	gv_err_at(f, -GV_EFAILED, file, 0, "'%s' wants %s, and %s runs here", file,
		  floor.name, v->name);
	gv_err_hint(f, "govern pin --install %s", gv_after_prefix(floor.name, "go"));
}

/* -- end of life --------------------------------------------------------------------- */

/* What is installed shows newer lines too, where nothing is remembered. */
static void add_installed(struct gv_doctor *d, struct gv_support *s)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_version v;

	if (gv_store_list(&d->cli->store, &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < names.n; i++)
		if (gv_version_parse(names.items[i], strlen(names.items[i]), &v) == 0)
			gv_support_add(s, &v);
}

static void look_at_age(struct gv_doctor *d, const struct gv_version *v)
{
	struct gv_support listed = {0}, installed = {0}, *s = &listed;
	char when[GV_RFC3339_LEN] = "";
	int64_t as_of;
	struct gv_err *f;

	if (!d->has_store)
		return;
	gv_remembered_support(d->cli, &listed, &as_of);
	if (gv_support_is_over(&listed, v)) {
		gv_clock_rfc3339((time_t)as_of, when);
	} else {
		add_installed(d, &installed);
		s = &installed;
	}
	if (!gv_support_is_over(s, v))
		return;
	f = gv_doctor_find(d, GV_CHECK_PIN_END_OF_LIFE);
	if (when[0])
		gv_err_set(f, -GV_EFAILED,
			   "%s is past its end of life: there are %s and %s (by the list "
			   "of %s)",
			   v->name, s->newest[0].name, s->newest[1].name, when);
	else
		gv_err_set(f, -GV_EFAILED,
			   "%s is past its end of life: there are %s and %s (installed "
			   "here)",
			   v->name, s->newest[0].name, s->newest[1].name);
	gv_err_hint(f, "govern pin --install %s",
		    gv_after_prefix(s->newest[0].name, "go"));
}

void gv_doctor_pin(struct gv_doctor *d)
{
	char name[GV_NAME_MAX];
	struct gv_version v;

	if (d->no_choice.code < 0) {
		tell_no_choice(d);
		return;
	}
	gv_cli_version_of(d->choice, name);
	if (gv_version_parse(name, strlen(name), &v) < 0)
		return;
	look_at_gomod(d, &v);
	look_at_age(d, &v);
}
