// SPDX-License-Identifier: Apache-2.0
/* Whether a binary was built with what it should have been. */
#include "core/cli/inspect/inspect.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/output.h"
#include "core/cli/pins.h"
#include "core/config/policy.h"
#include "core/install/permit.h"
#include "core/resolve/resolve.h"

/* Words of which one has to hold, and the text that tells of them. */
struct judging {
	struct gv_inspection *in;
	const struct gv_inspect_demands *demands;
	char *prefix;
	struct gv_inspected *item;
	struct gv_spec spec; /* --spec */
	/* of the pin */
	bool any, holds;
	char *expected;
};

/* -- versions ------------------------------------------------------------------------ */

/* Pointers lead to what is installed; all else is a matter of the version alone.  1: the
 * word says nothing about versions, or leads nowhere. */
static int match(const struct judging *j, const struct gv_spec *spec,
		 const struct gv_version *v, bool *ret, struct gv_err *err)
{
	char name[GV_NAME_MAX];
	int r;

	switch (spec->kind) {
	case GV_SPEC_EXACT:
		*ret = strcmp(spec->version.name, v->name) == 0;
		return 0;
	case GV_SPEC_LATEST:
	case GV_SPEC_TAG:
		r = gv_resolve_spec(j->prefix, spec, name, err);
		if (r < 0)
			return r;
		*ret = strcmp(name, v->name) == 0;
		return 0;
	case GV_SPEC_SYSTEM:
	case GV_SPEC_OLDSTABLE:
		return 1;
	case GV_SPEC_LINE:
	case GV_SPEC_PRERELEASE:
	case GV_SPEC_RANGE:
		break;
	}
	*ret = v->name[0] && gv_spec_matches(spec, v);
	return 0;
}

static int expect(struct judging *j, const char *word, const char *file, unsigned line)
{
	struct gv_buf text = GV_BUF_INIT(0);

	if (j->expected)
		return 0; /* the first word is the one that is meant; others stand in for it */
	if (file)
		gv_buf_format(&text, "%s (%s:%u)", word, file, line);
	else
		gv_buf_add_str(&text, word);
	j->expected = gv_buf_take(&text);
	return j->expected ? 0 : -ENOMEM;
}

/* A word of the pin: what it cannot tell, it does not demand. */
static int on_pin(void *arg, const struct gv_spec *spec, const char *file, unsigned line)
{
	struct judging *j = arg;
	struct gv_err why = GV_ERR_INIT;
	bool holds = false;
	int r = match(j, spec, &j->item->version, &holds, &why);

	if (r < 0)
		gv_cli_warn(j->in->cli, "%s:%u: %s", file, line, why.message);
	if (r != 0)
		return 0;
	j->any = true;
	j->holds |= holds;
	return expect(j, spec->text, file, line);
}

