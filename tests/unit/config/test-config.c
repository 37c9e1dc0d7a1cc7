// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/config/config.h"
#include "core/config/dirs.h"
#include "core/config/inifile.h"
#include "core/config/nearest.h"
#include "tests/unit/scratch.h"

static int parse(const char *text, struct gv_inifile *ini, struct gv_err *err)
{
	*ini = (struct gv_inifile){.path = "x.ini", .may_lock = true};
	*err = GV_ERR_INIT;
	return gv_inifile_parse(ini, text, strlen(text), err);
}

/* Refused, at this line, and with this in the message. */
static void refused(const char *text, unsigned line, const char *word)
{
	struct gv_inifile ini;
	struct gv_err err;
	char place[32];

	assert_int_equal(parse(text, &ini, &err), -GV_EUSAGE);
	snprintf(place, sizeof(place), "x.ini:%u: ", line);
	assert_int_equal(err.line, line);
	assert_string_equal(err.file, "x.ini");
	assert_non_null(strstr(err.message, place));
	if (!strstr(err.message, word) && !strstr(err.hint, word))
		fail_msg("'%s' (%s) does not say '%s'", err.message, err.hint, word);
	gv_inifile_release(&ini);
}

static void accepted(const char *text, enum gv_setting_id id, const char *value,
		     unsigned line)
{
	struct gv_inifile ini;
	struct gv_err err;

	if (parse(text, &ini, &err) != 0)
		fail_msg("refused: %s", err.message);
	assert_string_equal(ini.values[id], value);
	assert_int_equal(ini.lines[id], line);
	gv_inifile_release(&ini);
}

static void test_accepted(void **state)
{
	(void)state;
	accepted("[trust]\nminimum = checksummed\n", GV_SET_TRUST_MINIMUM, "checksummed",
		 2);
	accepted("\xef\xbb\xbf[trust]\r\nminimum=unproven\r\n", GV_SET_TRUST_MINIMUM,
		 "unproven", 2);
	accepted("# c\n\n[network] ; c\n  retries = 7 ; c\n", GV_SET_NET_RETRIES, "7", 4);
	accepted("[godev]\nfiles = https://a.example/\n\t https://b.example/?x=1\n",
		 GV_SET_GODEV_FILES, "https://a.example/ https://b.example/?x=1", 2);
	accepted("[godev]\nfiles = https://a.example/\n  [trust]\nminimum = proven\n",
		 GV_SET_TRUST_MINIMUM, "proven", 4);
	accepted("[goproxy]\nurl =", GV_SET_GOPROXY_URL, "", 2);
}

static void test_refused(void **state)
{
	char line[600];

	(void)state;
	refused("[trust]\nminimun = proven\n", 2, "'minimum'");
	refused("[trsut]\n", 1, "'trust'");
	refused("[trust]\nurl = x\n", 2, "'goproxy.url'");
	refused("minimum = proven\n", 1, "minimum");
	refused("[trust]\n\nminimum = maybe\n", 3, "proven, checksummed");
	refused("[network]\nretries = 4s\n", 2, "retries");
	refused("[network]\nretries = -1\n", 2, "retries");
	refused("[network]\nretries = 101\n", 2, "retries");
	refused("[store]\nkeep_cache = perhaps\n", 2, "yes or no");
	refused("[godev]\nfeed = ftp://x/\n", 2, "URL");
	refused("[godev]\nfeed = https:///x\n", 2, "URL");
	refused("[sources]\norder =\n", 2, "names");
	refused("[trust]\nminimum = proven\nminimum = proven\n", 3, "second");
	refused("[trust]\nminimum\n", 2, "key = value");
	refused("[trust\n", 1, "section");
	refused("[trust] minimum = proven\n", 1, "section");
	refused("[trust]\nminimum = proven\n  sumdb = off\n", 3, "indented");
	refused("[goproxy]\nurl = a\x1b[31m\n", 2, "control");
	memset(line, 'x', sizeof(line));
	memcpy(line, "[goproxy]\nurl = ", 16);
	line[400] = '\0';
	refused(line, 2, "190");
	line[16 + 190 - 6] = '\0';
	accepted(line, GV_SET_GOPROXY_URL, line + 16, 2);
	line[16 + 190 - 6] = 'x';
	line[16 + 191 - 6] = '\0';
	refused(line, 2, "190");
	memset(line + 1, 's', 300);
	line[300] = ']';
	line[301] = '\0';
	refused(line, 1, "section");
}

static void test_nul(void **state)
{
	static const char text[] = "[goproxy]\nurl = a\0b\n";
	struct gv_inifile ini = {.path = "x.ini"};
	struct gv_err err = GV_ERR_INIT;

	(void)state;
	assert_int_equal(gv_inifile_parse(&ini, text, sizeof(text) - 1, &err),
			 -GV_EUSAGE);
	assert_int_equal(err.line, 2);
	gv_inifile_release(&ini);
}

