// SPDX-License-Identifier: Apache-2.0
/* The fetcher against a server on this machine that answers well, or in every bad way. */
#include "tests/unit/worker/fetch-rig.h"

#include "core/base/interrupt.h"

static int set_up(void **state)
{
	(void)state;
	rig_make();
	rig_start("http", NULL);
	rig_open();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rig_close();
	rig_stop();
	rig_remove();
	return 0;
}

static int forget(void **state)
{
	(void)state;
	rig_forget();
	return 0;
}

/* -- good answers -------------------------------------------------------------------- */

static void test_whole_file(void **state)
{
	struct got *g = rig_get("/a.zip");

	(void)state;
	is_whole(g);
	assert_int_equal(g->total, RIG_SIZE);
	assert_int_equal(g->info.status, 200);
	assert_int_equal(g->info.bytes, RIG_SIZE);
	assert_int_equal(g->info.etag[0], '"');
	assert_non_null(strstr(g->info.last_modified, "GMT"));
	assert_non_null(strstr(g->info.url, "/a.zip"));
	assert_non_null(strstr(rig_log(), "\"user-agent\": \"govern/" GV_VERSION "\""));
	assert_null(strstr(rig_log(), "accept-encoding"));
	assert_null(strstr(rig_log(), "range"));
}

static void test_empty_and_chunked(void **state)
{
	struct got *g = rig_get("/empty");

	(void)state;
	assert_int_equal(g->r, 0);
	assert_int_equal(g->body.len, 0);
	is_whole(rig_get("/chunked/a.zip"));
}

static void test_connection_is_kept(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(rig_get("/list")->r, 0);
	assert_int_equal(rig_get("/nothing")->r, -GV_EGONE);
	assert_int_equal(rig_get("/list")->r, 0);
	assert_int_equal(rig_requests(), 5);
	{
		const char *first = strstr(rig_log(), "\"connection\": ");
		char same[32];

		snprintf(same, sizeof(same), "%.20s", first);
		strchr(same, '}')[1] = '\0';
		for (const char *s = rig_log(); *s; s = strchr(s, '\n') + 1)
			assert_non_null(strstr(s, same));
	}
}

static void test_conditional(void **state)
{
	char etag[256];
	struct got *g = rig_get("/list");

	(void)state;
	strcpy(etag, g->info.etag);
	g = rig_ask("/list", (struct gv_fetch){.etag = etag});
	assert_int_equal(g->r, 0);
	assert_true(g->info.not_modified);
	assert_int_equal(g->info.status, 304);
	assert_int_equal(g->body.len, 0);
	g = rig_ask("/list", (struct gv_fetch){.etag = "\"another\""});
	assert_false(g->info.not_modified);
	assert_int_equal(g->body.len, 6);
	/* A validator with a line end in it cannot smuggle in a header. */
	g = rig_ask("/list", (struct gv_fetch){.etag = "\"a\"\r\nX-Evil: 1"});
	assert_int_equal(g->body.len, 6);
	assert_null(strstr(rig_log(), "x-evil"));
	/* 304 to a question that was none. */
	is_refused(rig_get("/status=304/list"), -GV_EREMOTE, "304");
}