static void on_warning(void *arg, const char *message)
{
	const struct judging *j = arg;

	gv_cli_warn(j->in->cli, "%s", message);
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

static int judge_pin(struct judging *j)
{
	const struct gv_pins pins = {.found = on_pin, .warn = on_warning, .arg = j};
	GV_CLEANUP(gv_free_str)
	char *dir = j->demands->pin_dir ? strdup(j->demands->pin_dir)
					: directory_of(j->item->path);
	int r = dir ? gv_pins_in_force(&pins, dir) : -ENOMEM;

	return r < 0 ? r : 0;
}

static int judge_spec(struct judging *j, struct gv_err *err)
{
	bool holds = false;
	int r = match(j, &j->spec, &j->item->version, &holds, err);

	if (r < 0)
		return r;
	j->any = true;
	j->holds = holds;
	return expect(j, j->spec.text, NULL, 0);
}

static int judge_version(struct judging *j, struct gv_err *err)
{
	bool is_pin = !j->demands->spec;
	int r = is_pin ? judge_pin(j) : judge_spec(j, err);

	if (r < 0 || !j->any)
		return r;
	j->item->judged = true;
	if (!j->holds)
		r = gv_inspect_find(j->item, is_pin ? GV_RULE_PIN : GV_RULE_SPEC,
				    "built with %s, not with %s",
				    j->item->info.go_version, j->expected);
	j->item->expected = j->expected;
	j->expected = NULL;
	return r;
}

/* -- age ----------------------------------------------------------------------------- */

/* 1: nobody here knows. */
static int released_at(struct gv_cli *cli, const char *name, time_t *ret)
{
	GV_CLEANUP(gv_close) int goroot = -1;
	struct gv_err ignored = GV_ERR_INIT;
	int64_t when;

	if (!name[0] || gv_cli_store(cli, GV_STORE_READ, &ignored) != 0)
		return 1;
	goroot = gv_store_open_toolchain(&cli->store, name, &ignored);
	when = goroot < 0 ? GV_RELEASED_UNKNOWN : gv_permit_released(goroot);
	*ret = (time_t)when;
	return when == GV_RELEASED_UNKNOWN ? 1 : 0;
}

static int judge_age(struct judging *j)
{
	struct gv_inspected *i = j->item;
	char when[GV_RFC3339_LEN];
	time_t released;

	i->judged = true;
	if (released_at(j->in->cli, i->version.name, &released) != 0)
		return gv_inspect_find(i, GV_RULE_AGE,
				       "built with %s, and when that was released is not "
				       "known here",
				       i->info.go_version);
	if (time(NULL) - released <= j->demands->max_age)
		return 0;
	gv_clock_rfc3339(released, when);
	when[10] = '\0'; /* the date */
	return gv_inspect_find(i, GV_RULE_AGE, "built with %s, which was released on %s",
			       i->info.go_version, when);
}

/* -- policy -------------------------------------------------------------------------- */

/* By its version alone: where it came from and what was proved of it, a binary cannot
 * tell. */
static int judge_policy(struct judging *j)
{
	struct gv_inspected *i = j->item;
	const struct gv_policy_subject subject = {.version = &i->version};
	struct gv_err why = GV_ERR_INIT;

	i->judged = true;
	if (!i->version.name[0])
		return gv_inspect_find(i, GV_RULE_DENIED,
				       "built with %s, which is no release",
				       i->info.go_version);
	if (gv_policy_judge(&j->in->cli->config.policy, &subject, &why) == 0)
		return 0;
	return gv_inspect_find(i, GV_RULE_DENIED, "%s", why.message);
}

/* -- all ----------------------------------------------------------------------------- */

static int judge(struct judging *j, struct gv_err *err)
{
	int r;

	j->any = j->holds = false;
	r = judge_version(j, err);
	if (r == 0 && j->demands->max_age)
		r = judge_age(j);
	if (r == 0 && j->demands->denied)
		r = judge_policy(j);
	free(j->expected);
	j->expected = NULL;
	return r;
}

static int by_path(const void *a, const void *b)
{
	const struct gv_inspected *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int read_spec(struct judging *j, struct gv_err *err)
{
	int r = gv_cli_spec(j->demands->spec, &j->spec, err);

	if (r < 0)
		return r;
	if (j->spec.kind == GV_SPEC_SYSTEM)
		return gv_err_set(err, -GV_EUSAGE,
				  "'system' is whatever go comes next in PATH, not a "
				  "version");
	if (j->spec.kind == GV_SPEC_OLDSTABLE) {
		gv_err_set(err, -GV_EUSAGE,
			   "'%s' needs the list of releases: name a version",
			   j->spec.text);
		return gv_err_hint(err, "govern available %s", j->spec.text);
	}
	return 0;
}

/* That --pin leads to one: a demand that nothing could fail would look met. */
static int need_pin(const char *dir, struct gv_err *err)
{
	static struct gv_choice pin;
	struct gv_err why = GV_ERR_INIT;
	char real[PATH_MAX];

	if (!realpath(dir, real))
		return gv_err_sys(err, -errno, "cannot look into '%s'", dir);
	if (gv_resolve_pin(real, &pin, &why) == 1)
		return gv_err_set(err, -GV_ENOTFOUND, "nothing is pinned in %s or above",
				  real);
	return 0; /* one that is not valid is warned of where it is asked */
}

int gv_inspect_judge(struct gv_inspection *in, const struct gv_inspect_demands *d,
		     struct gv_err *err)
{
	struct judging j = {.in = in, .demands = d};
	int r = gv_cli_prefix(in->cli, &j.prefix, err);

	if (r == 0 && d->spec)
		r = read_spec(&j, err);
	if (r == 0 && d->pin_dir)
		r = need_pin(d->pin_dir, err);
	if (r == 0 && d->denied)
		r = gv_cli_config(in->cli, err);
	if (r == 0 && in->n)
		qsort(in->items, in->n, sizeof(*in->items), by_path);
	for (size_t i = 0; i < in->n && r == 0; i++) {
		j.item = &in->items[i];
		if (j.item->told)
			r = judge(&j, err);
	}
	free(j.prefix);
	return r == -ENOMEM ? gv_err_sys(err, r, "cannot inspect") : r;
}
