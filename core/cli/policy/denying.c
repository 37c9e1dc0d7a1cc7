// SPDX-License-Identifier: Apache-2.0
#include "core/cli/policy/denying.h"

#include <errno.h>
#include <string.h>

#include "core/cli/journal/record.h"
#include "core/config/policy.h"
#include "core/store/denied.h"

enum { WHY_MAX = 4096 };

struct denying {
	struct gv_cli *cli;
	bool dry, changed;
	gv_denying *tell;
	void *arg;
};

static const struct gv_policy_rule *find_rule(const struct gv_cli *cli, const char *name)
{
	const struct gv_policy *p = &cli->config.policy;
	struct gv_version v;
	struct gv_policy_subject s = {.version = &v};

	if (gv_version_parse(name, strlen(name), &v) < 0)
		return NULL;
	for (size_t i = 0; i < p->n; i++) {
		struct gv_policy one = {.rules = &p->rules[i], .n = 1};

		if (p->rules[i].shared && gv_policy_find_broken(&one, &s))
			return &p->rules[i];
	}
	return NULL;
}

static void tell(struct denying *d, const char *name, const char *why)
{
	struct gv_journal_entry e = {
		.event = why ? "deny" : "allow",
		.version = name,
		.source = why,
	};

	d->changed = true;
	if (!d->dry)
		gv_cli_record(d->cli, &e);
	if (!d->dry && why)
		gv_store_denial_recorded(&d->cli->store, name, why);
	if (d->tell)
		d->tell(d->arg, name, why);
}

static int deny(struct denying *d, const char *name, const struct gv_policy_rule *rule,
		struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf now = GV_BUF_INIT(WHY_MAX);
	GV_CLEANUP(gv_buf_release) struct gv_buf why = GV_BUF_INIT(0);
	int r;

	gv_buf_format(&why, "%s '%s' (%s:%u)", rule->key, rule->value, rule->file,
		      rule->line);
	if (gv_buf_error(&why) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot deny a toolchain");
	if (gv_store_denial(&d->cli->store, name, &now) == 0 && now.data &&
	    strcmp(now.data, why.data) == 0)
		return 0;
	r = d->dry ? 0 : gv_store_deny(&d->cli->store, name, why.data, err);
	if (r == 0)
		tell(d, name, why.data);
	return r;
}

static int allow(struct denying *d, const char *name, struct gv_err *err)
{
	int r = d->dry ? 0 : gv_store_undeny(&d->cli->store, name, err);

	if (r == 0)
		tell(d, name, NULL);
	return r;
}

int gv_cli_deny(struct gv_cli *cli, bool dry, gv_denying *say, void *arg,
		struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	GV_CLEANUP(gv_list_release) struct gv_list marked = GV_LIST_INIT;
	struct denying d = {.cli = cli, .dry = dry, .tell = say, .arg = arg};
	int r = gv_store_list(&cli->store, &names, err);

	if (r == 0) {
		r = gv_store_denied(&cli->store, &marked);
		if (r < 0)
			gv_err_sys(err, r, "cannot list what is denied");
	}
	for (size_t i = 0; i < names.n && r == 0; i++) {
		const struct gv_policy_rule *rule = find_rule(cli, names.items[i]);

		if (rule)
			r = deny(&d, names.items[i], rule, err);
	}
	for (size_t i = 0; i < marked.n && r == 0; i++)
		if (!find_rule(cli, marked.items[i]) ||
		    !gv_store_has(&cli->store, marked.items[i]))
			r = allow(&d, marked.items[i], err);
	if (r == 0 && d.changed && !dry)
		r = gv_cli_point(cli, NULL, 0, err);
	return r;
}
