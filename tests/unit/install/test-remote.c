// SPDX-License-Identifier: Apache-2.0
/* The pipeline against a server: resuming, ways to the log, lists, odd answers. */
#include "tests/unit/install/fixture.h"

#define ZIP "golang.org/toolchain/@v/v0.0.1-go1.22.5.linux-amd64.zip"

static void serve_proxy(struct world *w, const char *options)
{
	serve(w, options);
	proxy(w, "http://127.0.0.1:%u", w->port);
}

/* How many requests the server saw that match. */
static int requests(struct world *w, const char *pattern)
{
	struct gv_buf text = GV_BUF_INIT(64);
	char path[PATH_MAX];
	int n;

	assert_int_equal(sh(w,
			    "touch $D/requests; grep -c '%s' $D/requests >$D/n || true",
			    pattern),
			 0);
	snprintf(path, sizeof(path), "%s/n", w->dir);
	assert_int_equal(gv_read_file(AT_FDCWD, path, &text), 0);
	n = atoi(text.data);
	gv_buf_release(&text);
	return n;
}

static void from_a_server(void **state)
{
	struct world *w = *state;
	struct gv_installed done;

	serve_proxy(w, "");
	assert_int_equal(install(w, "go1.22.5", &done), 0);
	assert_int_equal(done.trust, GV_TRUST_PROVEN);
	assert_int_equal(sh(w, "test $(stat -c %%s $S/" ZIP ") = %llu",
			    (unsigned long long)done.bytes_downloaded),
			 0);
	/* the log came through the proxy, and nothing is left in the cache */
	assert_int_equal(requests(w, "sumdb/sum.test.example/supported"), 1);
	assert_int_equal(sh(w,
			    "test -z \"$(find $D/cache/partial $D/cache/archives -type f "
			    "2>/dev/null)\""),
			 0);
}

static void credentials_stay_secret(void **state)
{
	struct world *w = *state;

	serve(w, "");
	proxy(w, "http://user:secret@127.0.0.1:%u", w->port);
	refuses(w, "go1.99.9", -GV_ENOTFOUND);
	assert_null(strstr(w->err.message, "secret"));
	assert_null(strstr(w->talk, "secret"));
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	assert_null(strstr(w->talk, "secret"));
	assert_int_equal(sh(w, "! grep -rqa secret $D/store $D/cache"), 0);
}

/* -- interrupted and resumed --------------------------------------------------------- */

static void resumes(void **state)
{
	struct world *w = *state;
	struct gv_installed done;

	make(w, "go1.22.5", "--pad 400000");
	serve_proxy(w, "--cut /" ZIP "=300000");
	refuses(w, "go1.22.5", -GV_EREMOTE);
	assert_int_equal(sh(w, "test $(stat -c %%s $D/cache/partial/*) = 300000"), 0);
	assert_int_equal(install(w, "go1.22.5", &done), 0);
	assert_int_equal(done.trust, GV_TRUST_PROVEN);
	assert_in_range(done.bytes_downloaded, 1, 110000);
	assert_int_equal(requests(w, "206 bytes=300000-"), 1);
	assert_int_equal(sh(w, "test -z \"$(ls $D/cache/partial)\""), 0);
}

/* Two halves that do not fit: once more, from the first byte. */
static void resumes_in_vain(void **state)
{
	struct world *w = *state;
	struct gv_installed done;

	make(w, "go1.22.5", "--pad 400000");
	serve_proxy(w, "--cut /" ZIP "=300000");
	refuses(w, "go1.22.5", -GV_EREMOTE);
	assert_int_equal(sh(w,
			    "printf x | dd of=$(ls $D/cache/partial/*) bs=1 seek=250000 "
			    "conv=notrunc status=none"),
			 0);
	assert_int_equal(install(w, "go1.22.5", &done), 0);
	assert_int_equal(done.trust, GV_TRUST_PROVEN);
	assert_non_null(strstr(w->talk, "from the start"));
	assert_int_equal(requests(w, "GET /" ZIP " 200 -"), 2);
}

/* Nobody could tell whether the halves fit. */
static void no_resume_without_proof(void **state)
{
	struct world *w = *state;
	struct gv_installed done;

	make(w, "go1.22.5", "--pad 400000");
	w->sumdb.off = true;
	w->in.minimum = GV_TRUST_UNPROVEN;
	serve_proxy(w, "--cut /" ZIP "=300000");
	refuses(w, "go1.22.5", -GV_EREMOTE);
	assert_int_equal(install(w, "go1.22.5", &done), 0);
	assert_true(done.bytes_downloaded > 400000);
	assert_int_equal(requests(w, "206"), 0);
}