static void test_get_all(void **state)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(100);
	struct gv_err err = GV_ERR_INIT;
	char url[128];

	(void)state;
	snprintf(url, sizeof(url), "http://127.0.0.1:%s/list", rig.port);
	if (gv_fetcher_get_all(rig_fetcher, url, true, &b, NULL, &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal(b.data, "v1\nv2\n");
	snprintf(url, sizeof(url), "http://127.0.0.1:%s/a.zip", rig.port);
	assert_int_equal(gv_fetcher_get_all(rig_fetcher, url, true, &b, NULL, &err),
			 -GV_EREMOTE);
	assert_string_equal(b.data, "v1\nv2\n"); /* untouched */
	assert_int_equal(gv_fetcher_get_all(rig_fetcher, url, false, &b, NULL, &err),
			 -GV_EREMOTE);
	assert_non_null(strstr(err.message, "not https"));
}

/* -- broken transfers ---------------------------------------------------------------- */

static void test_cut_is_resumed(void **state)
{
	struct got *g = rig_get("/cut-once/a.zip");

	(void)state;
	is_whole(g);
	assert_int_equal(g->restarts, 0);
	assert_int_equal(g->info.bytes, RIG_SIZE);
	assert_int_equal(rig_requests(), 2);
	assert_non_null(strstr(rig_log(), "\"range\": \"bytes=150000-\""));
	assert_non_null(strstr(rig_log(), "\"if-range\": \"\\\""));
}

static void test_cut_always_ends(void **state)
{
	(void)state;
	/* Each attempt brings a bit more, the third is the last. */
	is_refused(rig_get("/cut=1000/a.zip"), -GV_EREMOTE, "a.zip");
	assert_int_equal(rig_requests(), 3);
	assert_non_null(strstr(rig_log(), "\"range\": \"bytes=2000-\""));
}

static void test_changed_file_is_not_spliced(void **state)
{
	static const char *const modes[] = {"/cut-changed/a.zip", "/cut-splice/a.zip"};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(modes); i++) {
		struct got *g = rig_get(modes[i]);

		assert_int_equal(g->r, 0);
		assert_int_equal(g->restarts, 1);
		assert_int_equal(g->body.len, RIG_SIZE);
		for (size_t b = 0; b < RIG_SIZE; b++)
			if (((unsigned char)g->body.data[b] ^ rig_content()[b]) != 0xff)
				fail_msg("byte %zu is of the other file", b);
	}
}

static void test_bad_ranges_begin_again(void **state)
{
	static const char *const modes[] = {
		"range-ignored", "range-wrong-off", "range-wrong-total",
		"always-416",	 "part-no-range",   "part-short",
		"part-long",	 "part-multi",	    "part-other-tag"};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(modes); i++) {
		char path[64];
		struct got *g;

		snprintf(path, sizeof(path), "/%s/a.zip", modes[i]);
		g = rig_get(path);
		is_whole(g);
		assert_int_equal(g->restarts, 1);
	}
}

static void test_no_restart_is_an_error(void **state)
{
	char url[128];
	struct got got = {.body = GV_BUF_INIT(RIG_SIZE)};
	struct gv_fetch what = {.url = url,
				.max = RIG_SIZE,
				.allow_http = true,
				.sink = got_data,
				.arg = &got};

	(void)state;
	snprintf(url, sizeof(url), "http://127.0.0.1:%s/range-ignored/list", rig.port);
	assert_int_equal(gv_fetcher_get(rig_fetcher, &what, &got.info, &got.err),
			 -GV_EREMOTE);
	assert_non_null(strstr(got.err.message, "cannot continue"));
	gv_buf_release(&got.body);
	assert_int_equal(rig_get("/list")->r, 0);
}

static void test_resume_of_a_partial(void **state)
{
	char etag[256];
	struct got *g = rig_get("/a.zip");

	(void)state;
	strcpy(etag, g->info.etag);
	g = rig_ask("/a.zip", (struct gv_fetch){.offset = 1000, .validator = etag});
	is_whole(g);
	assert_int_equal(g->info.status, 206);
	assert_int_equal(g->info.bytes, RIG_SIZE - 1000);
	assert_int_equal(g->total, RIG_SIZE);
	assert_int_equal(g->restarts, 0);
	/* The file has changed since. */
	g = rig_ask("/a.zip", (struct gv_fetch){.offset = 1000, .validator = "\"old\""});
	is_whole(g);
	assert_int_equal(g->info.status, 200);
	assert_int_equal(g->restarts, 1);
	/* Without a validator: the hash decides in the end. */
	g = rig_ask("/no-validator/a.zip", (struct gv_fetch){.offset = 1000});
	is_whole(g);
	assert_int_equal(g->restarts, 0);
	/* A part that is none: all of it is asked for, not refused for ever. */
	g = rig_ask("/part-nonsense/a.zip", (struct gv_fetch){.offset = 1000});
	is_whole(g);
	assert_int_equal(g->restarts, 1);
	/* All of it is there already: 416 with the same size. */
	g = rig_ask("/a.zip", (struct gv_fetch){.offset = RIG_SIZE, .validator = etag});
	is_whole(g);
	assert_int_equal(g->info.bytes, 0);
	/* The partial is longer than the file. */
	g = rig_ask("/list", (struct gv_fetch){.offset = 1000});
	assert_int_equal(g->r, 0);
	assert_int_equal(g->restarts, 1);
	assert_string_equal(g->body.data, "v1\nv2\n");
}

