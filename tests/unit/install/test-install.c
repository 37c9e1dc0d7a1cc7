// SPDX-License-Identifier: Apache-2.0
/* The pipeline, from archives on a site to a published toolchain. */
#include "tests/unit/install/fixture.h"

#include <pthread.h>

/* -- what holds ---------------------------------------------------------------------- */

static void from_a_proxy(void **state)
{
	struct world *w = *state;
	struct gv_installed done;

	assert_int_equal(install(w, "go1.22.5", &done), 0);
	assert_int_equal(done.trust, GV_TRUST_PROVEN);
	assert_false(done.already);
	assert_string_equal(done.source, "goproxy");
	assert_int_equal(sh(w, "grep -q '%s' $S/hashes", done.h1), 0);
	assert_int_equal(
		sh(w, "test \"$(" TREE "/bin/go)\" = 'go version go1.22.5 linux/amd64'"),
		0);
	assert_int_equal(
		sh(w, "test -f " TREE "/src/go.mod -a ! -e " TREE "/src/_go.mod"), 0);
	/* the receipt proves it again without any network */
	assert_int_equal(sh(w, "grep -q '\"proven\"' "
			       "$D/store/receipts/linux-amd64/go1.22.5.json"),
			 0);
}

static void already_there(void **state)
{
	struct world *w = *state;
	struct gv_installed done;

	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	assert_int_equal(sh(w, "rm -r $S"), 0);
	proxy(w, "off");
	assert_int_equal(install(w, "go1.22.5", &done), 0);
	assert_true(done.already);
	assert_int_equal(done.trust, GV_TRUST_PROVEN);
}

static void from_dir(struct world *w, const char *what)
{
	char from[PATH_MAX];

	snprintf(from, sizeof(from), "%s/%s", w->dir, what);
	w->in.from = from;
	w->in.force = true;
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	/* what the hash does not cover is not there */
	for (const char *const *d =
		     (const char *const[]){"api", "doc", "misc", "test", NULL};
	     *d; d++)
		assert_int_equal(sh(w, "test ! -e " TREE "/%s", *d), 0);
	w->in.from = NULL;
}

static void from_files(void **state)
{
	struct world *w = *state;

	from_dir(w, "site");
	from_dir(w, "site/go1.22.5.linux-amd64.tar.gz");
	assert_int_equal(sh(w, "cp $S/go1.22.5.linux-amd64.tar.gz $D/download"), 0);
	from_dir(w, "download");
	from_dir(w, "site/golang.org/toolchain/@v/v0.0.1-go1.22.5.linux-amd64.zip");
	/* the name may lie, the first bytes do not */
	assert_int_equal(
		sh(w, "cp $S/golang.org/toolchain/@v/v0.0.1-go1.22.5.linux-amd64.zip "
		      "$D/go1.22.5.linux-amd64.tar.gz"),
		0);
	from_dir(w, "go1.22.5.linux-amd64.tar.gz");
	assert_int_equal(sh(w, "mkdir $D/m; cp $D/go1.22.5.linux-amd64.tar.gz "
			       "$D/m/v0.0.1-go1.22.5.linux-amd64.zip"),
			 0);
	from_dir(w, "m");
}

static void no_dir_entries(void **state)
{
	struct world *w = *state;
	char from[PATH_MAX];

	make(w, "go1.21.0", "--no-dirs");
	snprintf(from, sizeof(from), "%s/site/go1.21.0.linux-amd64.tar.gz", w->dir);
	w->in.from = from;
	installs(w, "go1.21.0", GV_TRUST_PROVEN);
}

/* -- what does not ------------------------------------------------------------------- */

static void spoiled(struct world *w, const char *options)
{
	char from[PATH_MAX];

	assert_int_equal(sh(w, "rm -r $S; mkdir $S"), 0);
	make(w, "go1.22.5", options);
	refuses(w, "go1.22.5", -GV_EVERIFY);
	snprintf(from, sizeof(from), "%s/site/go1.22.5.linux-amd64.tar.gz", w->dir);
	w->in.from = from;
	refuses(w, "go1.22.5", -GV_EVERIFY);
	w->in.from = NULL;
}