static void test_lock_only_in_the_store(void **state)
{
	struct gv_inifile ini = {.path = "x.ini", .may_lock = false};
	struct gv_err err = GV_ERR_INIT;
	const char *text = "[policy]\nlock = trust.minimum\n";

	(void)state;
	assert_int_equal(gv_inifile_parse(&ini, text, strlen(text), &err), -GV_EUSAGE);
	assert_int_equal(err.line, 2);
	gv_inifile_release(&ini);
	assert_int_equal(parse(text, &ini, &err), 0);
	assert_string_equal(ini.lock, "trust.minimum");
	gv_inifile_release(&ini);
	refused("[policy]\nlok = trust.minimum\n", 2, "'lock'");
	refused("[policy]\nalow = 1.22\n", 2, "'allow'");
	refused("[policy]\ndeny = 1.22 1.23\n", 2, "commas");
	refused("[policy]\nminimum_age = 7\n", 2, "7d");
	refused("[policy]\nprereleases = never\n", 2, "yes or no");
	accepted("[policy]\ndeny = <1.21,\n  1.22.3\n", GV_POLICY_DENY, "<1.21, 1.22.3",
		 2);
	accepted("[policy]\nGOFLAGS = -mod=readonly\n", GV_POLICY_GOFLAGS,
		 "-mod=readonly", 2);
}

/* -- the files together -- */

static char dir[4096];
static char root[4200], home[4200], given[4200];

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int make_dirs(void **state)
{
	char path[4300];

	(void)state;
	if (!make_scratch(dir, sizeof(dir)))
		return -1;
	snprintf(root, sizeof(root), "%s/root", dir);
	snprintf(home, sizeof(home), "%s/config", dir);
	snprintf(given, sizeof(given), "%s/given.ini", dir);
	snprintf(path, sizeof(path), "%s/govern", home);
	return mkdir(root, 0755) || mkdir(home, 0755) || mkdir(path, 0755);
}