static void test_broken_connections_are_retried(void **state)
{
	static const char *const modes[] = {"rst", "hang-up", "chunk-cut", "chunk-bad",
					    "long-cl"};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(modes); i++) {
		char path[64];

		rig_forget();
		snprintf(path, sizeof(path), "/%s/list", modes[i]);
		is_refused(rig_get(path), -GV_EREMOTE, "list");
		if (rig_requests() != 3)
			fail_msg("%s was asked %d times", path, rig_requests());
	}
}

static void test_slowness_ends(void **state)
{
	static const char *const modes[] = {"hang", "slowloris", "slow-header"};

	(void)state;
	rig_close();
	rig_net.retries = 0;
	rig_net.low_speed_time = 2;
	rig_open();
	for (size_t i = 0; i < GV_COUNT(modes); i++) {
		char path[64];
		struct got *g;

		snprintf(path, sizeof(path), "/%s/a.zip", modes[i]);
		g = rig_get(path);
		is_refused(g, -GV_EREMOTE,
			   "slower than 1024 bytes a second for 2 seconds");
		assert_true(g->seconds > 1.5);
	}
	rig_close();
	rig_net.retries = 2;
	rig_net.low_speed_time = RIG_PATIENCE;
	rig_open();
}

/* -- answers that are refused at once ------------------------------------------------ */

static void test_body_is_bounded(void **state)
{
	struct got *g = rig_ask("/endless/x", (struct gv_fetch){.max = 200000});

	(void)state;
	is_refused(g, -GV_EREMOTE, "larger than the 200000 bytes");
	assert_true(g->body.len <= 200000);
	g = rig_ask("/a.zip", (struct gv_fetch){.max = RIG_SIZE - 1});
	is_refused(g, -GV_EREMOTE, "larger than");
	assert_int_equal(g->body.len, 0); /* the length was announced */
	is_whole(rig_ask("/a.zip", (struct gv_fetch){.max = RIG_SIZE}));
	assert_int_equal(rig_requests(), 3);
}

static void test_nonsense_is_refused(void **state)
{
	static const struct {
		const char *path, *why;
	} cases[] = {
		{"/two-cl/a.zip", "contradicts itself"},
		{"/negative-cl/list", "list"},
		{"/huge-cl/list", "list"},
		{"/endless-header/list", "list"},
		{"/many-headers/list", "does not end"},
		{"/garbage/list", "list"},
		{"/html-200/a.zip", "web page"},
		{"/html-200/list", "web page"},
		{"/gzip-encoded/list", "compressed"},
		{"/raw=huge-head/list", "does not end"},
		{"/raw=unasked-304/list", "no use (304)"},
		{"/status=206/list", "part"},
		{"/status=302/list", "redirects to nowhere"},
		{"/status=400/list", "(400)"},
		{"/status=501/list", "(501)"},
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++) {
		rig_forget();
		is_refused(rig_get(cases[i].path), -GV_EREMOTE, cases[i].why);
		if (rig_requests() != 1)
			fail_msg("%s was asked %d times", cases[i].path, rig_requests());
	}
	/* A head that breaks off is no empty answer. */
	is_refused(rig_get("/raw=half-a-head/list"), -GV_EREMOTE, "partial file");
	/* Raw bytes, and what is of a length that nothing tells: the hash judges them. */
	assert_int_equal(rig_get("/no-cl-truncated/list")->body.len, 3);
	assert_int_equal(rig_get("/short-cl/list")->body.len, 3);
}

