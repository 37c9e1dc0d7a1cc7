// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/config/policy.h"

/* Rules by key and value, all of file F, each on a line of its own. */
static char file[] = "F", no[] = "no";
static struct gv_policy_rule rules[8];
static struct gv_policy policy = {.rules = rules};

static void rule(enum gv_setting_id id, const char *key, char *value)
{
	rules[policy.n] = (struct gv_policy_rule){
		.id = id,
		.key = key,
		.value = value,
		.file = file,
		.line = (unsigned)policy.n + 1,
	};
	policy.n++;
}

static int forget(void **state)
{
	(void)state;
	policy.n = 0;
	return 0;
}

static struct gv_version version(const char *name)
{
	struct gv_version v;

	assert_int_equal(gv_version_parse(name, strlen(name), &v), 0);
	return v;
}

/* The line of the rule that it breaks; 0: it is allowed. */
static unsigned broken(struct gv_policy_subject s, const char *name)
{
	struct gv_version v = version(name);
	struct gv_err err = GV_ERR_INIT;
	int r;

	s.version = &v;
	r = gv_policy_judge(&policy, &s, &err);
	if (r == 0) {
		assert_int_equal(err.code, 0);
		return 0;
	}
	assert_int_equal(r, -GV_EPOLICY);
	assert_int_equal(err.code, -GV_EPOLICY);
	assert_string_equal(err.file, "F");
	assert_non_null(strstr(err.message, name));
	assert_string_equal(err.hint, "govern policy show");
	return err.line;
}

static unsigned by_version(const char *name)
{
	return broken((struct gv_policy_subject){0}, name);
}

static void test_nothing_is_forbidden(void **state)
{
	(void)state;
	assert_int_equal(by_version("go1.23rc1"), 0);
	assert_int_equal(broken(
				 (struct gv_policy_subject){
					 .trust = "unproven",
					 .source = "dir",
					 .supported = GV_SUPPORTED_UNKNOWN,
					 .released_at = GV_RELEASED_UNKNOWN,
				 },
				 "go1.2"),
			 0);
}

static void test_deny(void **state)
{
	(void)state;
	rule(GV_POLICY_DENY, "policy.deny", "<1.21.8, 1.22.3,\t>=1.23 <1.23.2,1.19");
	assert_int_equal(by_version("go1.21.7"), 1);
	assert_int_equal(by_version("go1.21.8"), 0);
	assert_int_equal(by_version("go1.21rc2"), 1);
	assert_int_equal(by_version("go1.19.13"), 1);
	assert_int_equal(by_version("go1.22.3"), 1);
	assert_int_equal(by_version("go1.22.2"), 0);
	assert_int_equal(by_version("go1.22.4"), 0);
	/* what is built from it may have the same hole */
	assert_int_equal(by_version("go1.22.3-bigcorp"), 1);
	assert_int_equal(by_version("go1.23rc1"), 1);
	assert_int_equal(by_version("go1.23.1-bigcorp"), 1);
	assert_int_equal(by_version("go1.23.2"), 0);
}

static void test_allow(void **state)
{
	(void)state;
	rule(GV_POLICY_ALLOW, "policy.allow", "1.21, >=1.22.4, go1.20.1-bigcorp");
	rule(GV_POLICY_ALLOW, "policy.allow", "<1.24");
	assert_int_equal(by_version("go1.21.0"), 0);
	assert_int_equal(by_version("go1.21.9-bigcorp"), 0);
	assert_int_equal(by_version("go1.22.3"), 1);
	assert_int_equal(by_version("go1.22.4"), 0);
	assert_int_equal(by_version("go1.23rc1"), 0);
	/* both hold */
	assert_int_equal(by_version("go1.24.0"), 2);
	assert_int_equal(by_version("go1.20.1"), 1);
	assert_int_equal(by_version("go1.20.1-bigcorp"), 0);
}

/* An exact version allows itself, and nothing that calls itself so. */
static void test_allow_exact(void **state)
{
	(void)state;
	rule(GV_POLICY_ALLOW, "policy.allow", "1.22.5");
	assert_int_equal(by_version("go1.22.5"), 0);
	assert_int_equal(by_version("go1.22.5-evil"), 1);
}