static void spoiled_archives(void **state)
{
	struct world *w = *state;

	spoiled(w, "--add src/evil.go");
	spoiled(w, "--drop src/empty.txt");
	spoiled(w, "--flip src/runtime/runtime.go");
	spoiled(w, "--version-file go1.22.4");
	spoiled(w, "--damage -9");
	spoiled(w, "--damage 400");
	/* a file that only one of the two spellings hides from the hash */
	spoiled(w, "--add src/_go.mod");
}

static void not_what_it_says(void **state)
{
	struct world *w = *state;

	/* no log would catch it: nobody vouches for this tree */
	w->sumdb.off = true;
	w->in.minimum = GV_TRUST_UNPROVEN;
	assert_int_equal(sh(w, "rm -r $S; mkdir $S"), 0);
	make(w, "go1.22.5", "--version-file go1.22.4");
	refuses(w, "go1.22.5", -GV_EVERIFY);
	assert_non_null(strstr(w->err.message, "go1.22.4"));
	make(w, "go1.22.5", "--drop VERSION");
	refuses(w, "go1.22.5", -GV_EVERIFY);
	make(w, "go1.22.5", "--go /bin/sh");
	installs(w, "go1.22.5", GV_TRUST_UNPROVEN);
	make(w, "go1.22.6", "--go /etc/passwd");
	refuses(w, "go1.22.6", -GV_EVERIFY);
	make(w, "go1.22.7", "--drop bin/gofmt");
	refuses(w, "go1.22.7", -GV_EVERIFY);
	/* the machine of another platform */
	assert_int_equal(
		sh(w, "tests/tools/mktoolchain.py $D/other go1.22.8 linux-arm64 "
		      ">/dev/null; tar -xzf $D/other/go1.22.8.linux-arm64.tar.gz -C "
		      "$D/other"),
		0);
	{
		char options[PATH_MAX + 64];

		snprintf(options, sizeof(options), "--go %s/other/go/bin/go", w->dir);
		make(w, "go1.22.8", options);
	}
	refuses(w, "go1.22.8", -GV_EVERIFY);
	assert_non_null(strstr(w->err.message, "linux-amd64"));
}

static void digest_beside(void **state)
{
	struct world *w = *state;
	char from[PATH_MAX];

	make(w, "go1.22.5", "--sha256");
	snprintf(from, sizeof(from), "%s/site", w->dir);
	w->in.from = from;
	w->sumdb.off = true;
	w->in.minimum = GV_TRUST_CHECKSUMMED;
	/* it lies where the archive lies: it says nothing about who made it */
	refuses(w, "go1.22.5", -GV_EPOLICY);
	w->sumdb.off = false;
	w->in.minimum = GV_TRUST_PROVEN;
	assert_int_equal(sh(w, "sed -i 's/^./x/' $S/*.sha256"), 0);
	refuses(w, "go1.22.5", -GV_EFORMAT);
	assert_int_equal(
		sh(w, "sha256sum </dev/null >$S/go1.22.5.linux-amd64.tar.gz.sha256"), 0);
	refuses(w, "go1.22.5", -GV_EVERIFY);
	assert_non_null(strstr(w->err.message, ".sha256"));
}

/* -- trust --------------------------------------------------------------------------- */

static void log_off(void **state)
{
	struct world *w = *state;

	w->sumdb.off = true;
	refuses(w, "go1.22.5", -GV_EPOLICY);
	w->in.minimum = GV_TRUST_CHECKSUMMED;
	refuses(w, "go1.22.5", -GV_EPOLICY);
	w->in.minimum = GV_TRUST_UNPROVEN;
	installs(w, "go1.22.5", GV_TRUST_UNPROVEN);
	/* not enough any more: proved where it lies, not fetched again */
	w->sumdb.off = false;
	w->in.minimum = GV_TRUST_PROVEN;
	assert_int_equal(sh(w, "rm -r $S/golang.org"), 0);
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
}

