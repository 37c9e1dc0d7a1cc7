// SPDX-License-Identifier: Apache-2.0
/* Whether policy allows what is in force here, and whether the shim knows. */
#include "core/cli/doctor/doctor.h"

#include <string.h>

#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/policy/allowed.h"
#include "core/cli/policy/denying.h"
#include "core/store/pointers.h"
#include "core/store/receipt.h"

/* 0, or -GV_EPOLICY with the sentence.  Of what is not installed only the version and
 * its line are judged. */
static int judge(struct gv_doctor *d, struct gv_facts *facts, const struct gv_version *v,
		 struct gv_err *err)
{
	struct gv_policy_subject s = {.version = v};
	struct gv_receipt receipt = {0};
	int r;

	if (d->has_store && gv_store_has(&d->cli->store, v->name))
		gv_facts_of(d->cli, facts, v, &receipt, &s);
	else
		s.supported = gv_facts_supported(d->cli, facts, v);
	r = gv_policy_judge(&d->cli->config.policy, &s, err);
	gv_receipt_release(&receipt);
	return r;
}

/* -- what could be used instead ------------------------------------------------------ */

/* The newest that is installed and allowed, of that line if there is one; as a pin has
 * it.  "latest": none is. */
static void find_other(struct gv_doctor *d, struct gv_facts *facts,
		       const struct gv_version *refused, char ret[GV_NAME_MAX])
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct gv_text t = gv_text_in(ret, GV_NAME_MAX);
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_version v, best = {0};

	if (d->has_store && gv_store_list(&d->cli->store, &names, &ignored) < 0)
		names.n = 0;
	for (size_t i = 0; i < names.n; i++) {
		if (gv_version_parse(names.items[i], strlen(names.items[i]), &v) < 0 ||
		    !gv_version_is_stable(&v) || judge(d, facts, &v, &ignored) < 0)
			continue;
		if (!best.name[0] || gv_version_same_line(&v, refused) ||
		    !gv_version_same_line(&best, refused))
			best = v; /* they come oldest first */
	}
	if (best.name[0])
		gv_version_bare(&best, ret);
	else
		gv_text_add(&t, "latest");
}

/* -- what is in force ---------------------------------------------------------------- */

static void look_at_pointers(struct gv_doctor *d, struct gv_facts *facts)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	struct gv_err why = GV_ERR_INIT;

	if (!d->has_store || gv_pointers_load(&d->cli->store, &pointers, &why) < 0)
		return;
	for (size_t i = 0; i < pointers.n; i++) {
		const struct gv_pointer *one = &pointers.items[i];
		char other[GV_NAME_MAX];
		struct gv_version v;
		struct gv_err *f;

		if (!gv_pointer_is_chosen(one->name) || gv_pointer_is_hold(one->name) ||
		    gv_version_parse(one->target, strlen(one->target), &v) < 0 ||
		    judge(d, facts, &v, &why) == 0)
			continue;
		find_other(d, facts, &v, other);
		f = gv_doctor_find(d, GV_CHECK_POLICY_REFUSED);
		gv_err_set(f, -GV_EPOLICY, "'%s' leads to what policy refuses: %s",
			   one->name, why.message);
		if (one->name[0] != '@')
			gv_err_hint(f, "govern install --default %s", other);
		else if (strcmp(other, "latest") == 0)
			gv_err_hint(f, "govern tag --delete %s", one->name + 1);
		else
			gv_err_hint(f, "govern tag %s %s", one->name + 1, other);
	}
}

/* What a pin asks for, installed or not; false: nothing that can be judged by itself. */
static bool find_asked(const struct gv_doctor *d, struct gv_version *ret)
{
	const struct gv_choice *c = d->choice;

	if (c->kind == GV_KIND_DEFAULT || c->kind == GV_KIND_SYSTEM)
		return false;
	if (c->name[0])
		return gv_version_parse(c->name, strlen(c->name), ret) == 0;
	if (c->spec.kind != GV_SPEC_EXACT)
		return false;
	*ret = c->spec.version;
	return true;
}

static void look_at_pin(struct gv_doctor *d, struct gv_facts *facts)
{
	char place[GV_WHY_LEN], other[GV_NAME_MAX];
	struct gv_err why = GV_ERR_INIT;
	struct gv_version v;
	struct gv_err *f;

	if (!find_asked(d, &v) || judge(d, facts, &v, &why) == 0)
		return;
	d->pin_refused = true;
	gv_cli_why(d->choice, place);
	find_other(d, facts, &v, other);
	f = gv_doctor_find(d, GV_CHECK_POLICY_REFUSED);
	gv_err_at(f, -GV_EPOLICY, d->choice->file, d->choice->line,
		  "%s asks for what policy refuses: %s", place, why.message);
	if (d->choice->kind == GV_KIND_FILE)
		gv_err_hint(f, "govern pin --install %s", other);
	else
		gv_err_hint(f, "unset %s", place);
}

/* -- what the shim knows ------------------------------------------------------------- */

static void on_denying(void *arg, const char *name, const char *why)
{
	struct gv_err *f = gv_doctor_find(arg, GV_CHECK_POLICY_UNAPPLIED);

	if (why)
		gv_err_set(f, -GV_EFAILED, "the shim does not know that %s is denied: %s",
			   name, why);
	else
		gv_err_set(f, -GV_EFAILED,
			   "the shim refuses %s, which is not denied any more", name);
	gv_err_hint(f, "govern policy apply");
}

void gv_doctor_policy(struct gv_doctor *d)
{
	struct gv_facts facts = {0};
	struct gv_err ignored = GV_ERR_INIT;

	if (gv_cli_config(d->cli, &ignored) < 0)
		return; /* which is a finding of its own */
	if (d->has_store)
		(void)!gv_cli_deny(d->cli, true, on_denying, d, &ignored);
	if (d->cli->config.policy.n == 0)
		return;
	look_at_pin(d, &facts);
	look_at_pointers(d, &facts);
}