static void keeps_archives(void **state)
{
	struct world *w = *state;
	struct gv_installed done;

	set(w, GV_SET_STORE_KEEP_CACHE, "yes");
	serve_proxy(w, "");
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	assert_int_equal(sh(w, "cmp $S/" ZIP " $D/cache/archives/*"), 0);
	w->in.force = true;
	assert_int_equal(install(w, "go1.22.5", &done), 0);
	assert_int_equal(done.bytes_downloaded, 0);
	assert_int_equal(requests(w, "GET /" ZIP), 1);
	/* offline too: the receipt has the record */
	w->in.offline = true;
	assert_int_equal(install(w, "go1.22.5", &done), 0);
	assert_int_equal(done.trust, GV_TRUST_PROVEN);
	/* one that went bad is fetched anew */
	w->in.offline = false;
	assert_int_equal(sh(w, "printf x | dd of=$(ls $D/cache/archives/*) bs=1 seek=900 "
			       "conv=notrunc status=none"),
			 0);
	assert_int_equal(install(w, "go1.22.5", &done), 0);
	assert_int_equal(requests(w, "GET /" ZIP " 200"), 2);
	assert_int_equal(sh(w, "cmp $S/" ZIP " $D/cache/archives/*"), 0);
}

static void no_cache(void **state)
{
	struct world *w = *state;
	int cache = w->in.cache_dir;

	w->in.cache_dir = -1;
	serve_proxy(w, "");
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	w->in.cache_dir = cache;
	assert_int_equal(sh(w, "test -z \"$(ls $D/cache)\""), 0);
}

/* -- odd answers --------------------------------------------------------------------- */

static void odd_answers(void **state)
{
	struct world *w = *state;

	serve_proxy(w, "--status /golang.org=403");
	refuses(w, "go1.22.5", -GV_EREMOTE);
	assert_non_null(strstr(w->err.message, "403"));
	serve_proxy(w, "--status /golang.org=410");
	refuses(w, "go1.22.5", -GV_ENOTFOUND);
	serve_proxy(w, "--status /golang.org=500");
	refuses(w, "go1.22.5", -GV_EREMOTE);
	serve_proxy(w,
		    "--body '/golang.org=<!DOCTYPE html><html><body>Please log in to the "
		    "network of this hotel, it is really very nice here</body></html>'");
	refuses(w, "go1.22.5", -GV_EREMOTE);
	assert_non_null(strstr(w->err.message, "web page"));
	assert_int_equal(sh(w,
			    "echo this says that it is something and is nothing at all, "
			    "nothing at all >$S/" ZIP),
			 0);
	serve_proxy(w, "");
	refuses(w, "go1.22.5", -GV_EREMOTE);
	assert_non_null(strstr(w->err.message, "no archive"));
	serve_proxy(w, "--body /golang.org=");
	refuses(w, "go1.22.5", -GV_EREMOTE);
	/* none of it is gone on from, nor what else lies where a partial would */
	make(w, "go1.22.5", "");
	serve_proxy(w, "");
	assert_int_equal(
		sh(w,
		   "cd $D/cache/partial; test -z \"$(find . -size +0 -type f)\"; "
		   "n=$(printf http://127.0.0.1:%u/" ZIP " | sha256sum); "
		   "head -c 1000 /dev/zero >$(echo $n | cut -c1-32)-"
		   "v0.0.1-go1.22.5.linux-amd64.zip",
		   w->port),
		0);
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
}

/* -- the way to the log -------------------------------------------------------------- */

static void log_through_the_proxy(void **state)
{
	struct world *w = *state;

	/* 404 for `supported`: the log itself, which nobody answers for here */
	log_at(w, "");
	snprintf(w->sumdb.direct, sizeof(w->sumdb.direct), "http://127.0.0.1:1");
	serve_proxy(w, "--status /sumdb/sum.test.example/supported=404");
	refuses(w, "go1.22.5", -GV_EREMOTE);
	assert_int_equal(requests(w, "lookup"), 0);
	/* another error ends it, though the log itself could be asked */
	snprintf(w->sumdb.direct, sizeof(w->sumdb.direct), "http://127.0.0.1:%u/sumdb/%s",
		 w->port, "sum.test.example");
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	make(w, "go1.22.6", "");
	serve_proxy(w, "--status /sumdb/sum.test.example/supported=403");
	snprintf(w->sumdb.direct, sizeof(w->sumdb.direct), "http://127.0.0.1:%u/sumdb/%s",
		 w->port, "sum.test.example");
	refuses(w, "go1.22.6", -GV_EREMOTE);
	/* unless "|" follows */
	proxy(w, "http://127.0.0.1:%u|off", w->port);
	installs(w, "go1.22.6", GV_TRUST_PROVEN);
	/* a proxy that said yes is not left again */
	make(w, "go1.22.7", "");
	serve_proxy(w, "--status /sumdb/sum.test.example/lookup=503");
	snprintf(w->sumdb.direct, sizeof(w->sumdb.direct), "file://%s/site/sumdb/%s",
		 w->dir, "sum.test.example");
	refuses(w, "go1.22.7", -GV_EREMOTE);
}

