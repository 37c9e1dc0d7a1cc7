// SPDX-License-Identifier: Apache-2.0
#include "core/config/settings.h"

#include <stddef.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/config/nearest.h"
#include "core/config/policy.h"

/* clang-format off */
const struct gv_setting_def gv_setting_defs[GV_KEYS] = {
	[GV_SET_SOURCES_ORDER] = {"sources.order", "goproxy godev", GV_VALUE_SOURCES, 0},
	[GV_SET_GOPROXY_URL] = {"goproxy.url", "", GV_VALUE_TEXT, 0},
	[GV_SET_GODEV_FEED] = {"godev.feed", "https://go.dev/dl/?mode=json&include=all",
			       GV_VALUE_URLS, 0},
	[GV_SET_GODEV_FILES] = {"godev.files", "https://dl.google.com/go/ https://go.dev/dl/",
				GV_VALUE_URLS, 0},
	[GV_SET_TRUST_MINIMUM] = {"trust.minimum", "proven", GV_VALUE_TRUST, 0},
	[GV_SET_TRUST_SUMDB] = {"trust.sumdb", "", GV_VALUE_TEXT, 0},
	[GV_SET_NET_CONNECT_TIMEOUT] = {"network.connect_timeout", "10", GV_VALUE_NUMBER, 3600},
	[GV_SET_NET_LOW_SPEED_LIMIT] = {"network.low_speed_limit", "1024", GV_VALUE_NUMBER,
					1u << 30},
	[GV_SET_NET_LOW_SPEED_TIME] = {"network.low_speed_time", "30", GV_VALUE_NUMBER, 3600},
	[GV_SET_NET_RETRIES] = {"network.retries", "4", GV_VALUE_NUMBER, 100},
	[GV_SET_NET_MAX_REDIRECTS] = {"network.max_redirects", "5", GV_VALUE_NUMBER, 50},
	[GV_SET_STORE_AUTO_INSTALL] = {"store.auto_install", "no",
				       GV_VALUE_BOOL_OR_ALWAYS, 0},
	[GV_SET_STORE_KEEP_CACHE] = {"store.keep_cache", "no", GV_VALUE_BOOL, 0},
	[GV_SET_STORE_KEEP_GENERATIONS] = {"store.keep_generations", "10",
					   GV_VALUE_NUMBER, 1000000},
	[GV_SET_HOOKS_TIMEOUT] = {"hooks.timeout", "60", GV_VALUE_NUMBER, 86400},
	[GV_SET_JOURNAL_FORWARD] = {"journal.forward", "no", GV_VALUE_LOG, 0},
	[GV_SET_EXEC_TIMEOUT] = {"exec.timeout", "60", GV_VALUE_NUMBER, 86400},
	[GV_SET_UPGRADE_TIMEOUT] = {"upgrade.timeout", "1800", GV_VALUE_NUMBER, 86400},
	[GV_SET_UPGRADE_SHARE] = {"upgrade.share", "10", GV_VALUE_NUMBER, 100},
	[GV_SET_UPGRADE_HOSTS] = {"upgrade.hosts", "", GV_VALUE_TEXT, 0},
	[GV_POLICY_DENY] = {"policy.deny", NULL, GV_VALUE_SPECS, 0},
	[GV_POLICY_ALLOW] = {"policy.allow", NULL, GV_VALUE_SPECS, 0},
	[GV_POLICY_PRERELEASES] = {"policy.prereleases", NULL, GV_VALUE_BOOL, 0},
	[GV_POLICY_MINIMUM_TRUST] = {"policy.minimum_trust", NULL, GV_VALUE_TRUST, 0},
	[GV_POLICY_SOURCES] = {"policy.sources", NULL, GV_VALUE_SOURCES, 0},
	[GV_POLICY_SUPPORTED_ONLY] = {"policy.supported_only", NULL, GV_VALUE_BOOL, 0},
	[GV_POLICY_MINIMUM_AGE] = {"policy.minimum_age", NULL, GV_VALUE_DURATION, 0},
	[GV_POLICY_GOFLAGS] = {"policy.GOFLAGS", NULL, GV_VALUE_TEXT, 0},
	[GV_POLICY_GOTOOLCHAIN] = {"policy.GOTOOLCHAIN", NULL, GV_VALUE_TEXT, 0},
	[GV_POLICY_GOPROXY] = {"policy.GOPROXY", NULL, GV_VALUE_TEXT, 0},
	[GV_POLICY_GOSUMDB] = {"policy.GOSUMDB", NULL, GV_VALUE_TEXT, 0},
	[GV_POLICY_GONOSUMDB] = {"policy.GONOSUMDB", NULL, GV_VALUE_TEXT, 0},
	[GV_POLICY_GOPRIVATE] = {"policy.GOPRIVATE", NULL, GV_VALUE_TEXT, 0},
	[GV_POLICY_CGO_ENABLED] = {"policy.CGO_ENABLED", NULL, GV_VALUE_TEXT, 0},
};
/* clang-format on */