static void test_tighter_wins(void **state)
{
	(void)state;
	rule(GV_POLICY_PRERELEASES, "policy.prereleases", "no");
	rule(GV_POLICY_PRERELEASES, "policy.prereleases", "yes");
	assert_int_equal(by_version("go1.23rc1"), 1);
	assert_int_equal(by_version("go1.9.2rc2"), 1);
	assert_int_equal(by_version("go1.22.5-bigcorp"), 0);
	assert_int_equal(by_version("go1.22.5"), 0);
}

static void test_trust_and_source(void **state)
{
	struct gv_policy_subject s = {.trust = "checksummed", .source = "goproxy"};

	(void)state;
	rule(GV_POLICY_MINIMUM_TRUST, "policy.minimum_trust", "checksummed");
	rule(GV_POLICY_SOURCES, "policy.sources", "godev  goproxy exec:ours");
	assert_int_equal(broken(s, "go1.22.5"), 0);
	s.trust = "proven";
	assert_int_equal(broken(s, "go1.22.5"), 0);
	s.trust = "unproven";
	assert_int_equal(broken(s, "go1.22.5"), 1);
	s.trust = NULL;
	assert_int_equal(broken(s, "go1.22.5"), 0);
	s.source = "exec:our";
	assert_int_equal(broken(s, "go1.22.5"), 2);
	s.source = "exec:ours";
	assert_int_equal(broken(s, "go1.22.5"), 0);
	s.source = "go";
	assert_int_equal(broken(s, "go1.22.5"), 2);
	s.source = NULL;
	assert_int_equal(broken(s, "go1.22.5"), 0);
}

static void test_supported(void **state)
{
	struct gv_policy_subject s = {0};

	(void)state;
	rule(GV_POLICY_SUPPORTED_ONLY, "policy.supported_only", "yes");
	assert_int_equal(broken(s, "go1.22.5"), 0);
	s.supported = GV_SUPPORTED_YES;
	assert_int_equal(broken(s, "go1.22.5"), 0);
	s.supported = GV_SUPPORTED_NO;
	assert_int_equal(broken(s, "go1.22.5"), 1);
	/* nobody knows: that is no yes */
	s.supported = GV_SUPPORTED_UNKNOWN;
	assert_int_equal(broken(s, "go1.22.5"), 1);
	rules[0].value = no;
	assert_int_equal(broken(s, "go1.22.5"), 0);
	assert_false(gv_policy_has(&policy, GV_POLICY_SUPPORTED_ONLY));
}

static void test_age(void **state)
{
	enum { DAY = 86400, NOW = 1800000000 };
	struct gv_policy_subject s = {.now = NOW};

	(void)state;
	rule(GV_POLICY_MINIMUM_AGE, "policy.minimum_age", "1w");
	assert_true(gv_policy_has(&policy, GV_POLICY_MINIMUM_AGE));
	assert_int_equal(broken(s, "go1.22.5"), 0);
	s.released_at = NOW - 7 * DAY;
	assert_int_equal(broken(s, "go1.22.5"), 0);
	s.released_at++;
	assert_int_equal(broken(s, "go1.22.5"), 1);
	/* by a clock that is wrong, somebody's */
	s.released_at = NOW + DAY;
	assert_int_equal(broken(s, "go1.22.5"), 1);
	s.released_at = GV_RELEASED_UNKNOWN;
	assert_int_equal(broken(s, "go1.22.5"), 1);
}

static void test_specs(void **state)
{
	static const char *const good[] = {"1.22.5",	      "1.22",
					   "<1.22",	      "1.23rc1, 1.23rc",
					   "1.22,",	      ">=1.21 <1.23,~1.22.3",
					   "go1.22.5-bigcorp"};
	static const char *const bad[] = {
		"",	     ",",      "latest",    "@prod", "system", "1.22.5+auto",
		"1.22 1.23", "1.22,,", "oldstable", "*",     "tip"};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(good); i++)
		if (!gv_policy_specs_valid(good[i]))
			fail_msg("'%s' is refused", good[i]);
	for (size_t i = 0; i < GV_COUNT(bad); i++)
		if (gv_policy_specs_valid(bad[i]))
			fail_msg("'%s' is taken", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing_is_forbidden, forget),
		cmocka_unit_test_setup(test_deny, forget),
		cmocka_unit_test_setup(test_allow, forget),
		cmocka_unit_test_setup(test_allow_exact, forget),
		cmocka_unit_test_setup(test_tighter_wins, forget),
		cmocka_unit_test_setup(test_trust_and_source, forget),
		cmocka_unit_test_setup(test_supported, forget),
		cmocka_unit_test_setup(test_age, forget),
		cmocka_unit_test(test_specs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