static void test_status(void **state)
{
	struct got *g = rig_get("/status=403/list");

	(void)state;
	is_refused(g, -GV_EREMOTE, "refuses to give it (403): the server says 403");
	assert_true(g->err.hint[0]);
	is_refused(rig_get("/nothing"), -GV_EGONE, "does not have it (404)");
	g = rig_get("/raw=says-in-chunks/list");
	assert_non_null(strstr(g->err.message, "(404): not here, sir"));
	assert_null(strstr(g->err.message, "hint"));
	is_refused(rig_get("/status=410/list"), -GV_EGONE, "410");
	g = rig_get("/status=401/list");
	is_refused(g, -GV_EREMOTE, "401");
	assert_non_null(strstr(g->err.hint, "netrc"));
	assert_int_equal(rig_requests(), 5);
}

static void test_status_that_passes(void **state)
{
	struct got *g = rig_get("/status-once=503/list");

	(void)state;
	assert_int_equal(g->r, 0);
	assert_int_equal(g->body.len, 6);
	assert_int_equal(rig_requests(), 2);
	rig_forget();
	is_refused(rig_get("/status=500/list"), -GV_EREMOTE, "(500)");
	assert_int_equal(rig_requests(), 3);
}

static void test_retry_after(void **state)
{
	static const char *const too_long[] = {"86400", "{date+3600}",
					       "99999999999999999999"};
	struct got *g = rig_get("/status-once=429,2/list");

	(void)state;
	assert_int_equal(g->r, 0);
	assert_true(g->seconds >= 1.9);
	g = rig_get("/status-once=503,{date+3}/list");
	assert_int_equal(g->r, 0);
	assert_true(g->seconds >= 0.9);
	for (size_t i = 0; i < GV_COUNT(too_long); i++) {
		char path[96];

		rig_forget();
		snprintf(path, sizeof(path), "/status=429,%s/list", too_long[i]);
		g = rig_get(path);
		is_refused(g, -GV_EREMOTE, "not to come back before 20");
		assert_int_equal(rig_requests(), 1);
	}
}

/* -- redirects and credentials ------------------------------------------------------- */

static void test_redirects(void **state)
{
	struct got *g = rig_get("/redir-path/a.zip");

	(void)state;
	is_whole(g);
	assert_non_null(strstr(g->info.url, "/a.zip"));
	assert_null(strstr(g->info.url, "redir"));
	is_whole(rig_get("/redir-chain=3/a.zip"));
	is_refused(rig_get("/redir-chain=4/a.zip"), -GV_EREMOTE, "more than 3 redirects");
	is_refused(rig_get("/redir-loop/a.zip"), -GV_EREMOTE, "more than 3 redirects");
	is_refused(rig_get("/redirect=file:///etc/passwd"), -GV_EREMOTE, "not https");
	is_refused(rig_get("/redirect=ftp://127.0.0.1/x"), -GV_EREMOTE, "not https");
	/* http leads to http on the same host only, be it the same machine. */
	is_refused(rig_get("/redirect=http://localhost:{port}/a.zip"), -GV_EREMOTE,
		   "'http://localhost:");
	is_whole(rig_get("/redirect=http://127.0.0.1:{port}/a.zip"));
	/* One that breaks off is worth another try, as everything that breaks off. */
	is_whole(rig_get("/once=redir-cut/a.zip"));
	/* The key in a redirect's query is not repeated. */
	g = rig_get("/redirect=http://127.0.0.1:{port}/a.zip%3Fkey=S3CRET");
	is_whole(g);
	assert_null(strstr(g->info.url, "S3CRET"));
	assert_non_null(strstr(rig_log(), "a.zip?key=S3CRET"));
}

