// SPDX-License-Identifier: Apache-2.0
#include "core/config/policy.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/config/settings.h"
#include "core/version/spec.h"

/* -- lists of specs ------------------------------------------------------------------ */

/* Only what means the same versions tomorrow: `latest` or a tag does not. */
static bool is_lasting(const struct gv_spec *spec)
{
	return spec->suffix == GV_SUFFIX_NONE &&
	       (spec->kind == GV_SPEC_EXACT || spec->kind == GV_SPEC_LINE ||
		spec->kind == GV_SPEC_RANGE || spec->kind == GV_SPEC_PRERELEASE);
}

/* The next spec of a list.  1; 0: there is none; -GV_EPIN: it is none that a rule may
 * have. */
static int next_spec(const char **list, struct gv_spec *ret)
{
	struct gv_err ignored = GV_ERR_INIT;
	const char *s = *list;
	size_t n;

	if (!*s)
		return 0;
	n = strcspn(s, ",");
	*list = s + n + (s[n] == ',');
	while (n && (*s == ' ' || *s == '\t')) {
		s++;
		n--;
	}
	if (gv_spec_parse(s, n, GV_SPEC_COMMAND, ret, &ignored) < 0 || !is_lasting(ret))
		return -GV_EPIN;
	return 1;
}

bool gv_policy_specs_valid(const char *list)
{
	struct gv_spec spec;
	bool any = false;
	int r;

	while ((r = next_spec(&list, &spec)) > 0)
		any = true;
	return r == 0 && any;
}

/* gv_spec_matches() asks what a user gets who asks for that: never a pre-release, never a
 * build of another name.  Here it is what the words cover. */
static bool covers(const struct gv_spec *spec, const struct gv_version *v, bool deny)
{
	char line[GV_NAME_MAX];

	switch (spec->kind) {
	case GV_SPEC_EXACT:
		if (deny && !spec->version.suffix.len)
			return gv_version_compare(&spec->version, v) == 0;
		return strcmp(spec->version.name, v->name) == 0;
	case GV_SPEC_LINE:
		gv_version_line(v, line);
		return strcmp(spec->line, line) == 0;
	case GV_SPEC_RANGE:
		return gv_spec_in_ranges(spec, v);
	default:
		return gv_spec_matches(spec, v);
	}
}

static bool is_among(const char *list, const struct gv_version *v, bool deny)
{
	struct gv_spec spec;

	while (next_spec(&list, &spec) > 0)
		if (covers(&spec, v, deny))
			return true;
	return false;
}

/* -- rules --------------------------------------------------------------------------- */

static unsigned trust_level(const char *name)
{
	static const char *const levels[] = {"unproven", "checksummed", "proven"};
	unsigned i = 0;

	while (i < GV_COUNT(levels) - 1 && strcmp(levels[i], name) != 0)
		i++;
	return strcmp(levels[i], name) == 0 ? i : 0;
}

static bool is_word_of(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (*list) {
		size_t n = strcspn(list, " \t");

		if (n == len && memcmp(list, word, n) == 0)
			return true;
		list += n;
		list += strspn(list, " \t");
	}
	return false;
}

static bool is_yes(const char *value)
{
	return strcmp(value, "yes") == 0 || strcmp(value, "true") == 0 ||
	       strcmp(value, "on") == 0;
}

static int64_t seconds_of(const char *value)
{
	int64_t seconds = 0;

	/* It was checked when it was read. */
	(void)!gv_duration_parse(value, &seconds);
	return seconds;
}

static bool is_young(const struct gv_policy_rule *rule, const struct gv_policy_subject *s)
{
	if (s->released_at == GV_RELEASED_LATER || seconds_of(rule->value) == 0)
		return false;
	return s->released_at == GV_RELEASED_UNKNOWN ||
	       s->released_at > s->now - seconds_of(rule->value);
}

static bool is_broken(const struct gv_policy_rule *rule,
		      const struct gv_policy_subject *s)
{
	const struct gv_version *v = s->version;

	switch (rule->id) {
	case GV_POLICY_DENY:
		return v && is_among(rule->value, v, true);
	case GV_POLICY_ALLOW:
		return v && !is_among(rule->value, v, false);
	case GV_POLICY_PRERELEASES:
		return v && v->kind.len && !is_yes(rule->value);
	case GV_POLICY_MINIMUM_TRUST:
		return s->trust && trust_level(s->trust) < trust_level(rule->value);
	case GV_POLICY_SOURCES:
		return s->source && !is_word_of(rule->value, s->source);
	case GV_POLICY_SUPPORTED_ONLY:
		return is_yes(rule->value) && (s->supported == GV_SUPPORTED_NO ||
					       s->supported == GV_SUPPORTED_UNKNOWN);
	case GV_POLICY_MINIMUM_AGE:
		return is_young(rule, s);
	default:
		return false; /* of Go's settings, not of toolchains */
	}
}

