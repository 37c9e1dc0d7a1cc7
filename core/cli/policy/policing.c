// SPDX-License-Identifier: Apache-2.0
/* What is found, and the machine: toolchains, what leads to them, Go's settings. */
#include "core/cli/policy/policing.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/pipeline.h"
#include "core/store/pointers.h"
#include "core/store/receipt.h"

void gv_policing_add(struct gv_policing *p, const char *rule, const char *file,
		     unsigned line, const char *message)
{
	struct gv_breach *more = reallocarray(p->items, p->n + 1, sizeof(*more));
	struct gv_breach one = {
		.rule = rule,
		.message = strdup(message),
		.file = strdup(file),
		.line = line,
	};

	if (more)
		p->items = more;
	if (!more || !one.message || !one.file) {
		free(one.message);
		free(one.file);
		p->no_memory = true;
		return;
	}
	more[p->n++] = one;
}

void gv_policing_release(struct gv_policing *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++) {
		free(p->items[i].message);
		free(p->items[i].file);
	}
	free(p->items);
	*p = (struct gv_policing){0};
}

const char *gv_policing_about(const char *rule)
{
	static const struct {
		const char *rule, *about;
	} all[] = {
		{"policy.deny", "A denied version of Go"},
		{"policy.allow", "A version of Go that is not among those allowed"},
		{"policy.prereleases", "A pre-release of Go"},
		{"policy.minimum_trust", "A toolchain about which too little is proved"},
		{"policy.sources", "A toolchain from a source that is not allowed"},
		{"policy.supported_only", "A line of Go that gets no fixes any more"},
		{"policy.minimum_age", "A release of Go that is too young"},
		{GV_RULE_OTHER_VERSION, "A file that names another version than the pin"},
		{GV_RULE_VENDOR, "A vendored file that is not what the modules say"},
		{GV_RULE_MODULE_CHANGED, "A module in Go's cache that was changed"},
		{GV_RULE_UNVERIFIED, "A module or vendor directory nobody could verify"},
		{GV_RULE_UNREADABLE, "A pin that is not valid, or cannot be read"},
	};

	for (size_t i = 0; i < GV_COUNT(all); i++)
		if (strcmp(all[i].rule, rule) == 0)
			return all[i].about;
	return "A setting of Go that is not as required";
}

/* -- toolchains ---------------------------------------------------------------------- */

static void judge_toolchain(struct gv_policing *p, const char *name)
{
	GV_CLEANUP(gv_free_str) char *path = gv_store_path(&p->cli->store, name);
	const struct gv_policy_rule *rule;
	struct gv_policy_subject s;
	struct gv_receipt receipt;
	struct gv_err why = GV_ERR_INIT;
	struct gv_version v;

	if (gv_version_parse(name, strlen(name), &v) < 0)
		return;
	gv_facts_of(p->cli, &p->facts, &v, &receipt, &s);
	rule = gv_policy_find_broken(&p->cli->config.policy, &s);
	if (rule) {
		gv_policy_refuse(rule, &s, &why);
		gv_policing_add(p, rule->key, path ? path : "", 0, why.message);
	}
	gv_receipt_release(&receipt);
}

/* The rule that what lies at the path breaks; NULL: none. */
static const char *rule_against(const struct gv_policing *p, const char *path)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->items[i].file, path) == 0)
			return p->items[i].rule;
	return NULL;
}

/* That what they lead to is refused was found already; here it is told who leads
 * there. */
static void judge_pointers(struct gv_policing *p, const struct gv_pointers *pointers)
{
	for (size_t i = 0; i < pointers->n; i++) {
		const struct gv_pointer *one = &pointers->items[i];
		GV_CLEANUP(gv_free_str)
		char *target = gv_store_path(&p->cli->store, one->target);
		const char *rule = target ? rule_against(p, target) : NULL;
		struct gv_err why = GV_ERR_INIT;
		char path[PATH_MAX];
		struct gv_text t = gv_text_in(path, sizeof(path));

		if (!rule || !gv_pointer_is_chosen(one->name) ||
		    gv_pointer_is_hold(one->name))
			continue;
		gv_text_format(&t, "%s/current/%s", p->cli->store.prefix, one->name);
		gv_err_set(&why, -GV_EPOLICY, "'%s' leads to %s, which %s refuses",
			   one->name, one->target, rule);
		gv_policing_add(p, rule, path, 0, why.message);
	}
}

static int judge_store(struct gv_policing *p, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	int r = gv_store_list(&p->cli->store, &names, err);

	if (r == 0)
		r = gv_pointers_load(&p->cli->store, &pointers, err);
	for (size_t i = 0; i < names.n && r == 0; i++)
		judge_toolchain(p, names.items[i]);
	if (r == 0)
		judge_pointers(p, &pointers);
	return r;
}

/* -- Go's settings ------------------------------------------------------------------- */

static int judge_setting(struct gv_policing *p, const struct gv_policy_rule *rule,
			 struct gv_err *err)
{
	const char *name = gv_policy_variable(rule), *value, *origin;
	struct gv_found_setting found = {0};
	struct gv_err why = GV_ERR_INIT;
	int r = gv_find_go_setting(p->cli, name, &found, err);

	if (r < 0)
		return r;
	value = found.value ? found.value : "";
	origin = found.origin ? found.origin : "";
	if (!value[0])
		gv_err_set(&why, -GV_EPOLICY, "%s is not set, and %s is '%s' (%s:%u)",
			   name, rule->key, rule->value, rule->file, rule->line);
	else if (strchr(value, '@')) /* which may be behind a password */
		gv_err_set(&why, -GV_EPOLICY,
			   "%s is another, by %s, and %s is '%s' (%s:%u)", name, origin,
			   rule->key, rule->value, rule->file, rule->line);
	else
		gv_err_set(&why, -GV_EPOLICY, "%s is '%s', by %s, and %s is '%s' (%s:%u)",
			   name, value, origin, rule->key, rule->value, rule->file,
			   rule->line);
	if (strcmp(value, rule->value) != 0)
		gv_policing_add(p, rule->key, origin[0] == '/' ? origin : "", 0,
				why.message);
	gv_found_setting_release(&found);
	return 0;
}

int gv_policing_settings(struct gv_policing *p, struct gv_err *err)
{
	const struct gv_policy *policy = &p->cli->config.policy;
	int r = 0;

	for (size_t i = 0; i < policy->n && r == 0; i++)
		if (gv_policy_variable(&policy->rules[i]))
			r = judge_setting(p, &policy->rules[i], err);
	return r;
}

int gv_policing_machine(struct gv_policing *p, struct gv_err *err)
{
	int r = p->cli->store_open ? judge_store(p, err) : 0;

	return r == 0 ? gv_policing_settings(p, err) : r;
}