/* A redirect to another port takes nothing along. */
static void asks_another_without(const char *user)
{
	struct rig first = rig;
	char url[256];
	struct got *g;

	rig_start("http", NULL);
	snprintf(url, sizeof(url),
		 "http://%s127.0.0.1:%s/redirect=http://127.0.0.1:%s/list", user,
		 first.port, rig.port);
	rig_forget();
	g = rig_get(url);
	rig_stop();
	rig = first;
	assert_int_equal(g->r, 0);
	assert_int_equal(rig_requests(), 2);
	assert_non_null(strstr(rig_log(), "\"authorization\""));
	assert_non_null(strchr(rig_log(), '\n'));
	assert_null(strstr(strchr(rig_log(), '\n'), "\"authorization\""));
}

static void test_password_of_a_url(void **state)
{
	char url[256];
	struct got *g;

	(void)state;
	snprintf(url, sizeof(url),
		 "http://me:s%%33cret@127.0.0.1:%s/auth=me:s3cret/a.zip", rig.port);
	g = rig_get(url);
	is_whole(g);
	assert_null(strstr(g->info.url, "s%33cret"));
	assert_null(strstr(g->info.url, "me:s3cret@"));
	/* Also where the server sends us to another place of its own, and nobody
	 * else's. */
	snprintf(url, sizeof(url),
		 "http://me:s%%33cret@127.0.0.1:%s/redir-path/auth=me:s3cret/a.zip",
		 rig.port);
	is_whole(rig_get(url));
	asks_another_without("me:s3cret@");
	/* In no message either. */
	snprintf(url, sizeof(url), "http://me:hunter2@127.0.0.1:%s/nothing", rig.port);
	g = rig_get(url);
	assert_int_equal(g->r, -GV_EGONE);
	assert_null(strstr(g->err.message, "hunter2"));
	assert_null(strstr(g->err.hint, "hunter2"));
	g = rig_get("http://me:hunter2@[127.0.0.1/nothing");
	assert_int_equal(g->r, -GV_EREMOTE);
	assert_null(strstr(g->err.message, "hunter2"));
	/* Not over plain http to another machine; nothing is connected for that. */
	g = rig_get("http://me:hunter2@192.0.2.1/x");
	is_refused(g, -GV_EREMOTE, "plain http");
}

static void test_netrc(void **state)
{
	char path[512], text[128], url[256];

	(void)state;
	rig_path(path, sizeof(path), "netrc");
	snprintf(text, sizeof(text), "machine 127.0.0.1 login me password s3cret\n");
	rig_write("netrc", text, strlen(text));
	setenv("NETRC", path, 1);
	rig_close();
	rig_open();
	is_whole(rig_get("/auth=me:s3cret/a.zip"));
	/* What the URL says comes first. */
	snprintf(url, sizeof(url), "http://you:other@127.0.0.1:%s/auth=me:s3cret/a.zip",
		 rig.port);
	is_refused(rig_get(url), -GV_EREMOTE, "401");
	/* To where it was asked for, and back to there, but to no other port. */
	is_whole(rig_get("/redir-path/auth=me:s3cret/a.zip"));
	asks_another_without("");
	unsetenv("NETRC");
	rig_close();
	rig_open();
}

/* -- around -------------------------------------------------------------------------- */

static void test_proxy(void **state)
{
	char proxy[64];

	(void)state;
	/* In capital letters, which libcurl alone would not take. */
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%s", rig.port);
	setenv("HTTP_PROXY", proxy, 1);
	rig_close();
	rig_open();
	is_whole(rig_get("http://files.invalid/a.zip"));
	assert_non_null(strstr(rig_log(), "\"path\": \"http://files.invalid/a.zip\""));
	setenv("NO_PROXY", "files.invalid", 1);
	rig_close();
	rig_open();
	is_refused(rig_get("http://files.invalid/a.zip"), -GV_EREMOTE,
		   "cannot reach 'files.invalid'");
	unsetenv("NO_PROXY");
	unsetenv("HTTP_PROXY");
	rig_close();
	rig_open();
}