const struct gv_policy_rule *gv_policy_find_broken(const struct gv_policy *p,
						   const struct gv_policy_subject *s)
{
#ifdef GV_WITHOUT_POLICY /* tests/controls: rules that nothing breaks */
	return NULL;
#endif
	for (size_t i = 0; i < p->n; i++)
		if (is_broken(&p->rules[i], s))
			return &p->rules[i];
	return NULL;
}

/* "1 day", "23 hours": long enough to see that it is too short. */
static void format_age(int64_t seconds, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);

	if (seconds < 0)
		seconds = 0;
	if (seconds >= 2 * 86400)
		gv_text_format(&t, "%lldd", (long long)(seconds / 86400));
	else
		gv_text_format(&t, "%lldh", (long long)(seconds / 3600));
}

/* What is wrong, up to the place of the rule. */
static void describe(const struct gv_policy_rule *rule, const struct gv_policy_subject *s,
		     struct gv_text *t)
{
	const char *name = s->called ? s->called : s->version ? s->version->name : "";
	const char *value = rule->value;
	char age[32];

	switch (rule->id) {
	case GV_POLICY_DENY:
		gv_text_format(t, "%s is denied by policy.deny '%s'", name, value);
		break;
	case GV_POLICY_ALLOW:
		gv_text_format(t, "%s is not allowed by policy.allow '%s'", name, value);
		break;
	case GV_POLICY_PRERELEASES:
		gv_text_format(t, "%s is a pre-release, and policy.prereleases is '%s'",
			       name, value);
		break;
	case GV_POLICY_MINIMUM_TRUST:
		gv_text_format(t, "%s is only '%s', and policy.minimum_trust is '%s'",
			       name, s->trust, value);
		break;
	case GV_POLICY_SOURCES:
		if (s->version)
			gv_text_format(t, "%s is from '%s', and policy.sources is '%s'",
				       name, s->source, value);
		else
			gv_text_format(t, "'%s' is not among policy.sources '%s'",
				       s->source, value);
		break;
	case GV_POLICY_SUPPORTED_ONLY:
		gv_text_format(t,
			       s->supported == GV_SUPPORTED_NO
				       ? "%s gets no fixes any more, and "
					 "policy.supported_only is '%s'"
				       : "whether %s still gets fixes is not known, and "
					 "policy.supported_only is '%s'",
			       name, value);
		break;
	case GV_POLICY_MINIMUM_AGE:
		if (s->released_at == GV_RELEASED_UNKNOWN) {
			gv_text_format(t,
				       "when %s was released is not known, and "
				       "policy.minimum_age is '%s'",
				       name, value);
			break;
		}
		format_age(s->now - s->released_at, age, sizeof(age));
		gv_text_format(t,
			       "%s was released %s ago, and policy.minimum_age is '%s'",
			       name, age, value);
		break;
	default:
		gv_text_format(t, "%s breaks %s", name, rule->key);
	}
}

int gv_policy_refuse(const struct gv_policy_rule *rule, const struct gv_policy_subject *s,
		     struct gv_err *err)
{
	char what[768];
	struct gv_text t = gv_text_in(what, sizeof(what));

	describe(rule, s, &t);
	gv_err_at(err, -GV_EPOLICY, rule->file, rule->line, "%s (%s:%u)", what,
		  rule->file, rule->line);
	return gv_err_hint(err, "govern policy show");
}

int gv_policy_judge(const struct gv_policy *p, const struct gv_policy_subject *s,
		    struct gv_err *err)
{
	const struct gv_policy_rule *rule = gv_policy_find_broken(p, s);

	return rule ? gv_policy_refuse(rule, s, err) : 0;
}

bool gv_policy_has(const struct gv_policy *p, enum gv_setting_id key)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->rules[i].id == key &&
		    (key != GV_POLICY_SUPPORTED_ONLY || is_yes(p->rules[i].value)))
			return true;
	return false;
}

const char *gv_policy_variable(const struct gv_policy_rule *rule)
{
	return rule->id >= GV_POLICY_VARIABLES ? strchr(rule->key, '.') + 1 : NULL;
}