static void log_unreachable(void **state)
{
	struct world *w = *state;

	log_at(w, " http://127.0.0.1:1");
	refuses(w, "go1.22.5", -GV_EREMOTE);
	w->in.minimum = GV_TRUST_CHECKSUMMED;
	refuses(w, "go1.22.5", -GV_EREMOTE);
	w->in.minimum = GV_TRUST_UNPROVEN;
	installs(w, "go1.22.5", GV_TRUST_UNPROVEN);
}

static void log_without_it(void **state)
{
	struct world *w = *state;

	assert_int_equal(sh(w, "rm $S/sumdb/sum.test.example/lookup/golang.org/*"), 0);
	refuses(w, "go1.22.5", -GV_EPOLICY);
}

static void log_forked(void **state)
{
	struct world *w = *state;

	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	make(w, "go1.22.6", "");
	assert_int_equal(sh(w, "rm -r $S/sumdb/*/tile; "
			       "$B/tests/tools/mklog -f 400 $S <$S/hashes >/dev/null"),
			 0);
	refuses(w, "go1.22.6", -GV_EVERIFY);
	/* a fork is fatal at every level */
	w->in.minimum = GV_TRUST_UNPROVEN;
	refuses(w, "go1.22.6", -GV_EVERIFY);
}

static void proven_stays_proven(void **state)
{
	struct world *w = *state;
	struct gv_installed done;

	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	w->in.force = true;
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	w->sumdb.off = true;
	w->in.minimum = GV_TRUST_UNPROVEN;
	assert_int_equal(install(w, "go1.22.5", &done), -GV_EPOLICY);
	assert_true(gv_store_has(&w->store, "go1.22.5"));
	assert_int_equal(sh(w, "grep -q '\"proven\"' "
			       "$D/store/receipts/linux-amd64/go1.22.5.json"),
			 0);
}

/* -- offline ------------------------------------------------------------------------- */

static void offline(void **state)
{
	struct world *w = *state;
	char from[PATH_MAX];

	w->in.offline = true;
	/* directories are no network */
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	/* the receipt in the store proves the same bytes again */
	snprintf(from, sizeof(from), "%s/site/go1.22.5.linux-amd64.tar.gz", w->dir);
	w->in.from = from;
	w->in.force = true;
	w->in.goproxy = NULL;
	assert_int_equal(sh(w, "mv $S/sumdb $D/sumdb"), 0);
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	/* another toolchain has none */
	assert_int_equal(sh(w, "tests/tools/mktoolchain.py $S go1.22.6 >/dev/null; "
			       "$B/tests/tools/mklog -f 300 $S <$S/hashes >/dev/null; "
			       "rm -r $D/sumdb; mv $S/sumdb $D/sumdb"),
			 0);
	snprintf(from, sizeof(from), "%s/site/go1.22.6.linux-amd64.tar.gz", w->dir);
	refuses(w, "go1.22.6", -GV_EREMOTE);
	/* unless the log's files lie beside the archive */
	assert_int_equal(sh(w, "mv $D/sumdb $S/sumdb"), 0);
	installs(w, "go1.22.6", GV_TRUST_PROVEN);
	w->in.from = NULL;
	proxy(w, "http://127.0.0.1:1");
	refuses(w, "go1.22.7", -GV_EREMOTE);
}

/* -- the list of proxies ------------------------------------------------------------- */

static void proxies(void **state)
{
	struct world *w = *state;

	proxy(w, "file://%s/none", w->dir);
	refuses(w, "go1.22.5", -GV_ENOTFOUND);
	proxy(w, "off");
	refuses(w, "go1.22.5", -GV_EPOLICY);
	assert_non_null(strstr(w->err.message, "GOPROXY=off"));
	proxy(w, "file://%s/none,off", w->dir);
	refuses(w, "go1.22.5", -GV_EPOLICY);
	/* the log is asked through the proxy that has it */
	proxy(w, "http://127.0.0.1:1,file://%s/site", w->dir);
	refuses(w, "go1.22.5", -GV_EREMOTE);
	proxy(w, "http://127.0.0.1:1|file://%s/site", w->dir);
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	make(w, "go1.22.6", "");
	proxy(w, "file://%s/none,file://%s/site,off", w->dir, w->dir);
	installs(w, "go1.22.6", GV_TRUST_PROVEN);
}