static void log_by_url(void **state)
{
	struct world *w = *state;
	char url[128];

	/* an explicit URL: no proxy is asked for the log */
	serve_proxy(w, "--status /sumdb/sum.test.example/supported=500");
	snprintf(url, sizeof(url), " http://127.0.0.1:%u/sumdb/sum.test.example",
		 w->port);
	log_at(w, url);
	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	assert_int_equal(requests(w, "supported"), 0);
}

/* No need to fetch a hundred megabytes to learn that the log cannot be asked. */
static void no_bytes_without_log(void **state)
{
	struct world *w = *state;

	make(w, "go1.22.5", "--pad 4000000");
	serve_proxy(w, "--slow /" ZIP "=0.02");
	log_at(w, " http://127.0.0.1:1");
	refuses(w, "go1.22.5", -GV_EREMOTE);
	assert_int_equal(sh(w, "test $(stat -c %%s $D/cache/partial/*) -lt 3000000"), 0);
}

/* A version that is not there is not asked of the log either. */
static void log_not_asked_in_vain(void **state)
{
	struct world *w = *state;

	serve_proxy(w, "");
	refuses(w, "go1.99.9", -GV_ENOTFOUND);
	assert_int_equal(requests(w, "sumdb"), 0);
}

/* -- digests ------------------------------------------------------------------------- */

static void digests(void **state)
{
	struct world *w = *state;
	char feed[128], files[128];

	set(w, GV_SET_SOURCES_ORDER, "godev");
	serve(w, "");
	/* http from another host: a digest, but none that counts */
	snprintf(feed, sizeof(feed), "http://localhost:%u/feed.json", w->port);
	snprintf(files, sizeof(files), "http://127.0.0.1:%u/", w->port);
	set(w, GV_SET_GODEV_FEED, feed);
	set(w, GV_SET_GODEV_FILES, files);
	w->sumdb.off = true;
	w->in.minimum = GV_TRUST_CHECKSUMMED;
	refuses(w, "go1.22.5", -GV_EPOLICY);
	/* still, one that differs is fatal at every level */
	w->in.minimum = GV_TRUST_UNPROVEN;
	assert_int_equal(
		sh(w, "sed -i 's/\"sha256\": \"..../\"sha256\": \"0000/' $S/feed.json; "
		      "rm -rf $D/cache/releases"),
		0);
	refuses(w, "go1.22.5", -GV_EVERIFY);
	assert_non_null(strstr(w->err.message, "localhost"));
}

/* What is kept of the feed. */
#define KEPT                                                                         \
	"(echo; echo; python3 -c 'import json, sys; [print(r[\"version\"], "         \
	"f[\"os\"] + \"-\" + f[\"arch\"], f[\"filename\"], f[\"sha256\"] or "        \
	"\"-\", f[\"size\"]) for r in json.load(sys.stdin) for f in r[\"files\"]]' " \
	"<$S/feed.json)"

/* A feed that came over https from another host, and bytes over http: that counts. */
static void digest_counts(void **state)
{
	struct world *w = *state;
	struct gv_installed done;
	char files[128];

	set(w, GV_SET_SOURCES_ORDER, "godev");
	set(w, GV_SET_GODEV_FEED, "https://feed.example/");
	/* as if it had been fetched a moment ago */
	assert_int_equal(
		sh(w, "mkdir $D/cache/releases; " KEPT
		      ">$D/cache/releases/$(printf https://feed.example/ | sha256sum | "
		      "cut -c1-64)"),
		0);
	serve(w, "");
	snprintf(files, sizeof(files), "http://127.0.0.1:%u/", w->port);
	set(w, GV_SET_GODEV_FILES, files);
	w->sumdb.off = true;
	w->in.minimum = GV_TRUST_CHECKSUMMED;
	assert_int_equal(install(w, "go1.22.5", &done), 0);
	assert_int_equal(done.trust, GV_TRUST_CHECKSUMMED);
	assert_int_equal(sh(w, "grep -q '\"digest_origin\": \"feed.example\"' "
			       "$D/store/receipts/linux-amd64/go1.22.5.json"),
			 0);
	/* not when the log can be asked and knows better */
	make(w, "go1.22.6", "--flip LICENSE");
	assert_int_equal(sh(w, KEPT " >$(ls $D/cache/releases/*)"), 0);
	w->sumdb.off = false;
	proxy(w, "file://%s/site", w->dir);
	refuses(w, "go1.22.6", -GV_EVERIFY);
}

/* -- lists --------------------------------------------------------------------------- */