static void test_unreachable_is_tried_twice(void **state)
{
	struct got *g = rig_get("http://127.0.0.1:1/x");

	(void)state;
	is_refused(g, -GV_EREMOTE, "cannot reach '127.0.0.1'");

	assert_true(g->seconds > 0.2);
	assert_non_null(strstr(g->err.hint, "network"));
	/* No leftover of it stands in the way of the next one. */
	assert_int_equal(rig_get("/list")->r, 0);
}

static void test_offline(void **state)
{
	struct gv_net offline = {.offline = true};
	struct gv_fetcher *mine = rig_fetcher;
	struct gv_err err = GV_ERR_INIT;

	(void)state;
	assert_int_equal(gv_fetcher_open("/nowhere", &offline, &rig_fetcher, &err), 0);
	is_refused(rig_get("/list"), -GV_EREMOTE, "offline");
	gv_fetcher_close(rig_fetcher);
	assert_int_equal(rig_requests(), 0);
	/* No such program is told at the first request. */
	assert_int_equal(gv_fetcher_open("/nowhere", &rig_net, &rig_fetcher, &err), 0);
	assert_int_equal(rig_get("/list")->r, -ENOENT);
	gv_fetcher_close(rig_fetcher);
	rig_fetcher = mine;
}

static int full(void *arg, const void *data, size_t n)
{
	(void)arg, (void)data, (void)n;
	return -ENOSPC;
}

static void test_sink_ends_it(void **state)
{
	char url[128];
	struct gv_fetched info;
	struct gv_err err = GV_ERR_INIT;
	struct gv_fetch what = {
		.url = url, .max = RIG_SIZE, .allow_http = true, .sink = full};

	(void)state;
	snprintf(url, sizeof(url), "http://127.0.0.1:%s/a.zip", rig.port);
	assert_int_equal(gv_fetcher_get(rig_fetcher, &what, &info, &err), -ENOSPC);
	assert_int_equal(err.code, -ENOSPC);
	is_whole(rig_get("/a.zip")); /* with another child */
}

/* Ctrl-C while a server does not answer: out at once, and no child stays behind. */
static void test_interrupt(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		struct got *g;

		signal(SIGINT,
		       SIG_DFL); /* one that was ignored before us would stay so */
		if (gv_interrupt_install() < 0)
			_exit(90);
		rig_fetcher = NULL;
		rig_net.low_speed_time = 600;
		rig_open();
		if (rig_get("/list")->r < 0)
			_exit(91);
		alarm(300);
		if (fork() == 0) {
			usleep(300000);
			kill(getppid(), SIGINT);
			_exit(0);
		}
		g = rig_get("/hang/list");
		if (g->r != -GV_EINTERRUPTED)
			_exit(92);
		rig_close();
		while (wait(&status) > 0)
			continue; /* the one that sent the signal, and none else */
		_exit(errno == ECHILD ? 0 : 93);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, forget)
	const struct CMUnitTest tests[] = {
		T(test_whole_file),
		T(test_empty_and_chunked),
		T(test_connection_is_kept),
		T(test_conditional),
		T(test_get_all),
		T(test_cut_is_resumed),
		T(test_cut_always_ends),
		T(test_changed_file_is_not_spliced),
		T(test_bad_ranges_begin_again),
		T(test_no_restart_is_an_error),
		T(test_resume_of_a_partial),
		T(test_broken_connections_are_retried),
		T(test_slowness_ends),
		T(test_body_is_bounded),
		T(test_nonsense_is_refused),
		T(test_status),
		T(test_status_that_passes),
		T(test_retry_after),
		T(test_redirects),
		T(test_password_of_a_url),
		T(test_netrc),
		T(test_proxy),
		T(test_unreachable_is_tried_twice),
		T(test_offline),
		T(test_sink_ends_it),
		T(test_interrupt),
	};
#undef T

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