static int remove_dirs(void **state)
{
	char path[4400];

	(void)state;
	snprintf(path, sizeof(path), "%s/root/govern.ini", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/govern/govern.ini", home);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(home);
	rmdir(root);
	unlink(given);
	return rmdir(dir);
}

static void test_order_and_lock(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_config c;
	char store_ini[4400], user_ini[4400], want[4500];

	(void)state;
	setenv("XDG_CONFIG_HOME", home, 1);
	unsetenv("GOVERN_CONFIG");
	snprintf(store_ini, sizeof(store_ini), "%s/govern.ini", root);
	snprintf(user_ini, sizeof(user_ini), "%s/govern/govern.ini", home);

	assert_int_equal(gv_config_load(root, &c, &err), 0);
	assert_string_equal(gv_config_str(&c, GV_SET_TRUST_MINIMUM), "proven");
	assert_string_equal(c.settings[GV_SET_TRUST_MINIMUM].origin, "default");
	assert_int_equal(gv_config_num(&c, GV_SET_NET_CONNECT_TIMEOUT), 10);
	assert_string_equal(gv_config_str(&c, GV_SET_GOPROXY_URL), "");
	gv_config_release(&c);

	put(store_ini, "[network]\nretries = 1\n[store]\nkeep_cache = yes\n");
	put(user_ini, "[network]\nretries = 2\n[trust]\nminimum = unproven\n");
	put(given, "[network]\nretries = 3\n");
	setenv("GOVERN_CONFIG", given, 1);
	assert_int_equal(gv_config_load(root, &c, &err), 0);
	assert_int_equal(gv_config_num(&c, GV_SET_NET_RETRIES), 3);
	assert_true(gv_config_bool(&c, GV_SET_STORE_KEEP_CACHE));
	assert_string_equal(gv_config_str(&c, GV_SET_TRUST_MINIMUM), "unproven");
	snprintf(want, sizeof(want), "%s:4", user_ini);
	assert_string_equal(c.settings[GV_SET_TRUST_MINIMUM].origin, want);
	gv_config_release(&c);

	put(store_ini, "[network]\nretries = 1\n[policy]\n"
		       "lock = network.retries trust.minimum\n");
	assert_int_equal(gv_config_load(root, &c, &err), 0);
	assert_int_equal(gv_config_num(&c, GV_SET_NET_RETRIES), 1);
	assert_string_equal(gv_config_str(&c, GV_SET_TRUST_MINIMUM), "proven");
	assert_true(c.settings[GV_SET_TRUST_MINIMUM].locked);
	assert_false(c.settings[GV_SET_STORE_KEEP_CACHE].locked);
	gv_config_release(&c);

	put(store_ini, "[policy]\nlock = trust.minimal\n");
	assert_int_equal(gv_config_load(root, &c, &err), -GV_EUSAGE);
	assert_int_equal(err.line, 2);
	put(store_ini, "");
	unlink(given);
	assert_int_equal(gv_config_load(root, &c, &err), -GV_EUSAGE);
	setenv("GOVERN_CONFIG", "relative.ini", 1);
	assert_int_equal(gv_config_load(root, &c, &err), -GV_EUSAGE);
	unsetenv("GOVERN_CONFIG");
	assert_int_equal(gv_config_load(root, &c, &err), 0);
	gv_config_release(&c);
}

/* All of them hold; what a later file says takes nothing away. */
static void test_policy_adds_up(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	char store_ini[4400], user_ini[4400];
	const struct gv_policy_rule *r;
	struct gv_config c;

	(void)state;
	setenv("XDG_CONFIG_HOME", home, 1);
	unsetenv("GOVERN_CONFIG");
	snprintf(store_ini, sizeof(store_ini), "%s/govern.ini", root);
	snprintf(user_ini, sizeof(user_ini), "%s/govern/govern.ini", home);
	put(store_ini, "[policy]\nlock = policy.prereleases\nprereleases = no\n"
		       "deny = 1.22.3\n");
	put(user_ini, "[policy]\nprereleases = yes\nGOFLAGS =\n");
	assert_int_equal(gv_config_load(root, &c, &err), 0);
	r = c.policy.rules;
	assert_int_equal(c.policy.n, 4);
	assert_string_equal(r[0].key, "policy.deny");
	assert_string_equal(r[0].value, "1.22.3");
	assert_string_equal(r[0].file, store_ini);
	assert_int_equal(r[0].line, 4);
	assert_true(r[0].shared && r[1].shared && !r[2].shared);
	assert_int_equal(r[1].id, GV_POLICY_PRERELEASES);
	assert_string_equal(r[1].value, "no");
	assert_string_equal(r[2].value, "yes");
	assert_string_equal(r[2].file, user_ini);
	assert_int_equal(r[3].id, GV_POLICY_GOFLAGS);
	assert_string_equal(r[3].value, "");
	gv_config_release(&c);
	put(store_ini, "");
	put(user_ini, "");
}

static void test_dirs(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	const char *origin;
	char *path;

	(void)state;
	setenv("HOME", "/h", 1);
	unsetenv("GOVERN_ROOT");
	unsetenv("XDG_DATA_HOME");
	assert_int_equal(gv_dirs_root(NULL, &path, &origin, &err), 0);
	assert_string_equal(path, "/h/.local/share/govern");
	assert_string_equal(origin, "default");
	free(path);
	setenv("XDG_DATA_HOME", "relative", 1);
	assert_int_equal(gv_dirs_root(NULL, &path, &origin, &err), 0);
	assert_string_equal(path, "/h/.local/share/govern");
	free(path);
	setenv("XDG_DATA_HOME", "/d/", 1);
	assert_int_equal(gv_dirs_root(NULL, &path, &origin, &err), 0);
	assert_string_equal(path, "/d/govern");
	free(path);
	setenv("GOVERN_ROOT", "/r//", 1);
	assert_int_equal(gv_dirs_root(NULL, &path, &origin, &err), 0);
	assert_string_equal(path, "/r");
	assert_string_equal(origin, "GOVERN_ROOT");
	free(path);
	assert_int_equal(gv_dirs_root("/given", &path, &origin, &err), 0);
	assert_string_equal(path, "/given");
	assert_string_equal(origin, "--root");
	free(path);
	setenv("GOVERN_ROOT", "r", 1);
	assert_int_equal(gv_dirs_root(NULL, &path, &origin, &err), -GV_EUSAGE);
	unsetenv("GOVERN_ROOT");
	unsetenv("XDG_DATA_HOME");
	unsetenv("HOME");
	assert_int_equal(gv_dirs_root(NULL, &path, &origin, &err), -GV_EUSAGE);
}

static void test_nearest(void **state)
{
	(void)state;
	assert_int_equal(gv_edit_distance("install", "install"), 0);
	assert_int_equal(gv_edit_distance("instal", "install"), 1);
	assert_int_equal(gv_edit_distance("isntall", "install"), 1);
	assert_int_equal(gv_edit_distance("", "abc"), 3);
	assert_int_equal(gv_edit_distance("kitten", "sitting"), 3);
	assert_string_equal(gv_nearer("instal", NULL, "install"), "install");
	assert_null(gv_nearer("xyz", NULL, "install"));
	assert_null(gv_nearer("zz", NULL, "ab"));
	assert_string_equal(gv_nearer("lits", "list", "line"), "list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_lock_only_in_the_store),
		cmocka_unit_test_setup_teardown(test_order_and_lock, make_dirs,
						remove_dirs),
		cmocka_unit_test_setup_teardown(test_policy_adds_up, make_dirs,
						remove_dirs),
		cmocka_unit_test(test_dirs),
		cmocka_unit_test(test_nearest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