static int choose(struct world *w, const char *word, const char *expected)
{
	struct gv_spec spec;
	struct gv_version v;
	int r;

	assert_int_equal(
		gv_spec_parse(word, strlen(word), GV_SPEC_COMMAND, &spec, &w->err), 0);
	r = gv_install_choose(&w->in, &spec, &v, &w->err);
	if (r == 0)
		assert_string_equal(v.name, expected);
	return r;
}

static void chooses(void **state)
{
	struct world *w = *state;

	assert_int_equal(
		sh(w, "for v in 1.21.0 1.21.9 1.21.10 1.22.4 1.23rc1 1.23rc2 1.20; do "
		      "echo v0.0.1-go$v.linux-amd64; done "
		      ">>$S/golang.org/toolchain/@v/list; echo "
		      "v0.0.1-go1.24.0.linux-arm64 >>$S/golang.org/toolchain/@v/list"),
		0);
	assert_int_equal(choose(w, "latest", "go1.22.5"), 0);
	assert_int_equal(choose(w, "1.21", "go1.21.10"), 0);
	assert_int_equal(choose(w, "1", "go1.22.5"), 0);
	assert_int_equal(choose(w, "1.20", "go1.20"), 0);
	assert_int_equal(choose(w, "oldstable", "go1.21.10"), 0);
	assert_int_equal(choose(w, "1.23rc", "go1.23rc2"), 0);
	assert_int_equal(choose(w, ">=1.21", "go1.22.5"), 0);
	assert_int_equal(choose(w, "~1.22.3", "go1.22.5"), 0);
	assert_int_equal(choose(w, "1.24", ""), -GV_ENOTFOUND);
	/* the list need not name an exact version */
	assert_int_equal(choose(w, "1.99.9", "go1.99.9"), 0);
}

static void lists_are_remembered(void **state)
{
	struct world *w = *state;
	struct gv_releases list = {0};

	serve_proxy(w, "--etag");
	assert_int_equal(gv_install_releases(&w->in, false, &list, &w->err), 0);
	assert_int_equal(list.n, 1);
	assert_false(list.stale);
	gv_releases_release(&list);
	/* within the hour nobody is asked */
	assert_int_equal(gv_install_releases(&w->in, false, &list, &w->err), 0);
	gv_releases_release(&list);
	assert_int_equal(requests(w, "@v/list"), 1);
	/* later, or when it must be fresh, conditionally */
	assert_int_equal(gv_install_releases(&w->in, true, &list, &w->err), 0);
	gv_releases_release(&list);
	assert_int_equal(requests(w, "@v/list 304"), 1);
	assert_int_equal(sh(w, "touch -d '2 hours ago' $D/cache/lists/*"), 0);
	assert_int_equal(gv_install_releases(&w->in, false, &list, &w->err), 0);
	gv_releases_release(&list);
	assert_int_equal(requests(w, "@v/list 304"), 2);
	assert_int_equal(gv_install_releases(&w->in, false, &list, &w->err), 0);
	gv_releases_release(&list);
	assert_int_equal(requests(w, "@v/list"), 3);
	/* and when the server is gone, what was known, marked */
	assert_int_equal(sh(w, "touch -d '2 hours ago' $D/cache/lists/*"), 0);
	stop(w);
	assert_int_equal(gv_install_releases(&w->in, false, &list, &w->err), 0);
	assert_true(list.stale);
	assert_int_equal(list.n, 1);
	gv_releases_release(&list);
	w->in.offline = true;
	assert_int_equal(gv_install_releases(&w->in, false, &list, &w->err), 0);
	assert_true(list.stale);
	gv_releases_release(&list);
	/* nothing remembered, nobody to ask */
	assert_int_equal(sh(w, "rm -r $D/cache/lists"), 0);
	assert_int_equal(gv_install_releases(&w->in, false, &list, &w->err), -GV_EREMOTE);
	/* an answer that names no release is not remembered */
	w->in.offline = false;
	serve_proxy(w, "--body /golang.org=");
	for (int i = 0; i < 2; i++)
		assert_int_equal(gv_install_releases(&w->in, false, &list, &w->err),
				 -GV_ENOTFOUND);
	assert_int_equal(requests(w, "@v/list 200"), 3);
	assert_int_equal(sh(w, "test ! -e $D/cache/lists"), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(from_a_server),
		TEST(credentials_stay_secret),
		TEST(resumes),
		TEST(resumes_in_vain),
		TEST(no_resume_without_proof),
		TEST(keeps_archives),
		TEST(no_cache),
		TEST(odd_answers),
		TEST(log_through_the_proxy),
		TEST(log_by_url),
		TEST(log_not_asked_in_vain),
		TEST(no_bytes_without_log),
		TEST(digests),
		TEST(digest_counts),
		TEST(chooses),
		TEST(lists_are_remembered),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