/* What follows "section." in a key of that section; NULL when it is another's. */
static const char *name_in(const char *key, const char *section)
{
	const char *rest = gv_after_prefix(key, section);

	return rest && *rest == '.' ? rest + 1 : NULL;
}

int gv_setting_find(const char *section, const char *name)
{
	for (int i = 0; i < GV_KEYS; i++) {
		const char *n = name_in(gv_setting_defs[i].key, section);

		if (n && strcmp(n, name) == 0)
			return i;
	}
	return -1;
}

bool gv_setting_section(const char *name)
{
	for (int i = 0; i < GV_KEYS; i++)
		if (name_in(gv_setting_defs[i].key, name))
			return true;
	return false;
}

const char *gv_setting_guess(const char *section, const char *name)
{
	const char *best = NULL;

	for (int i = 0; i < GV_KEYS; i++) {
		const char *n = name_in(gv_setting_defs[i].key, section);

		if (n)
			best = gv_nearer(name, best, n);
	}
	/* The right name in the wrong section. */
	for (int i = 0; i < GV_KEYS && !best; i++)
		if (strcmp(strchr(gv_setting_defs[i].key, '.') + 1, name) == 0)
			best = gv_setting_defs[i].key;
	return best;
}

const char *gv_setting_guess_section(const char *name)
{
	static const char *const sections[] = {"sources", "goproxy", "godev", "trust",
					       "network", "store",   "hooks", "exec",
					       "upgrade", "journal", "policy"};
	const char *best = NULL;

	for (size_t i = 0; i < GV_COUNT(sections); i++)
		best = gv_nearer(name, best, sections[i]);
	return best;
}

/* Whether `good` likes each of the words of value, and there is one. */
static bool all_words(const char *value, bool good(const char *s, size_t n))
{
	bool any = false;

	for (;;) {
		size_t n;

		value += strspn(value, " \t");
		n = strcspn(value, " \t");
		if (n == 0)
			return any;
		if (!good(value, n))
			return false;
		any = true;
		value += n;
	}
}

/* "goproxy", "exec:NAME"; which of them there are is not known here. */
static bool is_source(const char *s, size_t n)
{
	const char *program = gv_after_prefix(s, "exec:");

	if (program && program < s + n) {
		n -= (size_t)(program - s);
		s = program;
	}
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") >= n;
}

static bool is_url(const char *s, size_t n)
{
	const char *host = gv_after_prefix(s, "https://");

	if (!host)
		host = gv_after_prefix(s, "http://");
	return host && host < s + n && *host != '/';
}

static bool is_one_of(const char *value, const char *const *words)
{
	while (*words && strcmp(*words, value) != 0)
		words++;
	return *words != NULL;
}

const char *gv_setting_check(const struct gv_setting_def *def, const char *value)
{
	static const char *const levels[] = {"proven", "checksummed", "unproven", NULL};
	static const char *const bools[] = {"always", "yes", "no",  "true",
					    "false",  "on",  "off", NULL};
	static const char *const logs[] = {"no", "syslog", "journald", NULL};
	uint64_t number;
	int64_t seconds;

	switch (def->kind) {
	case GV_VALUE_TEXT:
		return NULL;
	case GV_VALUE_SOURCES:
		return all_words(value, is_source) ? NULL : "names separated by blanks";
	case GV_VALUE_URLS:
		return all_words(value, is_url) ? NULL : "https:// or http:// URLs";
	case GV_VALUE_TRUST:
		return is_one_of(value, levels) ? NULL
						: "proven, checksummed or unproven";
	case GV_VALUE_BOOL:
		return is_one_of(value, bools + 1) ? NULL : "yes or no";
	case GV_VALUE_BOOL_OR_ALWAYS:
		return is_one_of(value, bools) ? NULL : "yes, no or always";
	case GV_VALUE_SPECS:
		return gv_policy_specs_valid(value)
			       ? NULL
			       : "versions, lines and ranges, with commas between them";
	case GV_VALUE_DURATION:
		return gv_duration_parse(value, &seconds) == 0
			       ? NULL
			       : "a number and its unit: 12h, 7d, 2w";
	case GV_VALUE_LOG:
		return is_one_of(value, logs) ? NULL : "no, syslog or journald";
	case GV_VALUE_NUMBER:
		return gv_num_parse(value, strlen(value), def->max, &number) == 0
			       ? NULL
			       : "a whole number, without a unit, and not that large";
	}
	return NULL;
}