/* After "," only 404 and 410 lead on, also where the log is not in the way. */
static void comma_and_bar(void **state)
{
	struct world *w = *state;
	char log[PATH_MAX];

	snprintf(log, sizeof(log), " file://%s/site/sumdb/sum.test.example", w->dir);
	log_at(w, log);
	proxy(w, "http://127.0.0.1:1,file://%s/site", w->dir);
	refuses(w, "go1.22.5", -GV_EREMOTE);
	proxy(w, "http://127.0.0.1:1|file://%s/site", w->dir);
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
}

static void next_source(void **state)
{
	struct world *w = *state;
	char files[PATH_MAX + 16];

	/* the first source cannot answer; godev has no feed here, but its names are known
	 */
	set(w, GV_SET_SOURCES_ORDER, "goproxy godev");
	set(w, GV_SET_GODEV_FEED, "http://127.0.0.1:1/");
	serve(w, "");
	snprintf(files, sizeof(files), "http://127.0.0.1:1/ http://127.0.0.1:%u/",
		 w->port);
	set(w, GV_SET_GODEV_FILES, files);
	proxy(w, "http://127.0.0.1:1|file://%s/none", w->dir);
	{
		char log[128];

		snprintf(log, sizeof(log), " http://127.0.0.1:%u/sumdb/sum.test.example",
			 w->port);
		log_at(w, log);
	}
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	/* a contradiction ends it, whoever else might have it */
	make(w, "go1.22.6", "");
	assert_int_equal(
		sh(w, "mkdir $D/bad; tests/tools/mktoolchain.py --flip VERSION $D/bad "
		      "go1.22.6 >/dev/null"),
		0);
	proxy(w, "file://%s/bad|file://%s/site", w->dir, w->dir);
	refuses(w, "go1.22.6", -GV_EVERIFY);
	/* nobody has it */
	set(w, GV_SET_SOURCES_ORDER, "goproxy");
	refuses(w, "go1.99.9", -GV_ENOTFOUND);
}

/* -- several at once ----------------------------------------------------------------- */

struct one {
	struct world *w;
	const char *name;
	int result;
	struct gv_installed done;
};

static void quiet(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

static void *install_one(void *arg)
{
	struct one *o = arg;
	struct gv_err err = GV_ERR_INIT;
	struct gv_version v;

	if (gv_version_parse(o->name, strlen(o->name), &v) == 0)
		o->result = gv_install_one(&o->w->in, &v, &o->done, &err);
	return NULL;
}

static void in_parallel(void **state)
{
	struct world *w = *state;
	static const char *const names[] = {"go1.22.5", "go1.22.6", "go1.22.5",
					    "go1.22.7"};
	struct one ones[4];
	pthread_t threads[4];
	int already = 0;

	make(w, "go1.22.6", "");
	make(w, "go1.22.7", "");
	w->in.talk = quiet;
	for (int i = 0; i < 4; i++) {
		ones[i] = (struct one){.w = w, .name = names[i], .result = 1};
		assert_int_equal(pthread_create(&threads[i], NULL, install_one, &ones[i]),
				 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(ones[i].result, 0);
		assert_int_equal(ones[i].done.trust, GV_TRUST_PROVEN);
		already += ones[i].done.already;
	}
	assert_int_equal(already, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(from_a_proxy),   TEST(already_there),    TEST(from_files),
		TEST(no_dir_entries), TEST(spoiled_archives), TEST(not_what_it_says),
		TEST(digest_beside),  TEST(log_off),	      TEST(log_unreachable),
		TEST(log_without_it), TEST(log_forked),	      TEST(proven_stays_proven),
		TEST(offline),	      TEST(proxies),	      TEST(comma_and_bar),
		TEST(next_source),    TEST(in_parallel),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
